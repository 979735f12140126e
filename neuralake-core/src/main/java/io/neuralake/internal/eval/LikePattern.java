package io.neuralake.internal.eval;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Binary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A compiled LIKE pattern over UTF-8 bytes. Matching never takes more than pattern length times
 * value length steps. Immutable and thread-safe.
 */
final class LikePattern {
  private static final int ANY = -1;
  private static final int ONE = -2;

  private final String text;
  private final char escape;
  private final int[] program;

  private LikePattern(String text, char escape, int[] program) {
    this.text = text;
    this.escape = escape;
    this.program = program;
  }

  static LikePattern compile(String pattern, char escape) {
    int[] program = new int[pattern.length() * 3];
    int length = 0;
    for (int i = 0; i < pattern.length(); ) {
      int c = pattern.codePointAt(i);
      i += Character.charCount(c);
      if (c == escape) {
        int next = i < pattern.length() ? pattern.codePointAt(i) : 0;
        if (next != '%' && next != '_' && next != escape) {
          throw new InvalidRequestException(
              "The LIKE pattern '"
                  + pattern
                  + "' has the escape character '"
                  + escape
                  + "' before something else than %, _ or itself. Double it, or choose another with"
                  + " ESCAPE.");
        }
        i += Character.charCount(next);
        c = next;
      } else if (c == '%' || c == '_') {
        program[length++] = c == '%' ? ANY : ONE;
        continue;
      }
      for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
        program[length++] = b & 0xFF;
      }
    }
    return new LikePattern(pattern, escape, Arrays.copyOf(program, length));
  }

  boolean matches(byte[] data, int start, int end) {
    int at = start;
    int step = 0;
    int retryAt = -1;
    int retryStep = -1;
    while (at < end || step < program.length) {
      int wanted = step < program.length ? program[step] : Integer.MIN_VALUE;
      if (wanted == ANY) {
        retryStep = ++step;
        retryAt = at;
      } else if (at < end && wanted == ONE) {
        at = nextCharacter(data, at, end);
        step++;
      } else if (at < end && wanted == (data[at] & 0xFF)) {
        at++;
        step++;
      } else if (retryStep >= 0 && retryAt < end) {
        retryAt = nextCharacter(data, retryAt, end);
        at = retryAt;
        step = retryStep;
      } else {
        return false;
      }
    }
    return true;
  }

  private static int nextCharacter(byte[] data, int at, int end) {
    int next = at + 1;
    while (next < end && (data[next] & 0xC0) == 0x80) {
      next++;
    }
    return next;
  }

  /** The bytes that every match begins with. */
  Binary prefix() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < program.length && program[i] >= 0; i++) {
      out.write(program[i]);
    }
    return Binary.of(out.toByteArray());
  }

  /** Whether only the value that {@link #prefix()} is matches. */
  boolean isExact() {
    return prefix().length() == program.length;
  }

  /** Whether everything that begins with {@link #prefix()} matches. */
  boolean isPrefix() {
    int length = prefix().length();
    return length < program.length
        && Arrays.stream(program, length, program.length).allMatch(step -> step == ANY);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LikePattern that && text.equals(that.text) && escape == that.escape;
  }

  @Override
  public int hashCode() {
    return text.hashCode() * 31 + escape;
  }

  @Override
  public String toString() {
    return text;
  }
}
