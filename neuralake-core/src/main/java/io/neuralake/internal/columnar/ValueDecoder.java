package io.neuralake.internal.columnar;

/** Decodes the values of one page, in order. Not thread-safe. */
interface ValueDecoder {

  /** Appends the next values to a batch, in which room for them was reserved. */
  void read(LeafBatch target, int count);
}
