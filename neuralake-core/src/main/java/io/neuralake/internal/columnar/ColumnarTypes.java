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
import io.neuralake.error.UnsupportedTableException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The Arrow form of Delta types: one fixed mapping that every batch in this library follows.
 *
 * <p>Field names are the logical column names. An array's child is named {@code element}; a map's
 * entries struct {@code entries} has {@code key} (never null) and {@code value}; a variant is a
 * struct of the two non-null binaries {@code value} and {@code metadata}.
 */
public final class ColumnarTypes {
  /** Name of the child field of a list. */
  public static final String ELEMENT = "element";

  /** Name of the struct child of a map. */
  public static final String ENTRIES = "entries";

  /** Name of the key child of a map's entries. */
  public static final String KEY = "key";

  /** Name of the value child of a map's entries, and of a variant's value. */
  public static final String VALUE = "value";

  /** Name of the metadata child of a variant. */
  public static final String METADATA = "metadata";

  private ColumnarTypes() {}

  /** The Arrow schema of rows of a Delta schema. */
  public static Schema arrowSchema(StructType schema) {
    List<Field> fields = new ArrayList<>();
    for (StructField field : schema.fields()) {
      fields.add(arrowField(field));
    }
    return new Schema(fields);
  }

  /** The Arrow field of one Delta column. */
  public static Field arrowField(StructField field) {
    return arrowField(field.getName(), field.getDataType(), field.isNullable());
  }

  /**
   * The Arrow field of a value of a Delta type.
   *
   * @throws UnsupportedTableException for types without an Arrow form (geometry, geography)
   */
  public static Field arrowField(String name, DataType type, boolean nullable) {
    return new Field(name, new FieldType(nullable, arrowType(name, type), null), children(type));
  }

  private static List<Field> children(DataType type) {
    if (type instanceof StructType struct) {
      return arrowSchema(struct).getFields();
    }
    if (type instanceof ArrayType array) {
      return List.of(arrowField(ELEMENT, array.getElementType(), array.containsNull()));
    }
    if (type instanceof MapType map) {
      Field key = arrowField(KEY, map.getKeyType(), false);
      Field value = arrowField(VALUE, map.getValueType(), map.isValueContainsNull());
      FieldType entries = new FieldType(false, ArrowType.Struct.INSTANCE, null);
      return List.of(new Field(ENTRIES, entries, List.of(key, value)));
    }
    if (type instanceof VariantType) {
      return List.of(
          arrowField(VALUE, BinaryType.BINARY, false),
          arrowField(METADATA, BinaryType.BINARY, false));
    }
    return List.of();
  }

  private static ArrowType arrowType(String name, DataType type) {
    if (type instanceof BooleanType) {
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
    } else if (type instanceof DecimalType decimal) {
      return new ArrowType.Decimal(decimal.getPrecision(), decimal.getScale(), 128);
    } else if (type instanceof StringType) {
      return ArrowType.Utf8.INSTANCE;
    } else if (type instanceof BinaryType) {
      return ArrowType.Binary.INSTANCE;
    } else if (type instanceof DateType) {
      return new ArrowType.Date(DateUnit.DAY);
    } else if (type instanceof TimestampType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
    } else if (type instanceof TimestampNTZType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
    } else if (type instanceof StructType || type instanceof VariantType) {
      return ArrowType.Struct.INSTANCE;
    } else if (type instanceof ArrayType) {
      return ArrowType.List.INSTANCE;
    } else if (type instanceof MapType) {
      return new ArrowType.Map(false);
    }
    throw new UnsupportedTableException(
        "column " + name + " has the type " + type + ", which neuralake cannot hold: leave it out");
  }
}
