package io.neuralake.internal.columnar;

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
  private final ReadCounters counters;

  FileBytes(RangeReader reader, ReadCounters counters) throws IOException {
    this.counters = counters;
    this.reader = reader;
    try {
      this.size = reader.size();
      this.tail = new byte[(int) Math.max(0, Math.min(this.size, TAIL_BYTES))];
      this.tailStart = this.size - tail.length;
      request(tailStart, tail, 0, tail.length);
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

  /** The bytes from a position; one request unless the tail has them. */
  Slice read(long position, int length) throws IOException {
    check(position, length);
    if (isLocal(position)) {
      return new Slice(tail, (int) (position - tailStart), length);
    }
    byte[] bytes = new byte[length];
    request(position, bytes, 0, copyTail(position, bytes));
    return new Slice(bytes, 0, length);
  }

  /** Bytes that are there, and behind them those from a position. */
  Slice readBehind(Slice first, long position, int length) throws IOException {
    int kept = first.length();
    if (kept == 0) {
      return read(position, length);
    }
    check(position, length);
    byte[] bytes = new byte[Math.addExact(kept, length)];
    System.arraycopy(first.array(), first.offset(), bytes, 0, kept);
    int remote = (int) Math.max(0, Math.min(length, tailStart - position));
    if (remote > 0) {
      request(position, bytes, kept, remote);
    }
    int inTail = (int) Math.max(0, position - tailStart);
    System.arraycopy(tail, inTail, bytes, kept + remote, length - remote);
    return new Slice(bytes, 0, bytes.length);
  }

  /**
   * Refuses ranges outside of the file.
   *
   * @throws CorruptPageException if this is one
   */
  void check(long position, long length) {
    if (position < 0 || length < 0 || length > size - position) {
      throw new CorruptPageException(
          length + " bytes at " + position + " are not within the file's " + size + " bytes");
    }
  }

  /** Fills the end of the target, as far as the tail has it; returns how many bytes are missing. */
  int copyTail(long position, byte[] target) {
    int missing = (int) Math.min(target.length, tailStart - position);
    System.arraycopy(tail, 0, target, missing, target.length - missing);
    return missing;
  }

  /** Reads from the storage. */
  void request(long position, byte[] target, int offset, int length) throws IOException {
    counters.requests.incrementAndGet();
    counters.bytesFetched.addAndGet(length);
    reader.readFully(position, target, offset, length);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
