package io.neuralake.internal.meta;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.UnsupportedTableException;
import java.util.ArrayList;
import java.util.List;

/**
 * Columns with a default value (Delta protocol, section "Default Columns"). neuralake does not
 * evaluate defaults: a write has to bring a value, which may be null, for each of these columns.
 */
public final class ColumnDefaults {
  static final String METADATA_KEY = "CURRENT_DEFAULT";

  private ColumnDefaults() {}

  static boolean hasDefault(StructField field) {
    return field.getMetadata().contains(METADATA_KEY);
  }

  /**
   * Checks that a write brings all columns that have a default.
   *
   * @param table the schema of the table
   * @param written the schema of the rows to write
   * @param location the table, for messages
   * @throws UnsupportedTableException if a column with a default is missing in the rows
   */
  public static void requireExplicit(StructType table, StructType written, String location) {
    List<String> missing = new ArrayList<>();
    SchemaTree.forEach(
        table,
        (path, field) -> {
          if (hasDefault(field) && SchemaTree.fieldAt(written, path).isEmpty()) {
            missing.add(path.toString());
          }
        });
    if (!missing.isEmpty()) {
      throw new UnsupportedTableException(
          location
              + ": the rows lack columns that have a default value (table feature"
              + " allowColumnDefaults): "
              + String.join(", ", missing)
              + ". neuralake does not compute defaults: put values (or nulls) for these columns"
              + " into the rows.");
    }
  }
}
