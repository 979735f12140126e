package io.neuralake.schema;

import static io.neuralake.schema.Refusals.child;
import static io.neuralake.schema.Refusals.refuse;

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
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Table schemas to Arrow schemas: one Arrow layout per Delta type. */
final class DeltaToArrow {
  /** What a variant is made of in a file and in a batch. */
  static final StructType VARIANT =
      new StructType()
          .add("value", BinaryType.BINARY, false)
          .add("metadata", BinaryType.BINARY, false);

  private DeltaToArrow() {}

  static Schema convert(StructType schema) {
    return new Schema(children(schema, ""));
  }

  private static List<Field> children(StructType struct, String path) {
    List<Field> fields = new ArrayList<>();
    for (StructField f : struct.fields()) {
      fields.add(field(f.getName(), f.getDataType(), f.isNullable(), child(path, f.getName())));
    }
    return fields;
  }

  private static Field field(String name, DataType type, boolean nullable, String path) {
    if (type instanceof StructType struct) {
      return of(name, ArrowType.Struct.INSTANCE, nullable, children(struct, path));
    }
    if (type instanceof VariantType) {
      return of(name, ArrowType.Struct.INSTANCE, nullable, children(VARIANT, path));
    }
    if (type instanceof ArrayType array) {
      Field element =
          field("element", array.getElementType(), array.containsNull(), child(path, "element"));
      return of(name, ArrowType.List.INSTANCE, nullable, List.of(element));
    }
    if (type instanceof MapType map) {
      Field key = field("key", map.getKeyType(), false, child(path, "key"));
      Field value =
          field("value", map.getValueType(), map.isValueContainsNull(), child(path, "value"));
      Field entries =
          of(MapVector.DATA_VECTOR_NAME, ArrowType.Struct.INSTANCE, false, List.of(key, value));
      return of(name, new ArrowType.Map(false), nullable, List.of(entries));
    }
    return of(name, leaf(type, path), nullable, List.of());
  }

  private static Field of(String name, ArrowType type, boolean nullable, List<Field> children) {
    return new Field(name, new FieldType(nullable, type, null), children);
  }

  private static ArrowType leaf(DataType type, String path) {
    if (type instanceof DecimalType d) {
      return new ArrowType.Decimal(d.getPrecision(), d.getScale(), 128);
    } else if (type instanceof StringType) {
      return ArrowType.Utf8.INSTANCE;
    } else if (type instanceof BinaryType) {
      return ArrowType.Binary.INSTANCE;
    } else if (type instanceof BooleanType) {
      return ArrowType.Bool.INSTANCE;
    } else if (type instanceof ByteType) {
      return new ArrowType.Int(8, true);
    } else if (type instanceof ShortType) {
      return new ArrowType.Int(16, true);
    } else if (type instanceof IntegerType) {
      return new ArrowType.Int(32, true);
    } else if (type instanceof LongType) {
      return new ArrowType.Int(64, true);
    } else if (type instanceof FloatType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    } else if (type instanceof DoubleType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    } else if (type instanceof DateType) {
      return new ArrowType.Date(DateUnit.DAY);
    } else if (type instanceof TimestampType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
    } else if (type instanceof TimestampNTZType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
    }
    throw refuse(path, "type " + type + " has no Arrow type", "leave the column out");
  }
}
