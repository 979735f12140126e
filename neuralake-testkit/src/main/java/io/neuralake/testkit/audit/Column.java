package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A column as the table's schema has it.
 *
 * @param name what users call it
 * @param physical what it is called in files and statistics
 * @param type the name of a primitive type, or {@code struct}, {@code array}, {@code map}
 * @param nullable whether it may be null
 * @param fields of a struct
 */
record Column(String name, String physical, String type, boolean nullable, List<Column> fields) {

  static List<Column> of(JsonNode struct) {
    List<Column> columns = new ArrayList<>();
    for (JsonNode field : struct.path("fields")) {
      JsonNode type = field.path("type");
      String name = field.path("name").asText();
      boolean isStruct = type.path("type").asText().equals("struct");
      columns.add(
          new Column(
              name,
              field.path("metadata").path("delta.columnMapping.physicalName").asText(name),
              type.isTextual() ? type.asText() : type.path("type").asText(),
              field.path("nullable").asBoolean(true),
              isStruct ? of(type) : List.of()));
    }
    return columns;
  }

  boolean isStruct() {
    return type.equals("struct");
  }
}
