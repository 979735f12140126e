package io.neuralake.internal.columnar;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.internal.columnar.PartFilter.Range;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.ColumnOrder;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Translates between a file's physical values, as statistics, dictionaries and Bloom filters hold
 * them, and the values of the table's type, in the form of {@link Range}. What it does not know for
 * certain is null.
 */
final class LeafBounds {
  private LeafBounds() {}

  /**
   * What statistics say of a column.
   *
   * @param statistics read by parquet-java, which drops deprecated bounds of unclear order and NaN
   * @param rows of the part
   */
  static Range range(PrimitiveType file, DataType table, Statistics<?> statistics, long rows) {
    long nulls = statistics.isNumNullsSet() ? statistics.getNumNulls() : -1;
    boolean counted = nulls >= 0 && nulls <= rows;
    boolean mayBeNull = !counted || nulls > 0;
    boolean mayBeValue = !counted || nulls < rows;
    if (!statistics.hasNonNullValue()
        || !ColumnOrder.typeDefined().equals(file.columnOrder())
        || (statistics.isNumNullsSet() && !counted)) {
      return new Range(null, null, mayBeNull, mayBeValue);
    }
    Object min = value(file, table, statistics.genericGetMin());
    Object max = value(file, table, statistics.genericGetMax());
    if (min != null && max != null && isGreater(min, max)) {
      return new Range(null, null, mayBeNull, mayBeValue);
    }
    boolean mayBeNan = statistics.isNanCountSet() ? statistics.getNanCount() != 0 : true;
    // Bounds leave NaN out, which is greater than every number.
    return new Range(min, isFloating(file) && mayBeNan ? null : max, mayBeNull, mayBeValue);
  }

  private static boolean isFloating(PrimitiveType file) {
    PrimitiveTypeName physical = file.getPrimitiveTypeName();
    return physical == PrimitiveTypeName.FLOAT || physical == PrimitiveTypeName.DOUBLE;
  }

  /** Bounds the wrong way round are no bounds. */
  @SuppressWarnings("unchecked")
  private static boolean isGreater(Object left, Object right) {
    return ((Comparable<Object>) left).compareTo(right) > 0;
  }

  /** The table's value; a greater physical value never gives a lesser one. */
  private static @Nullable Object value(PrimitiveType file, DataType table, Object physical) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    if (physical instanceof Boolean) {
      return table instanceof BooleanType ? physical : null;
    }
    if (physical instanceof Binary bytes) {
      return bytesValue(file, table, bytes);
    }
    Number number = (Number) physical;
    if (table instanceof FloatType || table instanceof DoubleType) {
      return isFloating(file) || isSigned(annotation) ? (Object) number.doubleValue() : null;
    }
    if (isFloating(file)) {
      return null;
    }
    if (table instanceof DecimalType) {
      return annotation instanceof DecimalLogicalTypeAnnotation decimal
          ? BigDecimal.valueOf(number.longValue(), decimal.getScale())
          : isSigned(annotation) ? BigDecimal.valueOf(number.longValue()) : null;
    }
    if (table instanceof TimestampType || table instanceof TimestampNTZType) {
      return micros(file, number.longValue());
    }
    boolean dates = table instanceof DateType && annotation instanceof DateLogicalTypeAnnotation;
    return dates || isSigned(annotation) ? (Object) number.longValue() : null;
  }

  private static boolean isSigned(@Nullable LogicalTypeAnnotation annotation) {
    return annotation == null
        || (annotation instanceof IntLogicalTypeAnnotation integer && integer.isSigned());
  }

  private static @Nullable Object bytesValue(PrimitiveType file, DataType table, Binary bytes) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      // Only of a fixed length is it certain that a number was not cut like a string.
      boolean whole =
          file.getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
              && bytes.length() == file.getTypeLength()
              && bytes.length() > 0;
      return table instanceof DecimalType && whole
          ? new BigDecimal(new BigInteger(bytes.getBytes()), decimal.getScale())
          : null;
    }
    boolean text = annotation == null || annotation instanceof StringLogicalTypeAnnotation;
    return text && (table instanceof StringType || table instanceof BinaryType)
        ? io.neuralake.expr.Binary.of(bytes.getBytes())
        : null;
  }

  private static @Nullable Object micros(PrimitiveType file, long value) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    if (annotation instanceof DateLogicalTypeAnnotation) {
      return TimeUnit.DAYS.toMicros(value);
    }
    if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      return switch (timestamp.getUnit()) {
        case MILLIS -> value == value * 1000 / 1000 ? (Object) (value * 1000) : null;
        case MICROS -> value;
        case NANOS -> Math.floorDiv(value, 1000L);
      };
    }
    return annotation == null ? (Object) value : null;
  }

  /**
   * The one physical value that rows with the table's value have in the file; null if there may be
   * several, or that is not known.
   */
  static @Nullable Object physical(PrimitiveType file, DataType table, Object value) {
    LogicalTypeAnnotation annotation = file.getLogicalTypeAnnotation();
    PrimitiveTypeName type = file.getPrimitiveTypeName();
    if (value instanceof Long number) {
      boolean timestamp = table instanceof TimestampType || table instanceof TimestampNTZType;
      boolean same =
          timestamp
              ? type == PrimitiveTypeName.INT64
                  && (annotation == null
                      || (annotation instanceof TimestampLogicalTypeAnnotation unit
                          && unit.getUnit() == LogicalTypeAnnotation.TimeUnit.MICROS))
              : isSigned(annotation) || annotation instanceof DateLogicalTypeAnnotation;
      return same ? whole(type, number) : null;
    }
    if (value instanceof Double number) {
      // Zero has two forms and NaN many.
      if (number == 0 || number.isNaN()) {
        return null;
      }
      boolean exact = number.floatValue() == number;
      return switch (type) {
        case FLOAT -> exact ? (Object) number.floatValue() : null;
        case DOUBLE -> number;
        default -> null;
      };
    }
    if (value instanceof BigDecimal number) {
      return annotation instanceof DecimalLogicalTypeAnnotation decimal
          ? unscaled(file, number, decimal.getScale())
          : null;
    }
    boolean text = annotation == null || annotation instanceof StringLogicalTypeAnnotation;
    return value instanceof io.neuralake.expr.Binary bytes && text
        ? Binary.fromConstantByteArray(bytes.toByteArray())
        : null;
  }

  private static @Nullable Object whole(PrimitiveTypeName type, long number) {
    return switch (type) {
      case INT32 -> number == (int) number ? (Object) (int) number : null;
      case INT64 -> number;
      default -> null;
    };
  }

  private static @Nullable Object unscaled(PrimitiveType file, BigDecimal number, int scale) {
    BigInteger unscaled;
    try {
      unscaled = number.setScale(scale).unscaledValue();
    } catch (ArithmeticException e) {
      return null;
    }
    if (file.getPrimitiveTypeName() != PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY) {
      return unscaled.bitLength() < Long.SIZE
          ? whole(file.getPrimitiveTypeName(), unscaled.longValue())
          : null;
    }
    byte[] shortest = unscaled.toByteArray();
    int padding = file.getTypeLength() - shortest.length;
    if (padding < 0) {
      return null;
    }
    byte[] bytes = new byte[file.getTypeLength()];
    Arrays.fill(bytes, 0, padding, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(shortest, 0, bytes, padding, shortest.length);
    return Binary.fromConstantByteArray(bytes);
  }
}
