package io.neuralake.it.golden;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Rows in any order, however many: all count and are hashed, the first few are kept as text to show
 * a difference.
 */
final class RowBag {

  private static final int KEPT = 10_000;

  private final MessageDigest digest;
  private final List<String> lines = new ArrayList<>();
  private long count;
  private long hash;

  RowBag() {
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  void add(Map<String, ?> row) {
    String line = RowText.of(row);
    hash += ByteBuffer.wrap(digest.digest(line.getBytes(StandardCharsets.UTF_8))).getLong();
    if (count < KEPT) {
      lines.add(line);
    }
    count++;
  }

  long count() {
    return count;
  }

  /** Equal for two bags of the same rows. */
  String fingerprint() {
    return count + " rows, " + Long.toHexString(hash);
  }

  /** All rows in sorted order, or an arbitrary part of them if they are too many. */
  List<String> lines() {
    Collections.sort(lines);
    return Collections.unmodifiableList(lines);
  }

  /** Whether {@link #lines} are all rows. */
  boolean isComplete() {
    return count <= KEPT;
  }
}
