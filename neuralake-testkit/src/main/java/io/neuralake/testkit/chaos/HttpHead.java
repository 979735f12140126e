package io.neuralake.testkit.chaos;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The start line and headers of an HTTP/1.1 message (RFC 9112, sections 2 to 7), kept byte for
 * byte: a signature covers them, so they are passed on as they came.
 */
final class HttpHead {
  private static final int MAX_BYTES = 256 * 1024;
  private static final String LINE_END = "\r\n";

  private final String text;
  private final List<String> lines;
  private final String[] start;

  private HttpHead(String text) throws IOException {
    this.text = text;
    this.lines = List.of(text.substring(0, text.length() - 4).split(LINE_END, -1));
    this.start = lines.get(0).split(" ", 3);
    if (start.length < 2) {
      throw new IOException("Malformed HTTP start line: " + String.join(" ", start));
    }
  }

  /** Reads a head, or returns null if the stream is at its end. */
  static @Nullable HttpHead read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    int tail = 0;
    // The last four bytes as one int: CR LF CR LF ends the head.
    while (tail != 0x0D0A0D0A) {
      int next = in.read();
      if (next < 0) {
        if (bytes.size() == 0) {
          return null;
        }
        throw new EOFException("The connection ended inside an HTTP head");
      }
      bytes.write(next);
      tail = tail << 8 | next;
      if (bytes.size() > MAX_BYTES) {
        throw new IOException("An HTTP head is longer than " + MAX_BYTES + " bytes");
      }
    }
    return new HttpHead(bytes.toString(StandardCharsets.ISO_8859_1));
  }

  /** Reads a head and fails at the end of the stream. */
  static HttpHead require(InputStream in) throws IOException {
    HttpHead head = read(in);
    if (head == null) {
      throw new EOFException("The connection ended before an HTTP response");
    }
    return head;
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The bytes without the header named: for a message whose handshake is already over. */
  byte[] bytesWithout(String name) {
    StringBuilder kept = new StringBuilder(text.length());
    for (String line : lines) {
      if (!line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        kept.append(line).append(LINE_END);
      }
    }
    return kept.append(LINE_END).toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A request's method. */
  String method() {
    return start[0];
  }

  /** A request's path and query, as sent. */
  String target() {
    return start[1];
  }

  /** A response's status. */
  int status() throws IOException {
    try {
      return Integer.parseInt(start[1]);
    } catch (NumberFormatException e) {
      throw new IOException("Malformed HTTP status line: " + String.join(" ", start), e);
    }
  }

  boolean expectsContinue() {
    return "100-continue".equals(lowerCase("expect"));
  }

  /** Whether the sender ends the connection after this message. */
  boolean closes() {
    List<String> options = List.of(lowerCase("connection").split("[ ,]+", -1));
    return options.contains("close") || List.of(start).contains("HTTP/1.0");
  }

  /** How long a request's body is. */
  BodyLength requestBody() throws IOException {
    return length(BodyLength.fixed(0));
  }

  /** How long a response's body is, given the method it answers (RFC 9112, section 6.3). */
  BodyLength responseBody(String method) throws IOException {
    int status = status();
    if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
      return BodyLength.fixed(0);
    }
    return length(BodyLength.UNTIL_CLOSE);
  }

  private BodyLength length(BodyLength otherwise) throws IOException {
    if (lowerCase("transfer-encoding").contains("chunked")) {
      return BodyLength.CHUNKED;
    }
    String length = lowerCase("content-length");
    if (length.isEmpty()) {
      return otherwise;
    }
    try {
      return BodyLength.fixed(Long.parseLong(length));
    } catch (NumberFormatException e) {
      throw new IOException("Malformed Content-Length: " + length, e);
    }
  }

  private String lowerCase(String name) {
    for (String line : lines) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        return line.substring(name.length() + 1).trim().toLowerCase(Locale.ROOT);
      }
    }
    return "";
  }
}
