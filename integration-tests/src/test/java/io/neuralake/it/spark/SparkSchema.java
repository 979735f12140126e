package io.neuralake.it.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.SchemaJson;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Schemas as readers of a table see them: names, types, nullability and comments. What the log
 * keeps for writers in the metadata of fields is left out, as Spark does when it reads.
 */
final class SparkSchema {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final List<String> INTERNAL = List.of("delta.", "__", "CURRENT_DEFAULT");

  private SparkSchema() {}

  /** The form of a schema that neuralake shows. */
  static JsonNode of(StructType schema) {
    return of(SchemaJson.write(schema));
  }

  /** The form of a schema in Delta's, and Spark's, JSON. */
  static JsonNode of(String schemaJson) {
    try {
      JsonNode schema = MAPPER.readTree(schemaJson);
      clean(schema);
      return schema;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void clean(JsonNode node) {
    if (node.get("metadata") instanceof ObjectNode metadata) {
      List<String> names = metadata.properties().stream().map(entry -> entry.getKey()).toList();
      names.stream()
          .filter(name -> INTERNAL.stream().anyMatch(name::startsWith))
          .forEach(metadata::remove);
    }
    node.forEach(SparkSchema::clean);
  }
}
