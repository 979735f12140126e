package io.neuralake.internal.log;

import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.neuralake.internal.store.RangeReader;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over a file that fetches one window at a time, so that a small file is one request. Not
 * thread-safe.
 */
final class WindowedStream extends SeekableInputStream {

  /** Bytes of one window; a file of less is held whole. */
  static final int WINDOW = 1 << 20;

  private final @Nullable RangeReader reader;
  private final String location;
  private final Consumer<byte[]> whole;
  private long size;
  private byte[] window = new byte[0];
  private long windowStart;
  private long position;

  /**
   * Reads a file.
   *
   * @param size bytes, -1 if not known: then it is where a window is not filled
   * @param whole is given the content of a file that fits one window
   */
  WindowedStream(RangeReader reader, long size, Consumer<byte[]> whole) {
    this.reader = reader;
    this.location = reader.location();
    this.size = size;
    this.whole = whole;
  }

  /** Reads content that is at hand. */
  WindowedStream(byte[] content, String location) {
    this.reader = null;
    this.location = location;
    this.size = content.length;
    this.whole = unused -> {};
    this.window = content;
  }

  @Override
  public long getPos() {
    return position;
  }

  @Override
  public void seek(long newPos) {
    position = newPos;
  }

  @Override
  public int read() throws IOException {
    if (!fill()) {
      return -1;
    }
    return window[(int) (position++ - windowStart)] & 0xff;
  }

  @Override
  public int read(byte[] b, int off, int len) throws IOException {
    if (len == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int from = (int) (position - windowStart);
    int n = Math.min(len, window.length - from);
    System.arraycopy(window, from, b, off, n);
    position += n;
    return n;
  }

  @Override
  public void readFully(byte[] b, int off, int len) throws IOException {
    if (reader != null && len > WINDOW) {
      reader.readFully(position, b, off, len);
      position += len;
      return;
    }
    int done = 0;
    while (done < len) {
      int n = read(b, off + done, len - done);
      if (n < 0) {
        throw new EOFException(location + ": ends before byte " + (position + len - done));
      }
      done += n;
    }
  }

  /** Makes the window hold the byte at the position; false at the end of the file. */
  private boolean fill() throws IOException {
    if (position >= windowStart && position < windowStart + window.length) {
      return true;
    }
    if (reader == null || position < 0) {
      return false;
    }
    return size < 0 ? fillFromUnknown(reader) : fillFromKnown(reader);
  }

  private boolean fillFromKnown(RangeReader file) throws IOException {
    if (position >= size) {
      return false;
    }
    // Whoever jumps to the tail reads a footer, whose start lies before: fetch them together.
    boolean jumped = position != windowStart + window.length;
    long from = jumped ? Math.max(0, Math.min(position, size - WINDOW)) : position;
    byte[] next = new byte[(int) Math.min(WINDOW, size - from)];
    file.readFully(from, next, 0, next.length);
    moveTo(from, next, next.length == size);
    return true;
  }

  private boolean fillFromUnknown(RangeReader file) throws IOException {
    byte[] next = new byte[WINDOW];
    int there = file.readUpTo(position, next, 0, WINDOW);
    if (there < WINDOW) {
      size = position + there;
    }
    if (there == 0) {
      return false;
    }
    moveTo(position, Arrays.copyOf(next, there), position == 0 && there < WINDOW);
    return true;
  }

  private void moveTo(long start, byte[] content, boolean isWhole) {
    window = content;
    windowStart = start;
    if (isWhole) {
      whole.accept(content);
    }
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }
}
