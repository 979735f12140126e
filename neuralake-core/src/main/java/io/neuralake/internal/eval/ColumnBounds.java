package io.neuralake.internal.eval;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.columnar.FileStats;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The bounds that a file's statistics give for a column, where all writers of Delta tables can be
 * trusted with them:
 *
 * <ul>
 *   <li>The maximum of a float or double is not used: many writers leave NaN out of it, and NaN is
 *       greater than every number.
 *   <li>Writers cut timestamps to milliseconds, so the maximum is taken one millisecond higher, and
 *       a minimum before 1970 one lower, for some cut toward zero.
 *   <li>A cut string minimum is a prefix and as such a bound. A cut maximum ends in a greatest
 *       character; older writers append U+FFFD, which in UTF-8 is less than the characters beyond
 *       the basic plane, so it is raised to U+10FFFF.
 * </ul>
 */
final class ColumnBounds {
  private static final long MILLISECOND = 1_000;
  private static final String OLD_GREATEST = "\uFFFD";
  private static final String GREATEST = Character.toString(Character.MAX_CODE_POINT);

  private ColumnBounds() {}

  static Bounds of(FileStats stats, FileStats.Column column, DataType type) {
    Long nulls = column.nullCount();
    boolean counted = nulls != null && nulls >= 0 && nulls <= stats.numRecords();
    boolean mayBeNull = !counted || nulls == null || nulls > 0;
    boolean mayBeValue = !counted || nulls == null || nulls < stats.numRecords();
    return new Bounds(min(column.min(), type), max(column.max(), type), mayBeNull, mayBeValue);
  }

  private static @Nullable Object min(@Nullable Object min, DataType type) {
    Object held = held(min, type);
    if (held instanceof Double number && Double.isNaN(number)) {
      return null;
    }
    if (held instanceof Long micros && isTimestamp(type) && micros < 0) {
      return micros < Long.MIN_VALUE + MILLISECOND ? null : (Object) (micros - MILLISECOND);
    }
    return held;
  }

  private static @Nullable Object max(@Nullable Object max, DataType type) {
    if (type instanceof StringType) {
      return max instanceof String text ? greatest(text) : null;
    }
    Object held = held(max, type);
    if (held instanceof Double) {
      return null;
    }
    if (held instanceof Long micros && isTimestamp(type)) {
      return micros > Long.MAX_VALUE - MILLISECOND ? null : (Object) (micros + MILLISECOND);
    }
    return held;
  }

  private static @Nullable Object greatest(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return null;
    }
    return text.endsWith(OLD_GREATEST)
        ? Values.utf8(text.substring(0, text.length() - 1) + GREATEST)
        : Values.utf8(text);
  }

  /** A bound of the wrong class is no bound. */
  private static @Nullable Object held(@Nullable Object value, DataType type) {
    try {
      return Kind.of(type) == Kind.OPAQUE ? null : Values.held(value, type);
    } catch (InvalidRequestException e) {
      return null;
    }
  }

  private static boolean isTimestamp(DataType type) {
    return type instanceof TimestampType || type instanceof TimestampNTZType;
  }
}
