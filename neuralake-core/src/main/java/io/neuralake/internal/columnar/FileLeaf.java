package io.neuralake.internal.columnar;

import io.delta.kernel.types.DataType;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.jspecify.annotations.Nullable;

/**
 * Where a file has a column of a primitive type outside lists.
 *
 * @param column in the file; null if the file lacks it, so that all its values are null
 * @param type in the table
 */
record FileLeaf(@Nullable ColumnDescriptor column, DataType type) {

  /** The path in the file, null if the file lacks the column. */
  @Nullable ColumnPath path() {
    return column == null ? null : ColumnPath.get(column.getPath());
  }
}
