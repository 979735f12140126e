package io.neuralake.internal.meta;

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
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of primitive types in the log (Delta protocol, section "Primitive Types"), and names of
 * all types for messages.
 */
public final class TypeNames {
  private static final Map<String, DataType> BY_NAME =
      Map.ofEntries(
          Map.entry("boolean", BooleanType.BOOLEAN),
          Map.entry("byte", ByteType.BYTE),
          Map.entry("short", ShortType.SHORT),
          Map.entry("integer", IntegerType.INTEGER),
          Map.entry("long", LongType.LONG),
          Map.entry("float", FloatType.FLOAT),
          Map.entry("double", DoubleType.DOUBLE),
          Map.entry("string", StringType.STRING),
          Map.entry("binary", BinaryType.BINARY),
          Map.entry("date", DateType.DATE),
          Map.entry("timestamp", TimestampType.TIMESTAMP),
          Map.entry("timestamp_ntz", TimestampNTZType.TIMESTAMP_NTZ),
          Map.entry("variant", VariantType.VARIANT),
          Map.entry("decimal", DecimalType.USER_DEFAULT));

  private static final Pattern DECIMAL =
      Pattern.compile("decimal\\(\\s*(\\d{1,2})\\s*,\\s*(\\d{1,2})\\s*\\)");

  private static final int LONGEST_NAME = 2_000;

  private TypeNames() {}

  /** The primitive type of that name; empty if neuralake knows none. */
  public static Optional<DataType> parse(String name) {
    DataType known = BY_NAME.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Matcher decimal = DECIMAL.matcher(name);
    if (!decimal.matches()) {
      return Optional.empty();
    }
    int precision = Integer.parseInt(decimal.group(1));
    int scale = Integer.parseInt(decimal.group(2));
    boolean valid = precision >= 1 && precision <= 38 && scale <= precision;
    return valid ? Optional.of(new DecimalType(precision, scale)) : Optional.empty();
  }

  /** Whether this type has a name of its own in the log: no struct, array or map. */
  public static boolean isPrimitive(DataType type) {
    return !(type instanceof StructType || type instanceof ArrayType || type instanceof MapType);
  }

  /** Whether a value of this type can be written into the log under its name. */
  static boolean isKnown(DataType type) {
    return type instanceof DecimalType || type instanceof StringType || BY_NAME.containsValue(type);
  }

  /** The name of a primitive type as the log has it; collations travel in the field's metadata. */
  public static String of(DataType primitive) {
    if (primitive instanceof DecimalType decimal) {
      return "decimal(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
    }
    return primitive instanceof StringType ? "string" : primitive.toString();
  }

  /** Any type in one line, for messages: {@code array<struct<a: long, b: string>>}; may be cut. */
  public static String describe(DataType type) {
    StringBuilder text = new StringBuilder();
    describe(type, text);
    return text.length() <= LONGEST_NAME
        ? text.toString()
        : text.substring(0, LONGEST_NAME) + "...";
  }

  private static void describe(DataType type, StringBuilder text) {
    if (text.length() > LONGEST_NAME) {
      return;
    }
    if (type instanceof StructType struct) {
      text.append("struct<");
      String separator = "";
      for (StructField field : struct.fields()) {
        text.append(separator).append(field.getName()).append(": ");
        describe(field.getDataType(), text);
        separator = ", ";
        if (text.length() > LONGEST_NAME) {
          return;
        }
      }
      text.append('>');
    } else if (type instanceof ArrayType array) {
      text.append("array<");
      describe(array.getElementType(), text);
      text.append('>');
    } else if (type instanceof MapType map) {
      text.append("map<");
      describe(map.getKeyType(), text);
      text.append(", ");
      describe(map.getValueType(), text);
      text.append('>');
    } else {
      text.append(of(type));
    }
  }
}
