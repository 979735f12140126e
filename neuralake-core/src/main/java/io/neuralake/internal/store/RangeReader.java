package io.neuralake.internal.store;

import java.io.Closeable;
import java.io.IOException;

/** Ranged reads of one immutable file. Thread-safe: positions are arguments. */
public interface RangeReader extends Closeable {

  String location();

  /** Bytes; asks the storage (once) only if the size was not known at open. */
  long size() throws IOException;

  /**
   * Fills {@code target[offset, offset + length)} from {@code position} (one request).
   *
   * @throws java.io.EOFException if the file ends earlier
   */
  void readFully(long position, byte[] target, int offset, int length) throws IOException;
}
