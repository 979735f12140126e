package io.neuralake.internal.columnar;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedWidthVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Which Parquet types can be read as which Delta types: the type itself in all its encodings, and
 * the widenings of the Delta protocol, "Type Widening".
 */
final class LeafConversions {
  private static final int JULIAN_DAY_OF_EPOCH = 2_440_588;
  private static final int INT96_BYTES = 12;

  private LeafConversions() {}

  /** One whole number of a batch, by position. */
  private interface LongSource {
    long get(LeafBatch batch, int position);
  }

  /** The conversion from a file's type to a table's type, null if there is none. */
  static @Nullable LeafConversion of(PrimitiveType file, DataType table) {
    PrimitiveTypeName physical = file.getPrimitiveTypeName();
    if (table instanceof BooleanType) {
      return physical == PrimitiveTypeName.BOOLEAN
          ? (b, index, n, v) -> BulkFill.bits(b, index, n, (BitVector) v)
          : null;
    } else if (table instanceof FloatType) {
      return physical == PrimitiveTypeName.FLOAT
          ? (b, index, n, v) -> BulkFill.floats(b, index, n, (Float4Vector) v)
          : null;
    } else if (table instanceof DoubleType) {
      return doubles(file);
    } else if (table instanceof StringType) {
      return physical == PrimitiveTypeName.BINARY && !isDecimal(file)
          ? LeafConversions::bytes
          : null;
    } else if (table instanceof BinaryType) {
      boolean bytes =
          physical == PrimitiveTypeName.BINARY
              || physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
      return bytes && !isDecimal(file) ? LeafConversions::bytes : null;
    } else if (table instanceof DecimalType decimal) {
      return DecimalConversion.of(file, decimal);
    } else if (table instanceof DateType) {
      boolean date = physical == PrimitiveTypeName.INT32 && annotated(file, true, false);
      return date ? (b, index, n, v) -> BulkFill.ints(b, index, n, (DateDayVector) v) : null;
    } else if (table instanceof TimestampType || table instanceof TimestampNTZType) {
      if (isMicros(file)) {
        return (b, index, n, v) -> BulkFill.longs(b, index, n, (TimeStampVector) v);
      }
      LongSource micros = micros(file, table instanceof TimestampNTZType);
      return micros == null
          ? null
          : (b, index, n, v) -> timestamps(micros, b, index, n, (TimeStampVector) v);
    }
    return integers(file, table);
  }

  private static boolean isDecimal(PrimitiveType file) {
    return file.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation;
  }

  /** Whether the file's annotation is absent or one of the kinds that are allowed. */
  private static boolean annotated(PrimitiveType file, boolean date, boolean integer) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    return annotation == null
        || (date && annotation instanceof DateLogicalTypeAnnotation)
        || (integer && annotation instanceof IntLogicalTypeAnnotation);
  }

  private static @Nullable LeafConversion doubles(PrimitiveType file) {
    return switch (file.getPrimitiveTypeName()) {
      case DOUBLE -> (b, index, n, v) -> BulkFill.doubles(b, index, n, (Float8Vector) v);
      case FLOAT ->
          (b, index, n, v) -> {
            Float8Vector target = (Float8Vector) v;
            target.allocateNew(n);
            for (int i = 0; i < n; i++) {
              if (index[i] >= 0) {
                target.set(i, b.floats[index[i]]);
              }
            }
          };
      case INT32 ->
          annotated(file, false, true)
              ? (b, index, n, v) -> {
                Float8Vector target = (Float8Vector) v;
                target.allocateNew(n);
                for (int i = 0; i < n; i++) {
                  if (index[i] >= 0) {
                    target.set(i, b.ints[index[i]]);
                  }
                }
              }
              : null;
      default -> null;
    };
  }

  private static void bytes(LeafBatch b, int[] index, int n, FieldVector vector) {
    BulkFill.bytes(b, index, n, (BaseVariableWidthVector) vector);
  }

  private static void timestamps(
      LongSource micros, LeafBatch b, int[] index, int n, TimeStampVector target) {
    target.allocateNew(n);
    for (int i = 0; i < n; i++) {
      if (index[i] >= 0) {
        target.set(i, micros.get(b, index[i]));
      }
    }
  }

  private static boolean isMicros(PrimitiveType file) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    return file.getPrimitiveTypeName() == PrimitiveTypeName.INT64
        && (annotation == null
            || (annotation instanceof TimestampLogicalTypeAnnotation timestamp
                && timestamp.getUnit() == LogicalTypeAnnotation.TimeUnit.MICROS));
  }

  private static @Nullable LongSource micros(PrimitiveType file, boolean withoutZone) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    return switch (file.getPrimitiveTypeName()) {
      case INT96 -> LeafConversions::int96Micros;
      case INT32 ->
          withoutZone && annotation instanceof DateLogicalTypeAnnotation
              ? (b, p) -> TimeUnit.DAYS.toMicros(b.ints[p])
              : null;
      case INT64 -> micros(annotation);
      default -> null;
    };
  }

  private static @Nullable LongSource micros(@Nullable LogicalTypeAnnotation annotation) {
    if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      return switch (timestamp.getUnit()) {
        case MILLIS -> (b, p) -> Math.multiplyExact(b.longs[p], 1000L);
        case MICROS -> (b, p) -> b.longs[p];
        case NANOS -> (b, p) -> Math.floorDiv(b.longs[p], 1000L);
      };
    }
    return null;
  }

  /** INT96: nanoseconds of the day (8 bytes), then the Julian day (4 bytes), little-endian. */
  private static long int96Micros(LeafBatch b, int position) {
    Slice value = new Slice(b.bytes, b.starts[position], INT96_BYTES);
    long nanos = (value.intAt(0) & 0xffffffffL) | (long) value.intAt(4) << 32;
    long days = (long) value.intAt(8) - JULIAN_DAY_OF_EPOCH;
    return Math.addExact(
        Math.multiplyExact(days, TimeUnit.DAYS.toMicros(1)), Math.floorDiv(nanos, 1000L));
  }

  private static @Nullable LeafConversion integers(PrimitiveType file, DataType table) {
    LongSource source = wholeNumbers(file);
    if (source == null) {
      return null;
    }
    boolean direct = file.getPrimitiveTypeName() == PrimitiveTypeName.INT32 && !isUnsignedInt(file);
    if (table instanceof LongType
        && file.getPrimitiveTypeName() == PrimitiveTypeName.INT64
        && !isUnsignedInt(file)) {
      return (b, index, n, v) -> BulkFill.longs(b, index, n, (BigIntVector) v);
    } else if (table instanceof LongType) {
      return (b, index, n, v) -> {
        BigIntVector target = (BigIntVector) v;
        target.allocateNew(n);
        for (int i = 0; i < n; i++) {
          if (index[i] >= 0) {
            target.set(i, source.get(b, index[i]));
          }
        }
      };
    } else if (table instanceof IntegerType && direct) {
      return (b, index, n, v) -> BulkFill.ints(b, index, n, (IntVector) v);
    } else if (table instanceof IntegerType) {
      return narrowed(source, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (table instanceof ShortType) {
      return narrowed(source, Short.MIN_VALUE, Short.MAX_VALUE);
    } else if (table instanceof ByteType) {
      return narrowed(source, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return null;
  }

  private static boolean isUnsignedInt(PrimitiveType file) {
    return file.getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation annotation
        && !annotation.isSigned();
  }

  private static @Nullable LongSource wholeNumbers(PrimitiveType file) {
    if (!annotated(file, false, true)) {
      return null;
    }
    boolean unsigned = isUnsignedInt(file);
    return switch (file.getPrimitiveTypeName()) {
      case INT32 -> unsigned ? (b, p) -> Integer.toUnsignedLong(b.ints[p]) : (b, p) -> b.ints[p];
      case INT64 -> (b, p) -> unsigned ? checked(b.longs[p], 0, Long.MAX_VALUE) : b.longs[p];
      default -> null;
    };
  }

  private static long checked(long value, long least, long most) {
    if (value < least || value > most) {
      throw new CorruptPageException(
          "a value is outside of the column's range from " + least + " to " + most);
    }
    return value;
  }

  private static LeafConversion narrowed(LongSource source, long least, long most) {
    return (b, index, n, v) -> {
      ((FixedWidthVector) v).allocateNew(n);
      for (int i = 0; i < n; i++) {
        if (index[i] >= 0) {
          long value = checked(source.get(b, index[i]), least, most);
          if (v instanceof IntVector ints) {
            ints.set(i, (int) value);
          } else if (v instanceof SmallIntVector shorts) {
            shorts.set(i, (short) value);
          } else {
            ((TinyIntVector) v).set(i, (byte) value);
          }
        }
      }
    };
  }
}
