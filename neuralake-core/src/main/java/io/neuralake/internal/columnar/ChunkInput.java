package io.neuralake.internal.columnar;

import java.io.IOException;
import java.io.InputStream;

/** The bytes of one column chunk in order, fetched ahead or in windows. Not thread-safe. */
final class ChunkInput extends InputStream {
  private final FileBytes file;
  private final long end;
  private final int windowBytes;
  private long next;
  private Slice buffer;
  private int at;

  /**
   * A chunk of which the first bytes are already there.
   *
   * @param start position of the chunk in the file
   * @param length bytes of the chunk
   * @param fetched bytes from {@code start} on; may be empty
   * @param windowBytes how much of the others is fetched at a time
   */
  ChunkInput(FileBytes file, long start, long length, Slice fetched, int windowBytes) {
    this.windowBytes = windowBytes;
    this.file = file;
    this.end = start + length;
    this.next = start + fetched.length();
    this.buffer = fetched;
  }

  long remaining() {
    return end - next + buffered();
  }

  private int buffered() {
    return buffer.length() - at;
  }

  /** The next bytes, without a copy where they are in one piece already. */
  Slice take(int length) throws IOException {
    if (length < 0 || length > remaining()) {
      throw new CorruptPageException(
          "a page claims " + length + " bytes where its column has " + remaining() + " left");
    }
    if (length > buffered()) {
      fill(length);
    }
    Slice taken = buffer.part(at, length);
    at += length;
    return taken;
  }

  private void fill(int atLeast) throws IOException {
    int kept = buffered();
    int more = (int) Math.min(end - next, Math.max(atLeast - kept, windowBytes));
    buffer = file.readBehind(buffer.part(at, kept), next, more);
    next += more;
    at = 0;
  }

  @Override
  public int read() throws IOException {
    if (buffered() == 0) {
      if (next >= end) {
        return -1;
      }
      fill(1);
    }
    return buffer.array()[buffer.offset() + at++] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (buffered() == 0) {
      if (next >= end) {
        return -1;
      }
      fill(1);
    }
    int count = Math.min(length, buffered());
    System.arraycopy(buffer.array(), buffer.offset() + at, target, offset, count);
    at += count;
    return count;
  }
}
