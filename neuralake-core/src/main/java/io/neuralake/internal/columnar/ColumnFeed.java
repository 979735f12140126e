package io.neuralake.internal.columnar;

import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.ColumnWriteStore;

/**
 * Writes the values of one column, or of a part of a nested one, as Parquet's levels and values.
 */
interface ColumnFeed {

  /** Goes on with another row group. */
  void startRowGroup(ColumnWriteStore store);

  /**
   * Goes on with the values of another vector.
   *
   * @throws io.neuralake.error.InvalidRequestException if the vector has not the column's type
   */
  void bind(FieldVector vector);

  /**
   * Writes one value of the vector.
   *
   * @param repetition level of the value
   * @param definition level of what is around the value
   */
  void write(int index, int repetition, int definition);

  /** Writes that something around the value is null or empty. */
  void writeNull(int repetition, int definition);
}
