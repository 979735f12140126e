package io.neuralake.internal.eval;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
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
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** Writes lanes into new Arrow vectors. */
final class ResultVectors {
  private ResultVectors() {}

  static FieldVector of(
      Lane lane, DataType type, int rows, String name, BufferAllocator allocator) {
    FieldVector vector = create(type, name, allocator);
    try {
      vector.setInitialCapacity(rows);
      vector.allocateNew();
      for (int i = 0; i < rows; i++) {
        if (lane.isNull(i)) {
          vector.setNull(i);
        } else {
          set(vector, i, lane, lane.at(i));
        }
      }
      vector.setValueCount(rows);
      return vector;
    } catch (RuntimeException | Error e) {
      vector.close();
      throw e;
    }
  }

  /** A copy of a column of a nested type. */
  static FieldVector copy(
      @Nullable FieldVector source, int rows, String name, BufferAllocator allocator) {
    if (source == null) {
      throw new InvalidRequestException(
          "An expression of a nested type can only be a whole column of the batch. Name a top-level"
              + " column that the batch has.");
    }
    Field field = source.getField();
    FieldVector vector =
        new Field(name, field.getFieldType(), field.getChildren()).createVector(allocator);
    try {
      vector.allocateNew();
      for (int i = 0; i < rows; i++) {
        vector.copyFromSafe(i, i, source);
      }
      vector.setValueCount(rows);
      return vector;
    } catch (RuntimeException | Error e) {
      vector.close();
      throw e;
    }
  }

  private static FieldVector create(DataType type, String name, BufferAllocator allocator) {
    return switch (Kind.of(type)) {
      case BOOL -> new BitVector(name, allocator);
      case DOUBLE ->
          type instanceof FloatType
              ? new Float4Vector(name, allocator)
              : new Float8Vector(name, allocator);
      case DECIMAL -> {
        DecimalType decimal = (DecimalType) type;
        yield new DecimalVector(name, allocator, decimal.getPrecision(), decimal.getScale());
      }
      case BYTES ->
          type instanceof StringType
              ? new VarCharVector(name, allocator)
              : new VarBinaryVector(name, allocator);
      case LONG -> createInteger(type, name, allocator);
      case OPAQUE -> throw new IllegalArgumentException("nested type " + type);
    };
  }

  private static FieldVector createInteger(DataType type, String name, BufferAllocator allocator) {
    if (type instanceof ByteType) {
      return new TinyIntVector(name, allocator);
    }
    if (type instanceof ShortType) {
      return new SmallIntVector(name, allocator);
    }
    if (type instanceof IntegerType) {
      return new IntVector(name, allocator);
    }
    if (type instanceof DateType) {
      return new DateDayVector(name, allocator);
    }
    if (type instanceof TimestampType) {
      return new TimeStampMicroTZVector(name, allocator, "UTC");
    }
    return type instanceof TimestampNTZType
        ? new TimeStampMicroVector(name, allocator)
        : new BigIntVector(name, allocator);
  }

  private static void set(FieldVector vector, int row, Lane lane, int at) {
    if (lane instanceof Lane.Longs longs) {
      setInteger(vector, row, longs.values[at]);
    } else if (lane instanceof Lane.Doubles doubles) {
      if (vector instanceof Float4Vector floats) {
        floats.set(row, (float) doubles.values[at]);
      } else {
        ((Float8Vector) vector).set(row, doubles.values[at]);
      }
    } else if (lane instanceof Lane.Bytes bytes) {
      int start = bytes.offsets[at];
      ((BaseVariableWidthVector) vector)
          .setSafe(row, bytes.data, start, bytes.offsets[at + 1] - start);
    } else if (lane instanceof Lane.Decimals decimals) {
      DecimalVector decimal = (DecimalVector) vector;
      decimal.set(row, decimals.values[at].setScale(decimal.getScale()));
    } else if (lane instanceof Lane.Bools bools) {
      ((BitVector) vector).set(row, bools.values[at] ? 1 : 0);
    }
  }

  private static void setInteger(FieldVector vector, int row, long value) {
    if (vector instanceof BigIntVector longs) {
      longs.set(row, value);
    } else if (vector instanceof IntVector ints) {
      ints.set(row, (int) value);
    } else if (vector instanceof TimeStampVector times) {
      times.set(row, value);
    } else if (vector instanceof DateDayVector days) {
      days.set(row, (int) value);
    } else if (vector instanceof SmallIntVector shorts) {
      shorts.set(row, (short) value);
    } else {
      ((TinyIntVector) vector).set(row, (byte) value);
    }
  }
}
