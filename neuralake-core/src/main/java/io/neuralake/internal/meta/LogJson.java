package io.neuralake.internal.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.error.CorruptTableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Typed access to one action of the log as JSON; what is of the wrong kind is a damaged table. */
final class LogJson {
  private final JsonNode json;
  private final String action;
  private final String location;

  LogJson(JsonNode json, String action, String location) {
    this.json = json;
    this.action = action;
    this.location = location;
    if (!json.isObject()) {
      throw corrupt("it is not an object");
    }
  }

  private @Nullable JsonNode value(String key) {
    JsonNode value = json.get(key);
    return value == null || value.isNull() ? null : value;
  }

  boolean has(String key) {
    return value(key) != null;
  }

  int integer(String key) {
    JsonNode value = value(key);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
      throw corrupt("'" + key + "' is missing or no whole number");
    }
    return value.intValue();
  }

  @Nullable Long optionalLong(String key) {
    JsonNode value = value(key);
    if (value != null && !(value.isIntegralNumber() && value.canConvertToLong())) {
      throw corrupt("'" + key + "' is no whole number");
    }
    return value == null ? null : value.longValue();
  }

  @Nullable String optionalText(String key) {
    JsonNode value = value(key);
    if (value != null && !value.isTextual()) {
      throw corrupt("'" + key + "' is no string");
    }
    return value == null ? null : value.textValue();
  }

  String text(String key) {
    String value = optionalText(key);
    if (value == null) {
      throw corrupt("'" + key + "' is missing");
    }
    return value;
  }

  List<String> texts(String key) {
    JsonNode list = value(key);
    if (list == null) {
      return List.of();
    }
    List<String> texts = new ArrayList<>(list.size());
    for (JsonNode item : list) {
      if (!item.isTextual()) {
        throw corrupt("'" + key + "' is no list of strings");
      }
      texts.add(item.textValue());
    }
    if (!list.isArray()) {
      throw corrupt("'" + key + "' is no list of strings");
    }
    return texts;
  }

  Map<String, String> textMap(String key) {
    JsonNode object = value(key);
    if (object == null) {
      return Map.of();
    }
    if (!object.isObject()) {
      throw corrupt("'" + key + "' is no map of strings");
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (entry.getValue().isTextual()) {
        map.put(entry.getKey(), entry.getValue().textValue());
      } else if (!entry.getValue().isNull()) {
        // A property without a value says nothing; anything else but a string is damage.
        throw corrupt("'" + key + "' is no map of strings");
      }
    }
    return map;
  }

  LogJson object(String key) {
    JsonNode value = value(key);
    if (value == null) {
      throw corrupt("'" + key + "' is missing");
    }
    return new LogJson(value, action, location);
  }

  CorruptTableException corrupt(String cause) {
    return new CorruptTableException(
        location
            + ": the '"
            + action
            + "' action of the log is damaged: "
            + cause
            + ". Restore the log file, or read an older version.");
  }

  static void put(ObjectNode into, String key, Collection<String> texts) {
    ArrayNode list = into.putArray(key);
    texts.forEach(list::add);
  }

  static void put(ObjectNode into, String key, Map<String, String> map) {
    ObjectNode object = into.putObject(key);
    map.forEach(object::put);
  }
}
