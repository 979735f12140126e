package io.neuralake.it.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/**
 * The JSON form of values in canonical lines, by which readers are compared as text. The form is
 * defined, and written independently of this class, by {@code CanonicalRow} of the Spark driver.
 * Structs are JSON objects in the order of the schema, arrays are JSON arrays: readers build those
 * themselves.
 */
public final class CanonicalValue {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS", Locale.ROOT);

  private CanonicalValue() {}

  /**
   * The form of a value that is not nested: null, {@link Boolean}, an integral number, {@link
   * Float}, {@link Double}, {@link BigDecimal} (in the column's scale), {@link String}, {@link
   * LocalDate}, {@link Instant}, {@link LocalDateTime} or {@code byte[]}.
   *
   * @throws IllegalArgumentException for any other class
   */
  public static JsonNode leaf(Object value) {
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
    if (value instanceof BigDecimal decimal) {
      return JSON.textNode(decimal.toPlainString());
    }
    if (value instanceof Instant instant) {
      return JSON.textNode(LOCAL.format(instant.atOffset(ZoneOffset.UTC)) + "Z");
    }
    if (value instanceof LocalDateTime time) {
      return JSON.textNode(LOCAL.format(time));
    }
    if (value instanceof byte[] bytes) {
      return JSON.textNode(HexFormat.of().formatHex(bytes));
    }
    if (value instanceof Float
        || value instanceof Double
        || value instanceof String
        || value instanceof LocalDate) {
      return JSON.textNode(value.toString());
    }
    throw new IllegalArgumentException(value.getClass().getName() + " has no canonical form.");
  }

  /** The form of a map whose keys and values are in canonical form already. */
  public static ArrayNode map(Map<JsonNode, JsonNode> entries) {
    ArrayNode pairs = JSON.arrayNode();
    entries.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(entry -> pairs.addArray().add(entry.getKey()).add(entry.getValue()));
    return pairs;
  }
}
