package io.neuralake.internal.log;

import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.store.RangeReader;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file of the log, blank ones left out, as slices of one buffer: a small file takes
 * one request, a large one as many as it has windows. Not thread-safe.
 */
final class JsonLines implements Closeable {

  private static final int WINDOW_BYTES = 4 << 20;

  /**
   * Bytes that are asked for where it is not known how many there are; most commits are smaller.
   */
  private static final int BLIND_BYTES = 1 << 20;

  /** Far above any real action; bounds what a damaged file can make us hold. */
  static final int MAX_LINE_BYTES = 64 << 20;

  private final RangeReader file;

  /** Bytes of the file, or -1 if not known: then it ends where a window is not filled. */
  private long size;

  private byte[] buffer = new byte[0];

  /** Position in the file of the byte behind the buffer's last. */
  private long fetched;

  private int filled;
  private int next;
  private int start;
  private int end;
  private int number;

  /**
   * Reads a file, and closes it in the end.
   *
   * @param size bytes if known, else zero or less
   */
  JsonLines(RangeReader file, long size) {
    this.file = file;
    this.size = size > 0 ? size : -1;
  }

  /** Goes to the next line; false at the end of the file. */
  boolean next() throws IOException {
    do {
      if (!nextLine()) {
        return false;
      }
      number++;
    } while (isBlank());
    return true;
  }

  /** The buffer that holds the line, until the next one is asked for. */
  byte[] buffer() {
    return buffer;
  }

  /** Where the line begins in the buffer. */
  int start() {
    return start;
  }

  /** Bytes of the line, without its end. */
  int length() {
    return end - start;
  }

  /** Whether the line begins with an ASCII text. */
  boolean startsWith(String text) {
    if (length() < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (buffer[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The error of a line that is not what it should be. */
  CorruptTableException damaged(String why, @Nullable Throwable cause) {
    return new CorruptTableException(
        file.location()
            + ": line "
            + number
            + " is not valid: "
            + why
            + ". Restore the file, or read an older version.",
        cause);
  }

  private boolean nextLine() throws IOException {
    start = next;
    int searched = start;
    while (true) {
      for (int i = searched; i < filled; i++) {
        if (buffer[i] == '\n') {
          end = i;
          next = i + 1;
          return true;
        }
      }
      int pending = filled - start;
      if (fetched == size) {
        end = filled;
        next = filled;
        return pending > 0;
      }
      if (pending >= MAX_LINE_BYTES) {
        throw new CorruptTableException(
            file.location()
                + ": line "
                + (number + 1)
                + " is longer than "
                + MAX_LINE_BYTES
                + " bytes. Restore the file, or read an older version.");
      }
      fetch(pending);
      searched = start + pending;
    }
  }

  /** Moves the bytes of the unfinished line to the front, and reads on behind them. */
  private void fetch(int pending) throws IOException {
    int more =
        size < 0
            ? Math.max(BLIND_BYTES, pending)
            : (int) Math.min(size - fetched, Math.max(WINDOW_BYTES, pending));
    byte[] target = buffer;
    if (target.length - pending < more) {
      target = new byte[pending + more];
    }
    System.arraycopy(buffer, start, target, 0, pending);
    int there = more;
    if (size >= 0) {
      file.readFully(fetched, target, pending, more);
    } else {
      there = file.readUpTo(fetched, target, pending, more);
    }
    buffer = target;
    fetched += there;
    filled = pending + there;
    start = 0;
    if (there < more) {
      size = fetched;
    }
  }

  private boolean isBlank() {
    for (int i = start; i < end; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
