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

  /**
   * Reads what there is of {@code length} bytes from {@code position}: one request on storage for
   * which {@link #size()} is one, even if the size is not known.
   *
   * @return how many bytes were read; fewer than {@code length} only where the file ends, 0 behind
   *     its end
   */
  default int readUpTo(long position, byte[] target, int offset, int length) throws IOException {
    int there = (int) Math.max(0, Math.min(length, size() - position));
    readFully(position, target, offset, there);
    return there;
  }
}
