package io.neuralake.internal.columnar;

import java.io.IOException;

/**
 * What the columns of one file share to encode their pages, one after another: buffers, compression
 * and the options. Not thread-safe.
 */
final class PageEncoder {
  final WriteSpec spec;
  final PageCompressor compressor;
  final GrowingBytes raw = new GrowingBytes();
  private final GrowingBytes dictionary = new GrowingBytes();
  private int[] indexes = {};

  PageEncoder(WriteSpec spec) {
    this.spec = spec;
    this.compressor = new PageCompressor(spec.codec(), spec.level());
  }

  /** Room for the dictionary indexes of a page. */
  int[] indexes(int count) {
    if (indexes.length < count) {
      indexes = new int[ValueBuffer.grown(indexes.length, count)];
    }
    return indexes;
  }

  /** Compresses what was encoded. */
  byte[] compressed() throws IOException {
    return compressor.compress(raw);
  }

  /** The first values of a dictionary, compressed. */
  byte[] dictionary(ValueBuffer values, int entries) throws IOException {
    dictionary.clear();
    values.dictionary(entries, dictionary);
    return compressor.compress(dictionary);
  }

  /** Frees native memory. */
  void close() {
    compressor.close();
  }
}
