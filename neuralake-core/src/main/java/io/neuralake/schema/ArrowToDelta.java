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
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Arrow schemas to table schemas. */
final class ArrowToDelta {
  private static final int MAX_PRECISION = 38;

  private final @Nullable DictionaryProvider dictionaries;

  private ArrowToDelta(@Nullable DictionaryProvider dictionaries) {
    this.dictionaries = dictionaries;
  }

  static StructType convert(Schema schema, @Nullable DictionaryProvider dictionaries) {
    return new ArrowToDelta(dictionaries).struct(schema.getFields(), "");
  }

  private StructType struct(List<Field> children, String path) {
    List<StructField> fields = new ArrayList<>();
    for (Field field : children) {
      fields.add(
          new StructField(
              field.getName(), type(field, child(path, field.getName())), field.isNullable()));
    }
    return new StructType(fields);
  }

  private DataType type(Field field, String path) {
    if (field.getDictionary() != null) {
      return encoded(field, path);
    }
    ArrowType type = field.getType();
    return switch (type.getTypeID()) {
      case Bool -> BooleanType.BOOLEAN;
      case Int -> integer((ArrowType.Int) type, path);
      case FloatingPoint ->
          ((ArrowType.FloatingPoint) type).getPrecision() == FloatingPointPrecision.DOUBLE
              ? DoubleType.DOUBLE
              : FloatType.FLOAT;
      case Decimal -> decimal((ArrowType.Decimal) type, path);
      case Utf8, LargeUtf8, Utf8View -> StringType.STRING;
      case Binary, LargeBinary, FixedSizeBinary, BinaryView -> BinaryType.BINARY;
      case Date -> DateType.DATE;
      case Timestamp ->
          ((ArrowType.Timestamp) type).getTimezone() == null
              ? TimestampNTZType.TIMESTAMP_NTZ
              : TimestampType.TIMESTAMP;
      case Struct -> struct(field.getChildren(), path);
      case List, LargeList, FixedSizeList -> array(field, path);
      case Map -> map(field, path);
      default -> throw refuse(path, "Arrow type " + type + " has no column type", remedy(type));
    };
  }

  private static String remedy(ArrowType type) {
    return switch (type.getTypeID()) {
      case Null -> "leave the column out, or give it a type";
      case Time, Duration, Interval -> "cast it to int64 or utf8";
      default -> "cast it to a plain type, or leave the column out";
    };
  }

  private DataType encoded(Field field, String path) {
    Dictionary dictionary =
        dictionaries == null ? null : dictionaries.lookup(field.getDictionary().getId());
    if (dictionary == null) {
      throw refuse(
          path,
          "the column is encoded with dictionary "
              + field.getDictionary().getId()
              + ", which is not there",
          "hand in the DictionaryProvider of the batch, or decode the column first");
    }
    return type(dictionary.getVector().getField(), path);
  }

  private static DataType integer(ArrowType.Int type, String path) {
    int bits = type.getIsSigned() ? type.getBitWidth() : 2 * type.getBitWidth();
    return switch (bits) {
      case 8 -> ByteType.BYTE;
      case 16 -> ShortType.SHORT;
      case 32 -> IntegerType.INTEGER;
      case 64 -> LongType.LONG;
      default ->
          throw refuse(
              path,
              "Arrow type " + type + " exceeds the range of long",
              "cast it to int64 or decimal128(20, 0)");
    };
  }

  private static DataType decimal(ArrowType.Decimal type, String path) {
    boolean fits =
        type.getBitWidth() >= 128
            && type.getPrecision() <= MAX_PRECISION
            && type.getScale() >= 0
            && type.getScale() <= type.getPrecision();
    if (!fits) {
      throw refuse(
          path,
          "Arrow type " + type + " has no column type",
          "cast it to a decimal128 of scale 0 to precision");
    }
    return new DecimalType(type.getPrecision(), type.getScale());
  }

  private DataType array(Field field, String path) {
    Field element = field.getChildren().get(0);
    return new ArrayType(type(element, child(path, "element")), element.isNullable());
  }

  private DataType map(Field field, String path) {
    List<Field> entry = field.getChildren().get(0).getChildren();
    return new MapType(
        type(entry.get(0), child(path, "key")),
        type(entry.get(1), child(path, "value")),
        entry.get(1).isNullable());
  }
}
