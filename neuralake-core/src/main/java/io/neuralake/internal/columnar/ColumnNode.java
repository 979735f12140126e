package io.neuralake.internal.columnar;

import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** Builds the vector of one column, or of one part of a nested column, from decoded leaves. */
interface ColumnNode {

  /**
   * Fills a vector with the values of the current batch.
   *
   * @param vector empty; allocated and filled here
   * @param count how many values the columns around this one expect
   */
  void fill(FieldVector vector, int count);

  /** A leaf whose levels tell where values of this column are; null if the file has none. */
  @Nullable LeafReader witness();
}
