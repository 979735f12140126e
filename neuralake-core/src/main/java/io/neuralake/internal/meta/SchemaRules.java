package io.neuralake.internal.meta;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a schema must look like before it is written into a table. */
public final class SchemaRules {
  /** Characters that Parquet and Spark refuse in the names of columns. */
  private static final String FORBIDDEN = " ,;{}()\n\t=";

  /** Columns that a change data feed adds to the rows. */
  private static final Set<String> CHANGE_FEED_COLUMNS =
      Set.of(ChangeFeed.CHANGE_TYPE, ChangeFeed.COMMIT_VERSION, ChangeFeed.COMMIT_TIMESTAMP);

  private final String location;
  private final boolean mapped;
  private final boolean changeFeed;

  private SchemaRules(String location, TableProperties properties) {
    this.location = location;
    this.mapped = properties.columnMappingMode() != ColumnMapping.Mode.NONE;
    this.changeFeed = properties.changeDataFeed();
  }

  /**
   * Checks the schema and the partition columns of a table that is about to be written.
   *
   * @param metadata the table: its schema, partition columns and properties
   * @param location the table, for messages
   * @throws InvalidRequestException naming the column and the remedy: a name that is empty, appears
   *     twice (ignoring case), is reserved or has characters that data files cannot take; a type
   *     that cannot be stored; partition columns that do not exist, repeat, cannot be told apart in
   *     directory names, or leave no other column
   */
  public static void validate(TableMetadata metadata, String location) {
    validate(metadata.schema(), metadata.partitionColumns(), metadata.properties(), location);
  }

  /**
   * The same for a schema that is not part of a table's metadata yet: one with types that cannot be
   * stored cannot become part of it.
   *
   * @param schema the schema
   * @param partitionColumns the partition columns
   * @param properties the properties of the table
   * @param location the table, for messages
   * @throws InvalidRequestException as above
   */
  public static void validate(
      StructType schema,
      List<String> partitionColumns,
      TableProperties properties,
      String location) {
    SchemaRules rules = new SchemaRules(location, properties);
    if (schema.length() == 0) {
      throw rules.invalid("the schema has no columns. Give the table at least one column.");
    }
    rules.checkStruct(schema, ColumnPath.root(), 1);
    rules.checkPartitionColumns(schema, partitionColumns);
  }

  /**
   * Finds partition columns in a schema.
   *
   * @param schema the schema
   * @param columns names as the user spelled them
   * @param location the table, for messages
   * @return the same columns in the schema's spelling
   * @throws InvalidRequestException if a column is not there, nested, or named twice
   */
  public static List<String> resolvePartitionColumns(
      StructType schema, List<String> columns, String location) {
    List<String> resolved = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      StructField field =
          SchemaTree.child(schema, column)
              .orElseThrow(
                  () ->
                      new InvalidRequestException(
                          location
                              + ": partition column '"
                              + column
                              + "' is not in the schema. Name a top-level column: "
                              + names(schema)
                              + "."));
      if (!seen.add(field.getName())) {
        throw new InvalidRequestException(
            location + ": partition column '" + column + "' is named twice. Name it once.");
      }
      resolved.add(field.getName());
    }
    return List.copyOf(resolved);
  }

  private static String names(StructType schema) {
    List<String> names = schema.fieldNames();
    return names.size() <= 20
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 20)) + " and " + (names.size() - 20) + " more";
  }

  private void checkStruct(StructType struct, ColumnPath path, int depth) {
    Map<String, String> seen = new HashMap<>();
    for (StructField field : struct.fields()) {
      ColumnPath child = path.child(field.getName());
      checkName(field, child);
      String twin = seen.put(field.getName().toLowerCase(Locale.ROOT), field.getName());
      if (twin != null) {
        throw invalid(
            "columns "
                + path.child(twin)
                + " and "
                + child
                + " have the same name (case is ignored). Rename one of them.");
      }
      checkType(field.getDataType(), child, depth);
    }
  }

  private void checkName(StructField field, ColumnPath path) {
    String name = field.getName();
    if (name.isBlank()) {
      throw invalid(
          "a column "
              + (path.isTopLevel() ? "" : "of " + path.parent() + " ")
              + "has an empty name. Name it.");
    }
    if (field.isMetadataColumn()) {
      throw invalid("column " + path + " is a metadata column of readers. Leave it out.");
    }
    if (!mapped && name.chars().anyMatch(c -> FORBIDDEN.indexOf(c) >= 0)) {
      throw invalid(
          "the name of column "
              + path
              + " has a blank, tab, line break or one of ',;{}()=', which data files cannot take."
              + " Rename it, or set '"
              + TableProperties.COLUMN_MAPPING_MODE
              + "' to 'name'.");
    }
    if (changeFeed
        && path.isTopLevel()
        && CHANGE_FEED_COLUMNS.contains(name.toLowerCase(Locale.ROOT))) {
      throw invalid(
          "column "
              + path
              + " has a name that the change data feed reserves. Rename it, or do not set '"
              + TableProperties.ENABLE_CHANGE_DATA_FEED
              + "'.");
    }
  }

  private void checkType(DataType type, ColumnPath path, int depth) {
    if (depth >= SchemaJson.MAX_DEPTH) {
      throw invalid(
          "column "
              + path
              + " is nested deeper than "
              + SchemaJson.MAX_DEPTH
              + " levels. Flatten it.");
    }
    if (type instanceof StructType struct) {
      if (struct.length() == 0) {
        throw invalid(
            "column " + path + " is a struct without fields. Give it at least one field.");
      }
      checkStruct(struct, path, depth + 1);
    } else if (type instanceof ArrayType array) {
      checkType(array.getElementType(), path.child(ColumnPath.ELEMENT), depth + 1);
    } else if (type instanceof MapType map) {
      if (SchemaTree.anyType(
          map.getKeyType(), t -> t instanceof MapType || t instanceof VariantType)) {
        throw invalid(
            "the keys of map "
                + path
                + " are or hold maps or variants, which cannot be compared. Use another key.");
      }
      checkType(map.getKeyType(), path.child(ColumnPath.KEY), depth + 1);
      checkType(map.getValueType(), path.child(ColumnPath.VALUE), depth + 1);
    } else {
      checkPrimitive(type, path);
    }
  }

  private void checkPrimitive(DataType type, ColumnPath path) {
    if (!TypeNames.isKnown(type)) {
      throw invalid(
          "column "
              + path
              + " has the type "
              + type
              + ", which cannot be stored. Change the type.");
    }
    if (type instanceof DecimalType decimal && decimal.getPrecision() == 0) {
      throw invalid("column " + path + " is a decimal without digits. Use a precision of 1 to 38.");
    }
    if (type instanceof StringType text && !text.isUTF8BinaryCollated()) {
      throw invalid(
          "column "
              + path
              + " has the collation "
              + text.getCollationIdentifier().getName()
              + ", which neuralake cannot write. Use a plain string.");
    }
  }

  private void checkPartitionColumns(StructType schema, List<String> partitionColumns) {
    List<String> columns = resolvePartitionColumns(schema, partitionColumns, location);
    for (String column : columns) {
      DataType type = SchemaTree.child(schema, column).orElseThrow().getDataType();
      if (!TypeNames.isPrimitive(type) || type instanceof VariantType) {
        throw invalid(
            "partition column '"
                + column
                + "' has the type "
                + TypeNames.describe(type)
                + ", which has no form as text. Partition by another column.");
      }
    }
    if (columns.size() == schema.length()) {
      throw invalid(
          "all columns are partition columns, so that data files would be empty. Leave at least one"
              + " column out of the partitioning.");
    }
  }

  private InvalidRequestException invalid(String problem) {
    return new InvalidRequestException(location + ": " + problem);
  }
}
