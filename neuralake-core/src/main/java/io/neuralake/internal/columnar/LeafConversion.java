package io.neuralake.internal.columnar;

import org.apache.arrow.vector.FieldVector;

/** Copies decoded values of one physical type into a vector of one Delta type. */
interface LeafConversion {

  /**
   * Allocates and fills a vector.
   *
   * @param index for each of the vector's values the position among the batch's, -1 for null
   * @param count values of the vector
   */
  void fill(LeafBatch batch, int[] index, int count, FieldVector vector);
}
