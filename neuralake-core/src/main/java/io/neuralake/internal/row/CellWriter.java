package io.neuralake.internal.row;

import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/**
 * Writes values of one column into a vector of its canonical layout; checks type, range and null.
 *
 * <p>Writers keep nothing between calls: one may serve many threads, each with its own vectors.
 * Each write returns roughly the bytes it added.
 */
abstract class CellWriter {
  final String path;
  final String expected;
  private final boolean nullable;

  CellWriter(String path, String expected, boolean nullable) {
    this.path = path;
    this.expected = expected;
    this.nullable = nullable;
  }

  /** Writes a value or null. */
  final long write(FieldVector vector, int index, @Nullable Object value) {
    return value == null ? writeNull(vector, index) : writeValue(vector, index, value);
  }

  final long writeNull(FieldVector vector, int index) {
    if (!nullable) {
      throw BadCell.missing(path, expected);
    }
    vector.setNull(index);
    return 1;
  }

  abstract long writeValue(FieldVector vector, int index, Object value);

  /** Writes a whole number; for dates days, for timestamps microseconds since 1970-01-01. */
  long writeLong(FieldVector vector, int index, long value) {
    throw BadCell.mismatch(path, expected, value);
  }

  long writeDouble(FieldVector vector, int index, double value) {
    throw BadCell.mismatch(path, expected, value);
  }

  long writeBoolean(FieldVector vector, int index, boolean value) {
    throw BadCell.mismatch(path, expected, value);
  }

  final BadCell mismatch(Object found) {
    return BadCell.mismatch(path, expected, found);
  }

  final BadCell misfit(Object found, String why) {
    return BadCell.misfit(path, expected, found, why);
  }
}
