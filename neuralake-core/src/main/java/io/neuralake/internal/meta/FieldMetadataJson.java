package io.neuralake.internal.meta;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MetadataColumnSpec;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The metadata of a field as JSON. Kernel's {@code FieldMetadata} holds whole numbers, doubles,
 * booleans, strings, nested metadata and lists of one of these. Any other JSON value (a list of
 * mixed values, of lists, a number that no long holds) is kept as text under {@link #RAW} and is
 * written back as it was.
 */
final class FieldMetadataJson {
  private static final String RAW = "neuralake.rawJson";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private FieldMetadataJson() {}

  static FieldMetadata read(JsonNode object) {
    FieldMetadata.Builder into = FieldMetadata.builder();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      put(into, entry.getKey(), entry.getValue());
    }
    return into.build();
  }

  private static void put(FieldMetadata.Builder into, String key, JsonNode value) {
    if (value.isNull()) {
      into.putNull(key);
    } else if (isLong(value)) {
      into.putLong(key, value.longValue());
    } else if (value.isDouble()) {
      into.putDouble(key, value.doubleValue());
    } else if (value.isBoolean()) {
      into.putBoolean(key, value.booleanValue());
    } else if (value.isTextual()) {
      into.putString(key, value.textValue());
    } else if (value.isObject()) {
      into.putFieldMetadata(key, read(value));
    } else if (all(value, FieldMetadataJson::isLong)) {
      into.putLongArray(key, list(value, JsonNode::longValue, Long[]::new));
    } else if (all(value, JsonNode::isDouble)) {
      into.putDoubleArray(key, list(value, JsonNode::doubleValue, Double[]::new));
    } else if (all(value, JsonNode::isBoolean)) {
      into.putBooleanArray(key, list(value, JsonNode::booleanValue, Boolean[]::new));
    } else if (all(value, JsonNode::isTextual)) {
      into.putStringArray(key, list(value, JsonNode::textValue, String[]::new));
    } else if (all(value, JsonNode::isObject)) {
      into.putFieldMetadataArray(key, list(value, FieldMetadataJson::read, FieldMetadata[]::new));
    } else {
      into.putFieldMetadata(key, FieldMetadata.builder().putString(RAW, value.toString()).build());
    }
  }

  private static boolean isLong(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong();
  }

  private static boolean all(JsonNode list, Predicate<JsonNode> test) {
    if (!list.isArray()) {
      return false;
    }
    for (JsonNode item : list) {
      if (!test.test(item)) {
        return false;
      }
    }
    return true;
  }

  private static <T> T[] list(
      JsonNode list, Function<JsonNode, T> convert, IntFunction<T[]> create) {
    T[] items = create.apply(list.size());
    for (int i = 0; i < items.length; i++) {
      items[i] = convert.apply(list.get(i));
    }
    return items;
  }

  static void write(JsonGenerator out, FieldMetadata metadata) throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, Object> entry : new TreeMap<>(metadata.getEntries()).entrySet()) {
      out.writeFieldName(entry.getKey());
      writeValue(out, entry.getValue());
    }
    out.writeEndObject();
  }

  /** The value that {@link #read} kept as text; a table may also carry that key by itself. */
  private static Optional<JsonNode> raw(FieldMetadata nested) {
    if (nested.getEntries().size() != 1 || !(nested.get(RAW) instanceof String text)) {
      return Optional.empty();
    }
    try {
      return Optional.of(MAPPER.readTree(text)).filter(value -> !value.isMissingNode());
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static void writeValue(JsonGenerator out, Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Long number) {
      out.writeNumber(number);
    } else if (value instanceof Double number) {
      out.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else if (value instanceof String || value instanceof MetadataColumnSpec) {
      out.writeString(value.toString());
    } else if (value instanceof FieldMetadata nested) {
      Optional<JsonNode> raw = raw(nested);
      if (raw.isPresent()) {
        MAPPER.writeTree(out, raw.get());
      } else {
        write(out, nested);
      }
    } else if (value instanceof Object[] items) {
      out.writeStartArray();
      for (Object item : items) {
        writeValue(out, item);
      }
      out.writeEndArray();
    } else {
      throw new IllegalArgumentException(
          "field metadata of " + value.getClass().getName() + " cannot be written");
    }
  }
}
