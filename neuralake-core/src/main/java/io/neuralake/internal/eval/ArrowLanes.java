package io.neuralake.internal.eval;

import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Copies Arrow vectors into lanes, whole buffers at a time. */
final class ArrowLanes implements LaneEvaluator.Source {
  private final VectorSchemaRoot batch;
  private final int rows;

  ArrowLanes(VectorSchemaRoot batch) {
    this.batch = batch;
    this.rows = batch.getRowCount();
  }

  @Override
  public Lane column(BoundExpr.Column column) {
    boolean[] nulls = null;
    ValueVector vector = null;
    for (String name : column.path()) {
      vector =
          vector == null
              ? batch.getVector(name)
              : vector instanceof StructVector struct ? struct.getChild(name) : null;
      if (vector == null) {
        throw new InvalidRequestException(
            "The batch has no column "
                + String.join(".", column.path())
                + "; it has "
                + batch.getSchema().getFields().stream().map(f -> f.getName()).toList()
                + ". Read the columns that the expression names.");
      }
      nulls = addNulls(nulls, vector);
    }
    if (vector == null) {
      throw new IllegalArgumentException("a column without a name");
    }
    Lane lane = values(vector, nulls);
    if (Kind.of(column.type()) != kindOf(lane)) {
      throw new InvalidRequestException(
          "Column "
              + String.join(".", column.path())
              + " of the batch is of Arrow type "
              + vector.getField().getType()
              + ", which does not hold the type "
              + column.type()
              + ". Convert the column.");
    }
    return lane;
  }

  /** The vector of a top-level column. */
  static @Nullable FieldVector top(VectorSchemaRoot batch, BoundExpr expr) {
    return expr instanceof BoundExpr.Column column && column.path().size() == 1
        ? batch.getVector(column.path().get(0))
        : null;
  }

  private static Kind kindOf(Lane lane) {
    if (lane instanceof Lane.Longs) {
      return Kind.LONG;
    }
    if (lane instanceof Lane.Doubles) {
      return Kind.DOUBLE;
    }
    if (lane instanceof Lane.Bytes) {
      return Kind.BYTES;
    }
    if (lane instanceof Lane.Decimals) {
      return Kind.DECIMAL;
    }
    return lane instanceof Lane.Bools ? Kind.BOOL : Kind.OPAQUE;
  }

  private boolean @Nullable [] addNulls(boolean @Nullable [] nulls, ValueVector vector) {
    if (vector.getNullCount() == 0) {
      return nulls;
    }
    boolean[] out = nulls == null ? new boolean[rows] : nulls;
    for (int i = 0; i < rows; i++) {
      out[i] |= vector.isNull(i);
    }
    return out;
  }

  private Lane values(ValueVector vector, boolean @Nullable [] nulls) {
    if (vector instanceof BitVector bits) {
      boolean[] out = new boolean[rows];
      ArrowBuf data = bits.getDataBuffer();
      for (int i = 0; i < rows; i++) {
        out[i] = (data.getByte(i >> 3) >> (i & 7) & 1) == 1;
      }
      return new Lane.Bools(out, nulls, false);
    }
    if (vector instanceof Float8Vector doubles) {
      double[] out = new double[rows];
      data(doubles, Double.BYTES).asDoubleBuffer().get(out);
      return new Lane.Doubles(out, nulls, false);
    }
    if (vector instanceof Float4Vector floats) {
      float[] in = new float[rows];
      data(floats, Float.BYTES).asFloatBuffer().get(in);
      double[] out = new double[rows];
      for (int i = 0; i < rows; i++) {
        out[i] = in[i];
      }
      return new Lane.Doubles(out, nulls, false);
    }
    if (vector instanceof DecimalVector decimals) {
      BigDecimal[] out = new BigDecimal[rows];
      for (int i = 0; i < rows; i++) {
        out[i] = decimals.isNull(i) ? BigDecimal.ZERO : decimals.getObjectNotNull(i);
      }
      return new Lane.Decimals(out, nulls, false);
    }
    if (vector instanceof VarCharVector || vector instanceof VarBinaryVector) {
      return bytes(vector, nulls);
    }
    long[] integers = integers(vector);
    return integers != null
        ? new Lane.Longs(integers, nulls, false)
        : new Lane.Opaque(nulls, false);
  }

  private long @Nullable [] integers(ValueVector vector) {
    long[] out = new long[rows];
    if (vector instanceof BigIntVector
        || vector instanceof TimeStampMicroTZVector
        || vector instanceof TimeStampMicroVector) {
      data((BaseFixedWidthVector) vector, Long.BYTES).asLongBuffer().get(out);
    } else if (vector instanceof IntVector || vector instanceof DateDayVector) {
      int[] in = new int[rows];
      data((BaseFixedWidthVector) vector, Integer.BYTES).asIntBuffer().get(in);
      for (int i = 0; i < rows; i++) {
        out[i] = in[i];
      }
    } else if (vector instanceof SmallIntVector shorts) {
      ByteBuffer in = data(shorts, Short.BYTES);
      for (int i = 0; i < rows; i++) {
        out[i] = in.getShort(i * Short.BYTES);
      }
    } else if (vector instanceof TinyIntVector bytes) {
      ByteBuffer in = data(bytes, Byte.BYTES);
      for (int i = 0; i < rows; i++) {
        out[i] = in.get(i);
      }
    } else {
      return null;
    }
    return out;
  }

  private ByteBuffer data(BaseFixedWidthVector vector, int width) {
    return rows == 0
        ? ByteBuffer.allocate(0)
        : vector
            .getDataBuffer()
            .nioBuffer(0, Math.multiplyExact(rows, width))
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  private Lane bytes(ValueVector vector, boolean @Nullable [] nulls) {
    int[] offsets = new int[rows + 1];
    if (rows == 0) {
      return new Lane.Bytes(new byte[0], offsets, nulls, false);
    }
    vector
        .getOffsetBuffer()
        .nioBuffer(0, Math.multiplyExact(rows + 1, Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(offsets);
    int start = offsets[0];
    byte[] data = new byte[offsets[rows] - start];
    vector.getDataBuffer().getBytes(start, data);
    if (start != 0) {
      for (int i = 0; i <= rows; i++) {
        offsets[i] -= start;
      }
    }
    return new Lane.Bytes(data, offsets, nulls, false);
  }
}
