package io.neuralake.internal.columnar;

/** Decodes the values of one page, in order. Not thread-safe. */
interface ValueDecoder {

  /** Appends the next values to a batch, in which room for them was reserved. */
  void read(LeafBatch target, int count);

  /**
   * Appends some of the next values, for which room was reserved, and goes over the others.
   *
   * @param wanted which, ascending, counted from the next value
   * @param n how many of {@code wanted} count
   * @param count values that are gone over in all
   */
  void read(LeafBatch target, int[] wanted, int n, int count);
}
