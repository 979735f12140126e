package io.neuralake.internal.columnar;

import java.util.Arrays;

/**
 * Shortens bounds that are kept for every page of a row group. What is left is still longer than
 * what parquet-java keeps of them, so that it shortens them once more, and knows that they are not
 * exact.
 */
final class BoundPrefix {
  private static final int KEPT = 1024;

  /** A part of what parquet-java keeps. */
  private static final int SURELY_KEPT = 48;

  private BoundPrefix() {}

  /** A value not above a value. */
  static byte[] ofMin(byte[] value) {
    return value.length <= KEPT ? value : cut(value);
  }

  /**
   * A value that is above a value after parquet-java has shortened it, which increments the last
   * character of its prefix: there has to be one that can be incremented.
   */
  static byte[] ofMax(byte[] value) {
    if (value.length > KEPT) {
      for (int i = 0; i < SURELY_KEPT; i++) {
        if (value[i] >= 0 && value[i] < Byte.MAX_VALUE) {
          return cut(value);
        }
      }
    }
    return value;
  }

  /** Ends where a UTF-8 character ends, if it is one. */
  private static byte[] cut(byte[] value) {
    int end = KEPT;
    while (end > KEPT - Integer.BYTES && (value[end] & 0xc0) == 0x80) {
      end--;
    }
    return Arrays.copyOf(value, end);
  }
}
