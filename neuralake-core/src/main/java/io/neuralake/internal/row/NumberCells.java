package io.neuralake.internal.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TinyIntVector;

/** Writers of booleans and numbers. A number that does not fit exactly is refused. */
final class NumberCells {

  private NumberCells() {}

  /** Whether the object is a whole number that a long holds. */
  static boolean isLong(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte;
  }

  /** Writer of booleans. */
  static final class BooleanCell extends CellWriter {
    BooleanCell(String path, boolean nullable) {
      super(path, "boolean", nullable);
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (value instanceof Boolean b) {
        return writeBoolean(vector, index, b);
      }
      throw mismatch(value);
    }

    @Override
    long writeBoolean(FieldVector vector, int index, boolean value) {
      ((BitVector) vector).setSafe(index, value ? 1 : 0);
      return 1;
    }
  }

  /** Writer of byte, short, integer and long. */
  static final class IntegerCell extends CellWriter {
    private final int bytes;
    private final long max;

    IntegerCell(String path, String expected, boolean nullable, int bytes) {
      super(path, expected, nullable);
      this.bytes = bytes;
      this.max = Long.MAX_VALUE >> (64 - 8 * bytes);
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (isLong(value)) {
        return writeLong(vector, index, ((Number) value).longValue());
      }
      if (value instanceof BigInteger big) {
        if (big.bitLength() > 63) {
          throw misfit(value, "out of range");
        }
        return writeLong(vector, index, big.longValue());
      }
      throw mismatch(value);
    }

    @Override
    long writeLong(FieldVector vector, int index, long value) {
      if (value > max || value < -max - 1) {
        throw misfit(value, "out of range");
      }
      switch (bytes) {
        case 1 -> ((TinyIntVector) vector).setSafe(index, (int) value);
        case 2 -> ((SmallIntVector) vector).setSafe(index, (int) value);
        case 4 -> ((IntVector) vector).setSafe(index, (int) value);
        default -> ((BigIntVector) vector).setSafe(index, value);
      }
      return bytes;
    }
  }

  /** Writer of float and double. */
  static final class FloatingCell extends CellWriter {
    private final boolean single;

    FloatingCell(String path, boolean nullable, boolean single) {
      super(path, single ? "float" : "double", nullable);
      this.single = single;
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (value instanceof Double || value instanceof Float) {
        return writeDouble(vector, index, ((Number) value).doubleValue());
      }
      if (isLong(value)) {
        return writeLong(vector, index, ((Number) value).longValue());
      }
      throw mismatch(value);
    }

    @Override
    long writeLong(FieldVector vector, int index, long value) {
      double floating = value;
      // 2^63 as a double casts back to Long.MAX_VALUE, so that one is tested apart.
      if ((long) floating != value || value == Long.MAX_VALUE) {
        throw misfit(value, "not exact as a " + expected);
      }
      return writeDouble(vector, index, floating);
    }

    @Override
    long writeDouble(FieldVector vector, int index, double value) {
      if (!single) {
        ((Float8Vector) vector).setSafe(index, value);
        return Double.BYTES;
      }
      float narrowed = (float) value;
      if (Double.compare(narrowed, value) != 0) {
        throw misfit(value, "not exact as a float");
      }
      ((Float4Vector) vector).setSafe(index, narrowed);
      return Float.BYTES;
    }
  }

  /** Writer of decimals. */
  static final class DecimalCell extends CellWriter {
    private final int precision;
    private final int scale;
    private final SourceHints hints;

    DecimalCell(
        String path, String expected, boolean nullable, int precision, int scale, SourceHints h) {
      super(path, expected, nullable);
      this.precision = precision;
      this.scale = scale;
      this.hints = h;
    }

    @Override
    long writeValue(FieldVector vector, int index, Object value) {
      if (value instanceof BigDecimal decimal) {
        return writeDecimal(vector, index, decimal);
      } else if (value instanceof BigInteger big) {
        return writeDecimal(vector, index, new BigDecimal(big));
      } else if (isLong(value)) {
        return writeLong(vector, index, ((Number) value).longValue());
      } else if (hints.unscaledScale() >= 0) {
        byte[] unscaled = BytesOf.value(value);
        if (unscaled != null && unscaled.length > 0) {
          BigInteger integer = new BigInteger(unscaled);
          return writeDecimal(vector, index, new BigDecimal(integer, hints.unscaledScale()));
        }
      }
      throw mismatch(value);
    }

    @Override
    long writeLong(FieldVector vector, int index, long value) {
      return writeDecimal(vector, index, BigDecimal.valueOf(value));
    }

    private long writeDecimal(FieldVector vector, int index, BigDecimal value) {
      ((DecimalVector) vector).setSafe(index, fit(value));
      return DecimalVector.TYPE_WIDTH;
    }

    /** The value at the column's scale; sizes come first, 1E+999999999 must cost nothing. */
    private BigDecimal fit(BigDecimal value) {
      if (value.signum() == 0) {
        return BigDecimal.ZERO.setScale(scale);
      }
      long integerDigits = (long) value.precision() - value.scale();
      if (integerDigits > precision - scale) {
        throw misfit(value, "too many digits before the point");
      }
      long surplus = (long) value.scale() - scale;
      if (surplus > 0 && (surplus >= value.precision() || !endsInZeros(value, (int) surplus))) {
        throw misfit(value, "does not fit without rounding");
      }
      return value.setScale(scale);
    }

    private static boolean endsInZeros(BigDecimal value, int digits) {
      BigInteger divisor = BigInteger.TEN.pow(digits);
      return value.unscaledValue().mod(divisor).signum() == 0;
    }
  }
}
