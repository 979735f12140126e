package io.neuralake.internal.plan;

import java.util.Arrays;

/**
 * Rows by the hash of their key: open addressing, 16 bytes a row at most twice over, no object per
 * row. Filled first, then read by any number of threads.
 */
final class JoinTable {

  private static final int NONE = -1;

  private final long[] hashes;
  private final int[] rows;
  private final int[] next;
  private final int mask;

  /**
   * An empty table.
   *
   * @param capacity how many rows it is for
   */
  JoinTable(int capacity) {
    int slots = 16;
    while (slots < capacity * 3L / 2 && slots < 1 << 30) {
      slots <<= 1; // a third to two thirds full
    }
    this.hashes = new long[slots];
    this.rows = new int[slots];
    this.next = new int[capacity];
    this.mask = slots - 1;
    Arrays.fill(rows, NONE);
  }

  /** Adds a row, from 0 to less than the capacity, once. */
  void add(long hash, int row) {
    int slot = slot(hash);
    next[row] = rows[slot];
    rows[slot] = row;
    hashes[slot] = hash;
  }

  /** A row with a hash, negative if there is none. */
  int first(long hash) {
    return rows[slot(hash)];
  }

  /** Another row with the hash of this one, negative if there is none left. */
  int next(int row) {
    return next[row];
  }

  private int slot(long hash) {
    int slot = (int) (hash ^ (hash >>> 32)) & mask;
    while (rows[slot] != NONE && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
