package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructField;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.meta.ColumnMapping;

/** What a column is called in Parquet files and in the log (Delta protocol, "Column Mapping"). */
public final class ColumnNames {
  private static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";
  private static final String ID = "delta.columnMapping.id";

  private ColumnNames() {}

  /** The name in Parquet files, partition values and statistics. */
  public static String physicalName(StructField field, ColumnMapping.Mode mode) {
    if (mode == ColumnMapping.Mode.NONE) {
      return field.getName();
    }
    Object name = field.getMetadata().get(PHYSICAL_NAME);
    if (name instanceof String text) {
      return text;
    }
    throw new CorruptTableException(
        "the table maps columns, but its metadata gives column "
            + field.getName()
            + " no physical name: repair the table's metadata");
  }

  /**
   * The Parquet field id.
   *
   * @throws CorruptTableException if the column has none
   */
  public static int id(StructField field) {
    Object id = field.getMetadata().get(ID);
    if (id instanceof Number number && number.longValue() == number.intValue()) {
      return number.intValue();
    }
    throw new CorruptTableException(
        "the table maps columns, but its metadata gives column "
            + field.getName()
            + " no id: repair the table's metadata");
  }
}
