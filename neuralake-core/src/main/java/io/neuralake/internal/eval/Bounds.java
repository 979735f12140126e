package io.neuralake.internal.eval;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the values that an expression can have in the rows of a file. Bounds need not be
 * values of any row.
 *
 * @param min a held value that no value is less than, or null if unknown
 * @param max a held value that no value is greater than, or null if unknown
 * @param mayBeNull whether a row can be null
 * @param mayBeValue whether a row can be something else than null
 */
record Bounds(@Nullable Object min, @Nullable Object max, boolean mayBeNull, boolean mayBeValue) {
  static final Bounds UNKNOWN = new Bounds(null, null, true, true);

  static Bounds constant(@Nullable Object value) {
    return new Bounds(value, value, value == null, value != null);
  }

  /** Bounds of a condition. */
  static Bounds condition(boolean mayBeTrue, boolean mayBeFalse, boolean mayBeNull) {
    return new Bounds(!mayBeFalse, mayBeTrue, mayBeNull, mayBeTrue || mayBeFalse);
  }

  /** Whether the condition can be true in a row. */
  boolean mayBeTrue() {
    return mayBeValue && !Boolean.FALSE.equals(max);
  }

  /** Whether the condition can be false in a row. */
  boolean mayBeFalse() {
    return mayBeValue && !Boolean.TRUE.equals(min);
  }

  /** Unknown values, null where these are. */
  Bounds withoutRange() {
    return new Bounds(null, null, mayBeNull, mayBeValue);
  }

  boolean mayBeLess(Bounds other) {
    return min == null || other.max == null || Values.compare(min, other.max) < 0;
  }

  boolean mayBeGreater(Bounds other) {
    return other.mayBeLess(this);
  }

  boolean mayBeEqual(Bounds other) {
    boolean below = max != null && other.min != null && Values.compare(max, other.min) < 0;
    boolean above = min != null && other.max != null && Values.compare(min, other.max) > 0;
    return !below && !above;
  }
}
