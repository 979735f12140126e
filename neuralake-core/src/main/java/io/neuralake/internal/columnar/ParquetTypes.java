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
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.meta.ColumnMapping;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.ColumnOrder;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/** The Parquet types that Delta types are written as, the same as Spark's. */
final class ParquetTypes {
  private static final int INT_DIGITS = 9;
  private static final int LONG_DIGITS = 18;

  private ParquetTypes() {}

  static MessageType message(StructType schema, ColumnMapping.Mode mode) {
    return new MessageType("spark_schema", fields(schema, mode));
  }

  private static List<Type> fields(StructType struct, ColumnMapping.Mode mode) {
    if (struct.length() == 0) {
      throw new InvalidRequestException(
          "Parquet has no form for a struct or a table without columns: add a column");
    }
    List<Type> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      String name = ColumnNames.physicalName(field, mode);
      Type type = type(name, field.getDataType(), field.isNullable(), mode);
      fields.add(mode == ColumnMapping.Mode.NONE ? type : type.withId(ColumnNames.id(field)));
    }
    return fields;
  }

  private static Type type(String name, DataType type, boolean nullable, ColumnMapping.Mode mode) {
    Repetition repetition = nullable ? Repetition.OPTIONAL : Repetition.REQUIRED;
    if (type instanceof StructType struct) {
      return new GroupType(repetition, name, fields(struct, mode));
    } else if (type instanceof VariantType) {
      Type value = primitive("value", BinaryType.BINARY, Repetition.REQUIRED);
      Type metadata = primitive("metadata", BinaryType.BINARY, Repetition.REQUIRED);
      return new GroupType(repetition, name, value, metadata);
    } else if (type instanceof ArrayType array) {
      Type element = type("element", array.getElementType(), array.containsNull(), mode);
      GroupType list = new GroupType(Repetition.REPEATED, "list", element);
      return Types.buildGroup(repetition)
          .as(LogicalTypeAnnotation.listType())
          .addField(list)
          .named(name);
    } else if (type instanceof MapType map) {
      Type key = type("key", map.getKeyType(), false, mode);
      Type value = type("value", map.getValueType(), map.isValueContainsNull(), mode);
      GroupType entries = new GroupType(Repetition.REPEATED, "key_value", key, value);
      return Types.buildGroup(repetition)
          .as(LogicalTypeAnnotation.mapType())
          .addField(entries)
          .named(name);
    }
    return primitive(name, type, repetition);
  }

  private static Type primitive(String name, DataType type, Repetition repetition) {
    if (type instanceof DecimalType decimal) {
      return decimal(name, decimal, repetition);
    }
    // parquet-java would take an order for floating-point numbers that older readers do not know:
    // some ignore the bounds then, others refuse the file.
    return Types.primitive(physical(name, type), repetition)
        .as(annotation(type))
        .columnOrder(ColumnOrder.typeDefined())
        .named(name);
  }

  private static PrimitiveTypeName physical(String name, DataType type) {
    if (type instanceof BooleanType) {
      return PrimitiveTypeName.BOOLEAN;
    } else if (type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof DateType) {
      return PrimitiveTypeName.INT32;
    } else if (type instanceof LongType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType) {
      return PrimitiveTypeName.INT64;
    } else if (type instanceof FloatType) {
      return PrimitiveTypeName.FLOAT;
    } else if (type instanceof DoubleType) {
      return PrimitiveTypeName.DOUBLE;
    } else if (type instanceof StringType || type instanceof BinaryType) {
      return PrimitiveTypeName.BINARY;
    }
    throw new UnsupportedTableException(
        "column " + name + " has the type " + type + ", which neuralake cannot write");
  }

  private static @Nullable LogicalTypeAnnotation annotation(DataType type) {
    if (type instanceof StringType) {
      return LogicalTypeAnnotation.stringType();
    } else if (type instanceof ByteType) {
      return LogicalTypeAnnotation.intType(8, true);
    } else if (type instanceof ShortType) {
      return LogicalTypeAnnotation.intType(16, true);
    } else if (type instanceof DateType) {
      return LogicalTypeAnnotation.dateType();
    } else if (type instanceof TimestampType) {
      return LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS);
    } else if (type instanceof TimestampNTZType) {
      return LogicalTypeAnnotation.timestampType(false, TimeUnit.MICROS);
    }
    return null;
  }

  private static Type decimal(String name, DecimalType type, Repetition repetition) {
    LogicalTypeAnnotation annotation =
        LogicalTypeAnnotation.decimalType(type.getScale(), type.getPrecision());
    if (type.getPrecision() <= INT_DIGITS) {
      return Types.primitive(PrimitiveTypeName.INT32, repetition).as(annotation).named(name);
    } else if (type.getPrecision() <= LONG_DIGITS) {
      return Types.primitive(PrimitiveTypeName.INT64, repetition).as(annotation).named(name);
    }
    int bytes = BigInteger.TEN.pow(type.getPrecision()).bitLength() / Byte.SIZE + 1;
    return Types.primitive(PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY, repetition)
        .length(bytes)
        .as(annotation)
        .named(name);
  }
}
