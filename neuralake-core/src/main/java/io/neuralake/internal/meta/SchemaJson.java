package io.neuralake.internal.meta;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.UnsupportedTableException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Schemas as JSON, the form of {@code schemaString} in the log (Delta protocol, section "Schema
 * Serialization Format"). Field metadata is kept whatever its keys are. Reading is safe on
 * untrusted text: its length and its depth are bounded.
 */
public final class SchemaJson {
  /** The deepest nesting of types that is read or may be written. */
  public static final int MAX_DEPTH = 100;

  private static final int MAX_LENGTH = 64 * 1024 * 1024;

  /** A type costs at most three levels of JSON: type object, list of fields, field object. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(4 * MAX_DEPTH)
                      .maxStringLength(MAX_LENGTH)
                      .build())
              .build());

  private final String location;

  private SchemaJson(String location) {
    this.location = location;
  }

  /**
   * Reads a schema.
   *
   * @param json the text of {@code schemaString}
   * @param location the table, for messages
   * @throws CorruptTableException if the text is no schema, too long or too deep
   * @throws UnsupportedTableException if a column has a type that neuralake does not know
   */
  public static StructType parse(String json, String location) {
    SchemaJson reader = new SchemaJson(location);
    if (json.length() > MAX_LENGTH) {
      throw reader.corrupt(ColumnPath.root(), "it is longer than " + MAX_LENGTH + " characters");
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new CorruptTableException(
          location
              + ": the schema in the table's metadata is not readable JSON ("
              + e.getOriginalMessage()
              + "). Restore the log file, or read an older version.",
          e);
    }
    if (reader.type(root, ColumnPath.root(), 0) instanceof StructType struct) {
      return struct;
    }
    throw reader.corrupt(ColumnPath.root(), "it is not a struct");
  }

  /**
   * Writes a schema. The same schema always gives the same text: metadata keys are sorted.
   *
   * @throws IllegalArgumentException if a type has no name in the log
   */
  public static String write(StructType schema) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = MAPPER.createGenerator(text)) {
      writeType(out, schema);
    } catch (IOException e) {
      throw new UncheckedIOException("a schema could not be written into memory", e);
    }
    return text.toString();
  }

  private DataType type(JsonNode json, ColumnPath path, int depth) {
    if (depth > MAX_DEPTH) {
      throw corrupt(path, "types are nested deeper than " + MAX_DEPTH + " levels");
    }
    if (json.isTextual()) {
      return TypeNames.parse(json.textValue()).orElseThrow(() -> unknown(path, json.textValue()));
    }
    if (!json.isObject()) {
      throw corrupt(path, "its type is neither a name nor an object");
    }
    String name = text(json, "type", path);
    switch (name) {
      case "struct":
        return struct(json, path, depth);
      case "array":
        return new ArrayType(
            type(required(json, "elementType", path), path.child(ColumnPath.ELEMENT), depth + 1),
            bool(json, "containsNull", path));
      case "map":
        return new MapType(
            type(required(json, "keyType", path), path.child(ColumnPath.KEY), depth + 1),
            type(required(json, "valueType", path), path.child(ColumnPath.VALUE), depth + 1),
            bool(json, "valueContainsNull", path));
      default:
        // Variants appear both as a name and, in the protocol's text, as an object.
        return TypeNames.parse(name).orElseThrow(() -> unknown(path, name));
    }
  }

  private StructType struct(JsonNode json, ColumnPath path, int depth) {
    JsonNode list = required(json, "fields", path);
    if (!list.isArray()) {
      throw corrupt(path, "'fields' is not a list");
    }
    List<StructField> fields = new ArrayList<>(list.size());
    for (JsonNode field : list) {
      if (!field.isObject()) {
        throw corrupt(path, "a field is not an object");
      }
      String name = text(field, "name", path);
      ColumnPath child = path.child(name);
      DataType type = type(required(field, "type", child), child, depth + 1);
      // Some writers leave out what is true and empty by default.
      JsonNode nullable = field.path("nullable");
      if (!nullable.isBoolean() && !nullable.isMissingNode()) {
        throw corrupt(child, "'nullable' is not a boolean");
      }
      fields.add(new StructField(name, type, nullable.asBoolean(true), metadata(field, child)));
    }
    return new StructType(fields);
  }

  private FieldMetadata metadata(JsonNode field, ColumnPath path) {
    JsonNode metadata = field.path("metadata");
    if (metadata.isMissingNode() || metadata.isNull()) {
      return FieldMetadata.empty();
    }
    if (!metadata.isObject()) {
      throw corrupt(path, "'metadata' is not an object");
    }
    if (metadata.has(StructField.METADATA_SPEC_KEY)) {
      throw corrupt(
          path, "its metadata has '" + StructField.METADATA_SPEC_KEY + "', reserved for readers");
    }
    return FieldMetadataJson.read(metadata);
  }

  private JsonNode required(JsonNode object, String key, ColumnPath path) {
    JsonNode value = object.get(key);
    if (value == null || value.isNull()) {
      throw corrupt(path, "'" + key + "' is missing");
    }
    return value;
  }

  private String text(JsonNode object, String key, ColumnPath path) {
    JsonNode value = required(object, key, path);
    if (!value.isTextual()) {
      throw corrupt(path, "'" + key + "' is not a string");
    }
    return value.textValue();
  }

  private boolean bool(JsonNode object, String key, ColumnPath path) {
    JsonNode value = required(object, key, path);
    if (!value.isBoolean()) {
      throw corrupt(path, "'" + key + "' is not a boolean");
    }
    return value.booleanValue();
  }

  private CorruptTableException corrupt(ColumnPath path, String cause) {
    return new CorruptTableException(
        location
            + ": the schema in the table's metadata is damaged"
            + (path.isRoot() ? "" : " at column " + path)
            + ": "
            + cause
            + ". Restore the log file, or read an older version.");
  }

  private UnsupportedTableException unknown(ColumnPath path, String type) {
    return new UnsupportedTableException(
        location
            + ": column "
            + path
            + " has the type '"
            + type
            + "', which neuralake does not support. Read the table with an engine that does, or"
            + " drop the column there.");
  }

  private static void writeType(JsonGenerator out, DataType type) throws IOException {
    if (type instanceof StructType struct) {
      out.writeStartObject();
      out.writeStringField("type", "struct");
      out.writeArrayFieldStart("fields");
      for (StructField field : struct.fields()) {
        out.writeStartObject();
        out.writeStringField("name", field.getName());
        out.writeFieldName("type");
        writeType(out, field.getDataType());
        out.writeBooleanField("nullable", field.isNullable());
        out.writeFieldName("metadata");
        FieldMetadataJson.write(out, field.getMetadata());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    } else if (type instanceof ArrayType array) {
      out.writeStartObject();
      out.writeStringField("type", "array");
      out.writeFieldName("elementType");
      writeType(out, array.getElementType());
      out.writeBooleanField("containsNull", array.containsNull());
      out.writeEndObject();
    } else if (type instanceof MapType map) {
      out.writeStartObject();
      out.writeStringField("type", "map");
      out.writeFieldName("keyType");
      writeType(out, map.getKeyType());
      out.writeFieldName("valueType");
      writeType(out, map.getValueType());
      out.writeBooleanField("valueContainsNull", map.isValueContainsNull());
      out.writeEndObject();
    } else if (TypeNames.isKnown(type)) {
      out.writeString(TypeNames.of(type));
    } else {
      throw new IllegalArgumentException("type " + type + " has no name in a Delta log");
    }
  }
}
