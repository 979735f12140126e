package io.neuralake.internal.columnar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Collects the statistics of one column while it is written. Not thread-safe. */
abstract class LeafStats {
  private long nulls;

  final void addNulls(long count) {
    nulls += count;
  }

  final FileStats.Column result() {
    return new FileStats.Column(min(), max(), nulls);
  }

  abstract @Nullable Object min();

  abstract @Nullable Object max();

  /** For types without an order in Delta's statistics: counts nulls only. */
  static final class Nulls extends LeafStats {
    @Override
    @Nullable Object min() {
      return null;
    }

    @Override
    @Nullable Object max() {
      return null;
    }
  }

  /** Whole numbers, dates, timestamps and small decimals. */
  static final class Longs extends LeafStats {
    private final LongFunction<Object> toMin;
    private final LongFunction<Object> toMax;
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    Longs(LongFunction<Object> toMin, LongFunction<Object> toMax) {
      this.toMin = toMin;
      this.toMax = toMax;
    }

    /** Adds the bounds of some values. */
    void add(long least, long most) {
      min = Math.min(min, least);
      max = Math.max(max, most);
    }

    @Override
    @Nullable Object min() {
      return min > max ? null : toMin.apply(min);
    }

    @Override
    @Nullable Object max() {
      return min > max ? null : toMax.apply(max);
    }
  }

  /**
   * Floating-point numbers. A column with NaN has no bounds, as engines disagree on its order; a
   * zero as a bound stands for both zeros, as in Parquet.
   */
  static final class Doubles extends LeafStats {
    private final boolean single;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private boolean any;
    private boolean nan;

    Doubles(boolean single) {
      this.single = single;
    }

    /**
     * Adds the bounds of some values.
     *
     * @param withNan whether there are NaNs among them, which the bounds leave out
     */
    void add(double least, double most, boolean withNan) {
      any = true;
      nan |= withNan;
      min = Math.min(min, least);
      max = Math.max(max, most);
    }

    @Override
    @Nullable Object min() {
      return boxed(min == 0 ? -0.0 : min);
    }

    @Override
    @Nullable Object max() {
      return boxed(max == 0 ? 0.0 : max);
    }

    private @Nullable Object boxed(double bound) {
      if (nan || !any) {
        return null;
      }
      if (single) {
        return (float) bound;
      }
      return bound;
    }
  }

  /** Values as bytes. */
  abstract static class Bytes extends LeafStats {
    byte @Nullable [] min;
    byte @Nullable [] max;

    /** Adds the bounds of some values; the arrays must not change any more. */
    final void add(byte[] least, byte[] most) {
      if (min == null || compare(least, min) < 0) {
        min = least;
      }
      if (max == null || compare(most, max) > 0) {
        max = most;
      }
    }

    abstract int compare(byte[] bytes, byte[] bound);
  }

  /** Strings, in the order of their UTF-8 bytes; bounds are cut to a prefix. */
  static final class Strings extends Bytes {
    /** Code points that a bound keeps, as in Spark. */
    private static final int PREFIX = 32;

    private static final int LAST_ASCII = 0x7f;

    @Override
    int compare(byte[] bytes, byte[] bound) {
      return Arrays.compareUnsigned(bytes, bound);
    }

    @Override
    @Nullable Object min() {
      String text = text(min);
      return text == null ? null : text.substring(0, prefix(text));
    }

    @Override
    @Nullable Object max() {
      String text = text(max);
      return text == null ? null : upperBound(text);
    }

    private static int prefix(String text) {
      int points = text.codePointCount(0, text.length());
      return text.offsetByCodePoints(0, Math.min(points, PREFIX));
    }

    /** A prefix with a character behind it that is greater than what was cut off. */
    static String upperBound(String text) {
      int end = prefix(text);
      while (end < text.length() && text.codePointAt(end) == Character.MAX_CODE_POINT) {
        end += Character.charCount(Character.MAX_CODE_POINT);
      }
      if (end == text.length()) {
        return text;
      }
      int last = text.codePointAt(end) < LAST_ASCII ? LAST_ASCII : Character.MAX_CODE_POINT;
      return text.substring(0, end) + Character.toString(last);
    }

    /** Bytes that are no UTF-8 have no bound that a string could express. */
    private @Nullable String text(byte @Nullable [] bytes) {
      try {
        return bytes == null
            ? null
            : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        return null;
      }
    }
  }

  /** Decimals as big-endian two's complement numbers, all of the same length. */
  static final class Decimals extends Bytes {
    private final int scale;

    Decimals(int scale) {
      this.scale = scale;
    }

    @Override
    int compare(byte[] bytes, byte[] bound) {
      int sign = Byte.compare(bytes[0], bound[0]);
      return sign != 0 ? sign : Arrays.compareUnsigned(bytes, bound);
    }

    @Override
    @Nullable Object min() {
      return min == null ? null : new BigDecimal(new BigInteger(min), scale);
    }

    @Override
    @Nullable Object max() {
      return max == null ? null : new BigDecimal(new BigInteger(max), scale);
    }
  }
}
