package io.neuralake.internal.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.UnsupportedTableException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The {@code metaData} action (Delta protocol, section "Change Metadata"). Immutable.
 *
 * @param id the identity of the table, a UUID
 * @param name the name of the table, or null
 * @param description what the table is about, or null
 * @param format how data files are stored
 * @param schema the schema
 * @param schemaString the schema as it is written in the log, kept as it was read
 * @param partitionColumns the logical names of the partition columns, outermost first
 * @param configuration the table properties
 * @param createdTime when the table was created, milliseconds since the epoch, or null
 */
@SuppressWarnings("ReferenceEquality") // identity tells "unchanged"
public record TableMetadata(
    String id,
    @Nullable String name,
    @Nullable String description,
    Format format,
    StructType schema,
    String schemaString,
    List<String> partitionColumns,
    Map<String, String> configuration,
    @Nullable Long createdTime) {
  private static final String EMPTY_SCHEMA = "{\"type\":\"struct\",\"fields\":[]}";

  /**
   * How data files are stored.
   *
   * @param provider always {@code parquet} in Delta tables
   * @param options options of the format
   */
  public record Format(String provider, Map<String, String> options) {
    /** What the Delta protocol asks for. */
    public static final Format PARQUET = new Format("parquet", Map.of());

    public Format {
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
  }

  public TableMetadata {
    partitionColumns = List.copyOf(partitionColumns);
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
  }

  /**
   * The metadata of a new table, without name and description.
   *
   * @param id the identity of the table, a UUID
   * @param schema the schema
   * @param partitionColumns the partition columns in the schema's spelling
   * @param configuration the table properties
   * @param createdTime milliseconds since the epoch
   */
  public static TableMetadata create(
      String id,
      StructType schema,
      List<String> partitionColumns,
      Map<String, String> configuration,
      long createdTime) {
    return new TableMetadata(
        id,
        null,
        null,
        Format.PARQUET,
        schema,
        SchemaJson.write(schema),
        partitionColumns,
        configuration,
        createdTime);
  }

  /**
   * Reads the value of a {@code metaData} action. A missing {@code schemaString} (older writers)
   * means an empty schema.
   *
   * @param json the object within {@code {"metaData": ..}}
   * @param location the table, for messages
   * @throws CorruptTableException if it is not what the Delta protocol allows
   * @throws UnsupportedTableException if a column has a type that neuralake does not know, or the
   *     files are not Parquet
   */
  public static TableMetadata fromJson(JsonNode json, String location) {
    LogJson action = new LogJson(json, "metaData", location);
    LogJson formatJson = action.object("format");
    Format format = new Format(formatJson.text("provider"), formatJson.textMap("options"));
    if (!format.provider().equalsIgnoreCase(Format.PARQUET.provider())) {
      throw new UnsupportedTableException(
          location
              + ": the data files have the format '"
              + format.provider()
              + "', but neuralake reads Parquet only. Convert the table with the engine that wrote"
              + " it.");
    }
    String schemaString = Optional.ofNullable(action.optionalText("schemaString")).orElse("");
    if (schemaString.isEmpty()) {
      schemaString = EMPTY_SCHEMA;
    }
    StructType schema = SchemaJson.parse(schemaString, location);
    List<String> partitionColumns = action.texts("partitionColumns");
    for (String column : partitionColumns) {
      if (SchemaTree.child(schema, column).isEmpty()) {
        throw action.corrupt("partition column '" + column + "' is not in the schema");
      }
    }
    return new TableMetadata(
        action.text("id"),
        action.optionalText("name"),
        action.optionalText("description"),
        format,
        schema,
        schemaString,
        partitionColumns,
        action.textMap("configuration"),
        action.optionalLong("createdTime"));
  }

  /** The value of a {@code metaData} action. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("id", id);
    if (name != null) {
      json.put("name", name);
    }
    if (description != null) {
      json.put("description", description);
    }
    ObjectNode formatJson = json.putObject("format");
    formatJson.put("provider", format.provider());
    LogJson.put(formatJson, "options", format.options());
    json.put("schemaString", schemaString);
    LogJson.put(json, "partitionColumns", partitionColumns);
    LogJson.put(json, "configuration", configuration);
    if (createdTime != null) {
      json.put("createdTime", createdTime);
    }
    return json;
  }

  /** The same table with another schema. */
  public TableMetadata withSchema(StructType newSchema) {
    return newSchema == schema ? this : with(newSchema, partitionColumns, configuration);
  }

  /** The same table with other partition columns. */
  public TableMetadata withPartitionColumns(List<String> newPartitionColumns) {
    return with(schema, newPartitionColumns, configuration);
  }

  /** The same table with other properties. */
  public TableMetadata withConfiguration(Map<String, String> newConfiguration) {
    return with(schema, partitionColumns, newConfiguration);
  }

  /** The same table with one property set. */
  public TableMetadata withProperty(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(configuration);
    changed.put(key, value);
    return withConfiguration(changed);
  }

  /** The same table with another name and description. */
  public TableMetadata withNames(@Nullable String newName, @Nullable String newDescription) {
    return new TableMetadata(
        id,
        newName,
        newDescription,
        format,
        schema,
        schemaString,
        partitionColumns,
        configuration,
        createdTime);
  }

  private TableMetadata with(
      StructType newSchema, List<String> newPartitions, Map<String, String> newConfiguration) {
    return new TableMetadata(
        id,
        name,
        description,
        format,
        newSchema,
        newSchema == schema ? schemaString : SchemaJson.write(newSchema),
        newPartitions,
        newConfiguration,
        createdTime);
  }

  /** The partition columns' fields, in the order of the partitioning. */
  public List<StructField> partitionFields() {
    return partitionColumns.stream()
        .flatMap(column -> SchemaTree.child(schema, column).stream())
        .toList();
  }

  /** The columns that are stored in data files: all but the partition columns. */
  public StructType dataSchema() {
    Set<String> partition =
        partitionFields().stream().map(StructField::getName).collect(Collectors.toSet());
    return new StructType(
        schema.fields().stream().filter(f -> !partition.contains(f.getName())).toList());
  }

  /** The table properties with their types and defaults. */
  public TableProperties properties() {
    return new TableProperties(configuration);
  }

  /** Equal if all that is written into the log is equal; Kernel's schema equality is too slow. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TableMetadata that
        && id.equals(that.id)
        && Objects.equals(name, that.name)
        && Objects.equals(description, that.description)
        && format.equals(that.format)
        && schemaString.equals(that.schemaString)
        && partitionColumns.equals(that.partitionColumns)
        && configuration.equals(that.configuration)
        && Objects.equals(createdTime, that.createdTime);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, schemaString, partitionColumns, configuration);
  }
}
