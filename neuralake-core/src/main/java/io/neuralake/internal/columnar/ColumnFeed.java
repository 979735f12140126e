package io.neuralake.internal.columnar;

import java.io.IOException;
import org.apache.arrow.vector.FieldVector;

/** Turns one column, or a part of a nested one, into Parquet's levels and values. */
interface ColumnFeed {

  /**
   * Goes on with the values of another vector.
   *
   * @throws io.neuralake.error.InvalidRequestException if the vector has not the column's type
   */
  void bind(FieldVector vector);

  /** Writes values of the vector, and that something around a value is null or empty. */
  void write(Entries entries) throws IOException;

  /** Writes rows of the vector of a top-level column. */
  void writeRows(int from, int to) throws IOException;
}
