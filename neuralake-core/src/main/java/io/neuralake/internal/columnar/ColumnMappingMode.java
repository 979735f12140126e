package io.neuralake.internal.columnar;

import java.util.Locale;

/** How columns of a table are found in its Parquet files (Delta protocol, "Column Mapping"). */
public enum ColumnMappingMode {
  /** By logical name. */
  NONE,
  /** By physical name. */
  NAME,
  /** By Parquet field id. */
  ID;

  /**
   * The mode of a value of the property {@code delta.columnMapping.mode}.
   *
   * @throws IllegalArgumentException if the protocol has no such mode
   */
  public static ColumnMappingMode of(String value) {
    return valueOf(value.toUpperCase(Locale.ROOT));
  }
}
