package io.neuralake.interop.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.unsafe.types.VariantVal;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The text form of a row, the same for equal rows whatever engine read them.
 *
 * <p>A row is a JSON object without spaces, columns in the order of the schema. Values:
 *
 * <ul>
 *   <li>null, boolean, byte, short, integer and long: the JSON literal;
 *   <li>string: a JSON string; float and double: a JSON string of {@code toString}, as JSON has no
 *       NaN;
 *   <li>decimal: a JSON string in plain notation with the column's scale;
 *   <li>date: {@code "2026-11-20"}; timestamp: {@code "2026-11-20T12:00:00.000000Z"} in UTC;
 *       timestamp without zone: the same without {@code Z};
 *   <li>binary: a JSON string of lower-case hexadecimal digits;
 *   <li>struct: a JSON object; array: a JSON array; map: an array of {@code [key,value]} pairs,
 *       ordered by the JSON text of the key;
 *   <li>variant: an object of {@code value} and {@code metadata}, both as binary.
 * </ul>
 */
final class CanonicalRow {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final HexFormat HEX = HexFormat.of();
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);

  private CanonicalRow() {}

  /** The canonical line of a row that carries its schema. */
  static String line(Row row) {
    return struct(row).toString();
  }

  private static ObjectNode struct(Row row) {
    ObjectNode object = JSON.objectNode();
    String[] names = row.schema().fieldNames();
    for (int i = 0; i < names.length; i++) {
      object.set(names[i], value(row.get(i)));
    }
    return object;
  }

  private static JsonNode value(Object value) {
    if (value == null) {
      return JSON.nullNode();
    }
    if (value instanceof Boolean bool) {
      return JSON.booleanNode(bool);
    }
    if (value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long) {
      return JSON.numberNode(((Number) value).longValue());
    }
    if (value instanceof Float || value instanceof Double || value instanceof String) {
      return JSON.textNode(value.toString());
    }
    if (value instanceof BigDecimal decimal) {
      return JSON.textNode(decimal.toPlainString());
    }
    if (value instanceof LocalDate date) {
      return JSON.textNode(date.toString());
    }
    if (value instanceof Instant instant) {
      return JSON.textNode(LOCAL.format(instant.atOffset(ZoneOffset.UTC)) + "Z");
    }
    if (value instanceof LocalDateTime time) {
      return JSON.textNode(LOCAL.format(time));
    }
    if (value instanceof byte[] bytes) {
      return JSON.textNode(HEX.formatHex(bytes));
    }
    return nested(value);
  }

  private static JsonNode nested(Object value) {
    if (value instanceof Row row) {
      return struct(row);
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      return map(CollectionConverters.asJava(map));
    }
    if (value instanceof scala.collection.Iterable<?> elements) {
      ArrayNode array = JSON.arrayNode();
      CollectionConverters.asJava(elements).forEach(element -> array.add(value(element)));
      return array;
    }
    if (value instanceof VariantVal variant) {
      return JSON.objectNode()
          .put("value", HEX.formatHex(variant.getValue()))
          .put("metadata", HEX.formatHex(variant.getMetadata()));
    }
    throw new IllegalArgumentException(
        "A value of "
            + value.getClass().getName()
            + " has no canonical form; cast it in the query.");
  }

  private static ArrayNode map(Map<?, ?> map) {
    List<ArrayNode> entries = new ArrayList<>();
    map.forEach((key, value) -> entries.add(JSON.arrayNode().add(value(key)).add(value(value))));
    entries.sort(Comparator.comparing(entry -> entry.get(0).toString()));
    return JSON.arrayNode().addAll(entries);
  }
}
