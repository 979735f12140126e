package io.neuralake.internal.columnar;

import java.util.Arrays;

/** Distinct numbers in the order of their first use. Not thread-safe. */
final class NumberDictionary {
  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int MIN_SLOTS = 256;

  private long[] keys = {};
  private int[] slots = {};
  private int shift;
  private int size;

  int size() {
    return size;
  }

  long get(int index) {
    return keys[index];
  }

  void clear() {
    Arrays.fill(slots, 0);
    size = 0;
  }

  /** The place of a number, which is added if it is new. */
  int place(long key) {
    if (2 * size >= slots.length) {
      grow();
    }
    int slot = (int) ((key * SPREAD) >>> shift);
    int mask = slots.length - 1;
    while (true) {
      int place = slots[slot] - 1;
      if (place < 0) {
        keys[size] = key;
        slots[slot] = ++size;
        return size - 1;
      }
      if (keys[place] == key) {
        return place;
      }
      slot = slot + 1 & mask;
    }
  }

  private void grow() {
    int length = Math.max(MIN_SLOTS, slots.length * 2);
    keys = Arrays.copyOf(keys, length / 2 + 1);
    slots = new int[length];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(length);
    for (int i = 0; i < size; i++) {
      int slot = (int) ((keys[i] * SPREAD) >>> shift);
      while (slots[slot] != 0) {
        slot = slot + 1 & length - 1;
      }
      slots[slot] = i + 1;
    }
  }
}
