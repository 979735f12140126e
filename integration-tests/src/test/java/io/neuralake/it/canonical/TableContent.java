package io.neuralake.it.canonical;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What a reader saw of a table, independent of the order of rows. Two readers agree if their
 * contents are equal.
 *
 * @param count how many rows there are
 * @param hash the sum, modulo 2^64, of the first eight bytes (big-endian) of each line's SHA-256,
 *     as 16 hexadecimal digits
 * @param rows the first {@value #MAX_ROWS} canonical lines in sorted order
 */
public record TableContent(long count, String hash, List<String> rows) {
  /** How many rows are kept as text; the hash covers all. */
  public static final int MAX_ROWS = 10_000;

  public TableContent {
    rows = List.copyOf(rows);
  }

  /** The content that consists of {@code lines}, in any order. */
  public static TableContent of(List<String> lines) {
    long hash = 0;
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String line : lines) {
        hash += ByteBuffer.wrap(sha256.digest(line.getBytes(StandardCharsets.UTF_8))).getLong();
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
    List<String> sorted = lines.stream().sorted().limit(MAX_ROWS).toList();
    return new TableContent(lines.size(), HexFormat.of().toHexDigits(hash), sorted);
  }
}
