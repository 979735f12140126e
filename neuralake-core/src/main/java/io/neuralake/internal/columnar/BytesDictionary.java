package io.neuralake.internal.columnar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Distinct byte strings in the order of their first use. Not thread-safe. */
final class BytesDictionary {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final int MIN_SLOTS = 256;

  private final GrowingBytes data = new GrowingBytes();
  private int[] ends = {};
  private int[] hashes = {};
  private int[] slots = {};
  private int size;

  int size() {
    return size;
  }

  byte[] array() {
    return data.array();
  }

  int start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  int end(int index) {
    return ends[index];
  }

  void clear() {
    Arrays.fill(slots, 0);
    data.clear();
    size = 0;
  }

  /**
   * The place of a value, which is added if it is new.
   *
   * @param bytes has {@link GrowingBytes#SLACK} bytes behind the value
   */
  int place(byte[] bytes, int start, int end) {
    if (2 * size >= slots.length) {
      grow();
    }
    int hash = hash(bytes, start, end);
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (true) {
      int place = slots[slot] - 1;
      if (place < 0) {
        data.put(bytes, start, end - start);
        ends[size] = data.length();
        hashes[size] = hash;
        slots[slot] = ++size;
        return size - 1;
      }
      if (hashes[place] == hash
          && Arrays.equals(data.array(), start(place), ends[place], bytes, start, end)) {
        return place;
      }
      slot = slot + 1 & mask;
    }
  }

  private static int hash(byte[] bytes, int start, int end) {
    long hash = (end - start) * SPREAD;
    int at = start;
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      hash = (hash ^ (long) LONGS.get(bytes, at)) * SPREAD;
      hash ^= hash >>> 32;
    }
    if (at < end) {
      long rest = (long) LONGS.get(bytes, at) & -1L >>> Long.SIZE - Byte.SIZE * (end - at);
      hash = (hash ^ rest) * SPREAD;
      hash ^= hash >>> 32;
    }
    return (int) (hash ^ hash >>> 15);
  }

  private void grow() {
    int length = Math.max(MIN_SLOTS, slots.length * 2);
    ends = Arrays.copyOf(ends, length / 2 + 1);
    hashes = Arrays.copyOf(hashes, length / 2 + 1);
    slots = new int[length];
    for (int i = 0; i < size; i++) {
      int slot = hashes[i] & length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & length - 1;
      }
      slots[slot] = i + 1;
    }
  }
}
