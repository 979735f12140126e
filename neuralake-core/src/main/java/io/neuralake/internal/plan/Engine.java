package io.neuralake.internal.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collection;
import java.util.Map;

/** How neuralake names itself, and writes operation parameters, in commits. */
final class Engine {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The {@code engineInfo} of commits. */
  static final String INFO = "neuralake/" + version();

  private Engine() {}

  private static String version() {
    String version = Engine.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }

  static String jsonArray(Collection<String> values) {
    return json(values);
  }

  static String jsonObject(Map<String, String> values) {
    return json(values);
  }

  /** A value of an operation parameter: text as it is, anything else as JSON. */
  static String text(Object value) {
    return value instanceof String text ? text : json(value);
  }

  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Strings are always JSON", e);
    }
  }
}
