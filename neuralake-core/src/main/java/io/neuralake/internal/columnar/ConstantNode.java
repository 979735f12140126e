package io.neuralake.internal.columnar;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedWidthVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.jspecify.annotations.Nullable;

/** A column with the same value in all rows: a partition column, or one the file does not have. */
final class ConstantNode implements ColumnNode {
  static final ConstantNode NULL = new ConstantNode(null);

  private final @Nullable Object value;

  /**
   * A constant column.
   *
   * @param value as {@link PartitionValues} gives it
   */
  ConstantNode(@Nullable Object value) {
    this.value = value;
  }

  @Override
  public @Nullable LeafReader witness() {
    return null;
  }

  @Override
  public void fill(FieldVector vector, int count) {
    if (value == null) {
      vector.setInitialCapacity(count);
      vector.allocateNew();
    } else if (vector instanceof BaseVariableWidthVector variable) {
      byte[] bytes =
          value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
      variable.allocateNew((long) bytes.length * count, count);
      for (int i = 0; i < count; i++) {
        variable.set(i, bytes);
      }
    } else {
      ((FixedWidthVector) vector).allocateNew(count);
      fillFixed(vector, value, count);
    }
    vector.setValueCount(count);
  }

  private static void fillFixed(FieldVector vector, Object value, int count) {
    if (vector instanceof DecimalVector decimals) {
      BigDecimal decimal = ((BigDecimal) value).setScale(decimals.getScale());
      for (int i = 0; i < count; i++) {
        decimals.set(i, decimal);
      }
    } else if (vector instanceof Float4Vector floats) {
      for (int i = 0; i < count; i++) {
        floats.set(i, (Float) value);
      }
    } else if (vector instanceof Float8Vector doubles) {
      for (int i = 0; i < count; i++) {
        doubles.set(i, (Double) value);
      }
    } else {
      long bits = bits(value);
      for (int i = 0; i < count; i++) {
        setBits(vector, i, bits);
      }
    }
  }

  private static long bits(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof LocalDate date) {
      return date.toEpochDay();
    } else if (value instanceof Instant instant) {
      return Timestamps.micros(instant);
    } else if (value instanceof LocalDateTime dateTime) {
      return Timestamps.micros(dateTime);
    }
    return ((Number) value).longValue();
  }

  private static void setBits(FieldVector vector, int i, long bits) {
    if (vector instanceof BigIntVector longs) {
      longs.set(i, bits);
    } else if (vector instanceof IntVector ints) {
      ints.set(i, (int) bits);
    } else if (vector instanceof SmallIntVector shorts) {
      shorts.set(i, (short) bits);
    } else if (vector instanceof TinyIntVector bytes) {
      bytes.set(i, (byte) bits);
    } else if (vector instanceof DateDayVector dates) {
      dates.set(i, (int) bits);
    } else if (vector instanceof TimeStampVector timestamps) {
      timestamps.set(i, bits);
    } else if (vector instanceof BitVector flags) {
      flags.set(i, (int) bits);
    } else {
      throw new IllegalStateException("no constant for " + vector.getField());
    }
  }
}
