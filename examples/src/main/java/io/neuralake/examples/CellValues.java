package io.neuralake.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
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
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the values of a file into the Java values that a column takes. */
final class CellValues {

  /** A value that is none of its column's type; the message names the column. */
  static final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    BadValue(String problem) {
      super(problem);
    }
  }

  private CellValues() {}

  /** The values of a row or struct by column; what is missing is null. */
  static Map<String, @Nullable Object> row(JsonNode cells, StructType schema, String path)
      throws BadValue {
    for (Map.Entry<String, JsonNode> cell : cells.properties()) {
      if (schema.indexOf(cell.getKey()) < 0) {
        throw new BadValue(
            "'" + path + cell.getKey() + "' is no column; the columns are " + schema.fieldNames());
      }
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      JsonNode cell = cells.get(field.getName());
      values.put(
          field.getName(),
          value(
              cell == null ? NullNode.instance : cell,
              field.getDataType(),
              path + field.getName()));
    }
    return values;
  }

  private static @Nullable Object value(JsonNode cell, DataType type, String path) throws BadValue {
    if (cell.isNull()) {
      return null;
    }
    if (type instanceof StringType) {
      return cell.isValueNode() ? cell.asText() : cell.toString();
    }
    if (type instanceof StructType struct && cell.isObject()) {
      return row(cell, struct, path + ".");
    }
    if (type instanceof ArrayType array && cell.isArray()) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (JsonNode element : cell) {
        elements.add(value(element, array.getElementType(), path + ".element"));
      }
      return elements;
    }
    if (type instanceof MapType map && map.getKeyType() instanceof StringType && cell.isObject()) {
      Map<String, @Nullable Object> entries = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> entry : cell.properties()) {
        entries.put(entry.getKey(), value(entry.getValue(), map.getValueType(), path + ".value"));
      }
      return entries;
    }
    Object leaf = cell.isValueNode() ? leaf(cell.asText().strip(), type) : null;
    if (leaf == null) {
      throw new BadValue("column '" + path + "' is " + type + ", but the value is " + brief(cell));
    }
    return leaf;
  }

  /** The value that a text stands for, null if it stands for none of that type. */
  private static @Nullable Object leaf(String text, DataType type) {
    try {
      if (type instanceof BooleanType) {
        return text.equalsIgnoreCase("true")
            ? Boolean.TRUE
            : text.equalsIgnoreCase("false") ? Boolean.FALSE : null;
      } else if (type instanceof ByteType) {
        return Byte.valueOf(text);
      } else if (type instanceof ShortType) {
        return Short.valueOf(text);
      } else if (type instanceof IntegerType) {
        return Integer.valueOf(text);
      } else if (type instanceof LongType) {
        return Long.valueOf(text);
      } else if (type instanceof FloatType) {
        return Float.valueOf(text);
      } else if (type instanceof DoubleType) {
        return Double.valueOf(text);
      } else if (type instanceof DecimalType) {
        return new java.math.BigDecimal(text);
      } else if (type instanceof DateType) {
        return LocalDate.parse(text);
      } else if (type instanceof TimestampType) {
        return OffsetDateTime.parse(text).toInstant();
      } else if (type instanceof TimestampNTZType) {
        return LocalDateTime.parse(text);
      }
      return type instanceof BinaryType ? Base64.getDecoder().decode(text) : null;
    } catch (IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  private static String brief(JsonNode cell) {
    String text = cell.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
