package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** The feeds of the primitive types. */
final class LeafFeeds {
  private LeafFeeds() {}

  /** One whole number of a vector. */
  interface LongGetter<V> {
    long get(V vector, int index);
  }

  /** Whole numbers, dates, timestamps and decimals of up to 18 digits. */
  static final class Longs<V extends FieldVector> extends LeafFeed<V> {
    private final LongGetter<V> getter;
    private final boolean ints;
    private final LeafStats.@Nullable Longs stats;

    Longs(
        ColumnDescriptor column,
        Class<V> type,
        LongGetter<V> getter,
        LeafStats.@Nullable Longs stats) {
      super(column, type, stats);
      this.getter = getter;
      this.ints = column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
      this.stats = stats;
    }

    @Override
    void put(ColumnWriter target, V from, int index, int repetition, int definition) {
      long value = getter.get(from, index);
      if (ints) {
        target.write((int) value, repetition, definition);
      } else {
        target.write(value, repetition, definition);
      }
      if (stats != null) {
        stats.add(value);
      }
    }
  }

  /** Booleans. */
  static final class Booleans extends LeafFeed<BitVector> {
    Booleans(ColumnDescriptor column, @Nullable LeafStats stats) {
      super(column, BitVector.class, stats);
    }

    @Override
    void put(ColumnWriter target, BitVector from, int index, int repetition, int definition) {
      target.write(from.get(index) != 0, repetition, definition);
    }
  }

  /** Single precision. */
  static final class Floats extends LeafFeed<Float4Vector> {
    private final LeafStats.@Nullable Doubles stats;

    Floats(ColumnDescriptor column, LeafStats.@Nullable Doubles stats) {
      super(column, Float4Vector.class, stats);
      this.stats = stats;
    }

    @Override
    void put(ColumnWriter target, Float4Vector from, int index, int repetition, int definition) {
      float value = from.get(index);
      target.write(value, repetition, definition);
      if (stats != null) {
        stats.add(value);
      }
    }
  }

  /** Double precision. */
  static final class Doubles extends LeafFeed<Float8Vector> {
    private final LeafStats.@Nullable Doubles stats;

    Doubles(ColumnDescriptor column, LeafStats.@Nullable Doubles stats) {
      super(column, Float8Vector.class, stats);
      this.stats = stats;
    }

    @Override
    void put(ColumnWriter target, Float8Vector from, int index, int repetition, int definition) {
      double value = from.get(index);
      target.write(value, repetition, definition);
      if (stats != null) {
        stats.add(value);
      }
    }
  }

  /** Strings and binaries. */
  static final class Bytes<V extends BaseVariableWidthVector> extends LeafFeed<V> {
    private final LeafStats.@Nullable Bytes stats;
    private byte[] scratch = new byte[64];

    Bytes(ColumnDescriptor column, Class<V> type, @Nullable LeafStats stats) {
      super(column, type, stats);
      this.stats = stats instanceof LeafStats.Bytes bytes ? bytes : null;
    }

    @Override
    void put(ColumnWriter target, V from, int index, int repetition, int definition) {
      int start = from.getStartOffset(index);
      int length = from.getEndOffset(index) - start;
      if (length > scratch.length) {
        scratch = Arrays.copyOf(scratch, Math.max(length, scratch.length * 2));
      }
      from.getDataBuffer().getBytes(start, scratch, 0, length);
      target.write(Binary.fromReusedByteArray(scratch, 0, length), repetition, definition);
      if (stats != null) {
        stats.add(scratch, length);
      }
    }
  }

  /** Checks the type of decimal vectors. */
  static void checkDecimal(
      ColumnDescriptor column, DecimalVector vector, int precision, int scale) {
    if (vector.getPrecision() > precision || vector.getScale() != scale) {
      throw new InvalidRequestException(
          "column "
              + String.join(".", column.getPath())
              + " takes decimals of "
              + precision
              + " digits, "
              + scale
              + " of them behind the point, not "
              + vector.getField());
    }
  }

  /** Decimals that fit into a whole number of 8 bytes. */
  static final class SmallDecimals extends LeafFeed<DecimalVector> {
    private final ColumnDescriptor column;
    private final int precision;
    private final int scale;
    private final boolean ints;
    private final LeafStats.@Nullable Longs stats;

    SmallDecimals(
        ColumnDescriptor column, int precision, int scale, LeafStats.@Nullable Longs stats) {
      super(column, DecimalVector.class, stats);
      this.column = column;
      this.precision = precision;
      this.scale = scale;
      this.ints = column.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32;
      this.stats = stats;
    }

    @Override
    void check(DecimalVector newVector) {
      checkDecimal(column, newVector, precision, scale);
    }

    @Override
    void put(ColumnWriter target, DecimalVector from, int index, int repetition, int definition) {
      // 16 bytes little-endian, of which the upper 8 only repeat the sign here.
      long value = from.getDataBuffer().getLong((long) index * DecimalVector.TYPE_WIDTH);
      if (ints) {
        target.write((int) value, repetition, definition);
      } else {
        target.write(value, repetition, definition);
      }
      if (stats != null) {
        stats.add(value);
      }
    }
  }

  /** Decimals of more than 18 digits. */
  static final class LargeDecimals extends LeafFeed<DecimalVector> {
    private final ColumnDescriptor column;
    private final int precision;
    private final int scale;
    private final byte[] scratch;
    private final LeafStats.@Nullable Decimals stats;

    LargeDecimals(
        ColumnDescriptor column, int precision, int scale, LeafStats.@Nullable Decimals stats) {
      super(column, DecimalVector.class, stats);
      this.column = column;
      this.precision = precision;
      this.scale = scale;
      this.scratch = new byte[column.getPrimitiveType().getTypeLength()];
      this.stats = stats;
    }

    @Override
    void check(DecimalVector newVector) {
      checkDecimal(column, newVector, precision, scale);
    }

    @Override
    void put(ColumnWriter target, DecimalVector from, int index, int repetition, int definition) {
      ArrowBuf data = from.getDataBuffer();
      long start = (long) index * DecimalVector.TYPE_WIDTH;
      for (int i = 0; i < scratch.length; i++) {
        scratch[scratch.length - 1 - i] = data.getByte(start + i);
      }
      target.write(Binary.fromReusedByteArray(scratch, 0, scratch.length), repetition, definition);
      if (stats != null) {
        stats.add(scratch, scratch.length);
      }
    }
  }
}
