package io.neuralake.testkit.chaos;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * How the end of an HTTP body is found, and how one is passed on without being changed (RFC 9112,
 * sections 6 and 7.1).
 *
 * @param bytes the length, or -1 for chunked, -2 for until the connection closes
 */
record BodyLength(long bytes) {
  static final BodyLength CHUNKED = new BodyLength(-1);
  static final BodyLength UNTIL_CLOSE = new BodyLength(-2);

  private static final int MAX_LINE = 16 * 1024;

  static BodyLength fixed(long bytes) throws IOException {
    if (bytes < 0) {
      throw new IOException("Negative Content-Length: " + bytes);
    }
    return new BodyLength(bytes);
  }

  boolean isUntilClose() {
    return equals(UNTIL_CLOSE);
  }

  /** Copies a whole body; payload bytes are counted before they are written. */
  void relay(InputStream in, OutputStream out, LongConsumer counter) throws IOException {
    if (equals(CHUNKED)) {
      relayChunks(in, out, counter);
    } else {
      copy(in, out, isUntilClose() ? Long.MAX_VALUE : bytes, counter);
    }
  }

  private static void relayChunks(InputStream in, OutputStream out, LongConsumer counter)
      throws IOException {
    while (true) {
      String line = relayLine(in, out);
      int extension = line.indexOf(';');
      String hex = (extension < 0 ? line : line.substring(0, extension)).trim();
      long size;
      try {
        size = Long.parseLong(hex, 16);
      } catch (NumberFormatException e) {
        throw new IOException("Malformed chunk size: " + hex, e);
      }
      if (size == 0) {
        break;
      }
      copy(in, out, size, counter);
      relayLine(in, out);
    }
    String trailer = relayLine(in, out);
    while (!trailer.isEmpty()) {
      trailer = relayLine(in, out);
    }
  }

  private static String relayLine(InputStream in, OutputStream out) throws IOException {
    byte[] line = new byte[128];
    int length = 0;
    int next = 0;
    while (next != '\n') {
      next = in.read();
      if (next < 0) {
        throw new EOFException("The connection ended inside a chunked body");
      }
      if (length == MAX_LINE) {
        throw new IOException("A line of a chunked body is longer than " + MAX_LINE + " bytes");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, line.length * 2);
      }
      line[length++] = (byte) next;
    }
    out.write(line, 0, length);
    return new String(line, 0, length, StandardCharsets.ISO_8859_1).trim();
  }

  private static void copy(InputStream in, OutputStream out, long limit, LongConsumer counter)
      throws IOException {
    byte[] buffer = new byte[64 * 1024];
    long left = limit;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        if (limit == Long.MAX_VALUE) {
          return;
        }
        throw new EOFException("The connection ended " + left + " bytes before its body");
      }
      counter.accept(read);
      out.write(buffer, 0, read);
      left -= read;
    }
  }
}
