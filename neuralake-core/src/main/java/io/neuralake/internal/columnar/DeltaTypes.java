package io.neuralake.internal.columnar;

import io.delta.kernel.types.ArrayType;
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
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapKeyValueTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/** The Delta types as which the columns of any Parquet file can be read, the same as Spark's. */
final class DeltaTypes {

  private static final int MAX_PRECISION = 38;

  private final String location;

  /**
   * Types of one file.
   *
   * @param location for messages
   */
  DeltaTypes(String location) {
    this.location = location;
  }

  /**
   * The columns of a file; all may be null, as nobody says what later files hold.
   *
   * @throws InvalidRequestException if a column has a type that Delta has not
   */
  StructType struct(GroupType group) {
    List<StructField> fields = new ArrayList<>();
    for (Type field : group.getFields()) {
      if (field.isRepetition(Repetition.REPEATED)) {
        throw unsupported(field, "a repeated field outside of a list");
      }
      fields.add(new StructField(field.getName(), type(field), true));
    }
    return new StructType(fields);
  }

  private DataType type(Type type) {
    DataType found = type.isPrimitive() ? primitive(type.asPrimitiveType()) : null;
    if (!type.isPrimitive()) {
      LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
      GroupType group = type.asGroupType();
      if (annotation instanceof ListLogicalTypeAnnotation) {
        found = array(group);
      } else if (annotation instanceof MapLogicalTypeAnnotation
          || annotation instanceof MapKeyValueTypeAnnotation) {
        found = map(group);
      } else if (annotation == null) {
        found = struct(group);
      }
    }
    if (found == null) {
      throw unsupported(type, String.valueOf(type).lines().findFirst().orElse("").strip());
    }
    return found;
  }

  /** Parquet format, "Lists", with its rules for what older writers made. */
  private @Nullable DataType array(GroupType list) {
    if (list.getFieldCount() != 1 || !list.getType(0).isRepetition(Repetition.REPEATED)) {
      return null;
    }
    Type repeated = list.getType(0);
    if (repeated.isPrimitive()) {
      return new ArrayType(type(repeated), true);
    }
    GroupType group = repeated.asGroupType();
    boolean isElement =
        group.getFieldCount() != 1
            || group.getName().equals("array")
            || group.getName().equals(list.getName() + "_tuple");
    return new ArrayType(isElement ? struct(group) : type(group.getType(0)), true);
  }

  private @Nullable DataType map(GroupType map) {
    if (map.getFieldCount() != 1
        || map.getType(0).isPrimitive()
        || map.getType(0).asGroupType().getFieldCount() != 2) {
      return null;
    }
    GroupType entries = map.getType(0).asGroupType();
    return new MapType(type(entries.getType(0)), type(entries.getType(1)), true);
  }

  private static @Nullable DataType primitive(PrimitiveType type) {
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      return decimal.getPrecision() <= MAX_PRECISION
          ? new DecimalType(decimal.getPrecision(), decimal.getScale())
          : null;
    }
    return switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> annotation == null ? BooleanType.BOOLEAN : null;
      case FLOAT -> annotation == null ? FloatType.FLOAT : null;
      case DOUBLE -> annotation == null ? DoubleType.DOUBLE : null;
      case INT96 -> TimestampType.TIMESTAMP;
      case INT32 -> ofInt(annotation);
      case INT64 -> ofLong(annotation);
      case BINARY -> ofBinary(annotation);
      case FIXED_LEN_BYTE_ARRAY -> annotation == null ? BinaryType.BINARY : null;
    };
  }

  private static @Nullable DataType ofInt(@Nullable LogicalTypeAnnotation annotation) {
    if (annotation instanceof DateLogicalTypeAnnotation) {
      return DateType.DATE;
    } else if (annotation instanceof IntLogicalTypeAnnotation integer && integer.isSigned()) {
      return switch (integer.getBitWidth()) {
        case 8 -> ByteType.BYTE;
        case 16 -> ShortType.SHORT;
        default -> IntegerType.INTEGER;
      };
    }
    return annotation == null ? IntegerType.INTEGER : null;
  }

  private static @Nullable DataType ofLong(@Nullable LogicalTypeAnnotation annotation) {
    if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      if (timestamp.getUnit() == TimeUnit.NANOS) {
        return null;
      }
      return timestamp.isAdjustedToUTC() ? TimestampType.TIMESTAMP : TimestampNTZType.TIMESTAMP_NTZ;
    }
    boolean number =
        annotation == null
            || (annotation instanceof IntLogicalTypeAnnotation integer && integer.isSigned());
    return number ? LongType.LONG : null;
  }

  private static @Nullable DataType ofBinary(@Nullable LogicalTypeAnnotation annotation) {
    if (annotation instanceof StringLogicalTypeAnnotation
        || annotation instanceof EnumLogicalTypeAnnotation
        || annotation instanceof JsonLogicalTypeAnnotation) {
      return StringType.STRING;
    }
    return annotation == null ? BinaryType.BINARY : null;
  }

  private InvalidRequestException unsupported(Type field, String what) {
    return new InvalidRequestException(
        location
            + ": its column '"
            + field.getName()
            + "' has a type that Delta tables do not have: "
            + what
            + ". Leave the file out, or write it again with another type.");
  }
}
