package io.neuralake.internal.columnar;

import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.RangeReader;
import java.io.Closeable;
import java.io.IOException;

/**
 * The bytes of one file, of which the tail is read once and kept: the footer is nearly always in
 * it, and a small file wholly.
 */
final class FileBytes implements Closeable {
  /** One request of this size costs about as much as one of a few bytes on an object store. */
  private static final int TAIL_BYTES = 256 * 1024;

  private final RangeReader reader;
  private final long size;
  private final byte[] tail;
  private final long tailStart;

  FileBytes(FileStore store, String location, long size) throws IOException {
    this.reader = store.open(location, size);
    try {
      this.size = reader.size();
      this.tail = new byte[(int) Math.max(0, Math.min(this.size, TAIL_BYTES))];
      this.tailStart = this.size - tail.length;
      reader.readFully(tailStart, tail, 0, tail.length);
    } catch (IOException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  String location() {
    return reader.location();
  }

  long size() {
    return size;
  }

  /** Whether the range needs no request. */
  boolean isLocal(long position) {
    return position >= tailStart;
  }

  /** The bytes from a position; the caller has checked that they are inside the file. */
  Slice read(long position, int length) throws IOException {
    if (position < 0 || length < 0 || length > size - position) {
      throw new CorruptPageException(
          length + " bytes at " + position + " are not within the file's " + size + " bytes");
    }
    if (isLocal(position)) {
      return new Slice(tail, (int) (position - tailStart), length);
    }
    byte[] bytes = new byte[length];
    int ahead = (int) Math.min(length, tailStart - position);
    reader.readFully(position, bytes, 0, ahead);
    System.arraycopy(tail, 0, bytes, ahead, length - ahead);
    return new Slice(bytes, 0, length);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
