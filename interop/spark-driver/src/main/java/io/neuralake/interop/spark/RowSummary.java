package io.neuralake.interop.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.PriorityQueue;

/**
 * What is known of a result of any size in bounded memory: its row count, the smallest lines, and a
 * hash that does not depend on the order of rows.
 *
 * <p>The hash is the sum, modulo 2^64, of the first eight bytes (big-endian) of each line's
 * SHA-256. A sum, unlike an exclusive or, notices a row that is there twice.
 */
final class RowSummary {
  private final int limit;
  private final PriorityQueue<String> smallest = new PriorityQueue<>(Comparator.reverseOrder());
  private final MessageDigest sha256;
  private long count;
  private long hash;

  /** Keeps at most {@code limit} lines. */
  RowSummary(int limit) {
    this.limit = limit;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  void add(String line) {
    count++;
    hash += ByteBuffer.wrap(sha256.digest(line.getBytes(StandardCharsets.UTF_8))).getLong();
    smallest.add(line);
    if (smallest.size() > limit) {
      smallest.remove();
    }
  }

  /**
   * Adds {@code count}, {@code hash} (16 hexadecimal digits) and {@code rows} (sorted lines) to an
   * answer.
   */
  void writeTo(ObjectNode answer) {
    answer.put("count", count).put("hash", HexFormat.of().toHexDigits(hash));
    var rows = answer.putArray("rows");
    smallest.stream().sorted().forEach(rows::add);
  }
}
