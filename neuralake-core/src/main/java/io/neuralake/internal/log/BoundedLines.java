package io.neuralake.internal.log;

import io.delta.kernel.defaults.engine.fileio.SeekableInputStream;
import io.neuralake.error.CorruptTableException;
import java.io.IOException;

/**
 * A file of lines, read from its start to its end, of which none may be too long: Kernel holds a
 * line whole, however long it is. Not thread-safe.
 */
final class BoundedLines extends SeekableInputStream {

  private final SeekableInputStream in;
  private final String location;
  private final long most;
  private long lineBytes;

  BoundedLines(SeekableInputStream in, String location, long most) {
    this.in = in;
    this.location = location;
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int b = in.read();
    if (b == '\n') {
      lineBytes = 0;
    } else if (b >= 0) {
      grow(1);
    }
    return b;
  }

  @Override
  public int read(byte[] b, int off, int len) throws IOException {
    int n = in.read(b, off, len);
    count(b, off, n);
    return n;
  }

  @Override
  public void readFully(byte[] b, int off, int len) throws IOException {
    in.readFully(b, off, len);
    count(b, off, len);
  }

  private void count(byte[] b, int off, int n) {
    int last = off + n - 1;
    while (last >= off && b[last] != '\n') {
      last--;
    }
    if (last >= off) {
      lineBytes = 0;
      grow(off + n - 1 - last);
    } else if (n > 0) {
      grow(n);
    }
  }

  private void grow(long bytes) {
    lineBytes += bytes;
    if (lineBytes > most) {
      throw new CorruptTableException(
          location
              + ": a line is longer than "
              + most
              + " bytes. Restore the file, or read an older version.");
    }
  }

  @Override
  public long getPos() throws IOException {
    return in.getPos();
  }

  @Override
  public void seek(long newPos) throws IOException {
    lineBytes = 0;
    in.seek(newPos);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
