package io.neuralake.internal.log;

import java.util.Arrays;

/**
 * A set of logical files by the bytes of their {@link FileKey}. It holds keys in large blocks with
 * about 16 bytes beside each, because a log may name millions. Not thread-safe.
 */
final class FileKeys {

  private static final int BLOCK_BITS = 18;
  private static final int BLOCK_BYTES = 1 << BLOCK_BITS;
  private static final int MOST_BLOCKS = (1 << (Integer.SIZE - BLOCK_BITS)) - 1;
  private static final int LENGTH_BYTES = 4;

  private byte[][] blocks = new byte[0][];
  private int used = BLOCK_BYTES;

  /** The hash of a key, and in the lower half where it stands, plus one; zero is a free slot. */
  private long[] slots = new long[64];

  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** Adds a key; false if it was there. */
  boolean add(FileKey key) {
    int hash = key.hash();
    int slot = find(key, hash);
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = (long) hash << 32 | Integer.toUnsignedLong(store(key) + 1);
    size++;
    if (size > slots.length / 4 * 3) {
      grow();
    }
    return true;
  }

  boolean contains(FileKey key) {
    return size > 0 && slots[find(key, key.hash())] != 0;
  }

  /** The slot of a key, or the free one where it belongs. */
  private int find(FileKey key, int hash) {
    int mask = slots.length - 1;
    int slot = hash & mask;
    for (long there = slots[slot]; there != 0; there = slots[slot]) {
      if ((int) (there >>> 32) == hash && isAt((int) there - 1, key)) {
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private boolean isAt(int place, FileKey key) {
    byte[] block = blocks[place >>> BLOCK_BITS];
    int at = place & (BLOCK_BYTES - 1);
    int length = 0;
    for (int i = 0; i < LENGTH_BYTES; i++) {
      length = length << 8 | (block[at + i] & 0xff);
    }
    int from = at + LENGTH_BYTES;
    return length == key.length()
        && Arrays.equals(block, from, from + length, key.bytes(), 0, length);
  }

  private int store(FileKey key) {
    int needed = LENGTH_BYTES + key.length();
    if (blocks.length == 0 || needed > blocks[blocks.length - 1].length - used) {
      if (blocks.length == MOST_BLOCKS) {
        throw new IllegalStateException("the log names more files than can be kept apart");
      }
      blocks = Arrays.copyOf(blocks, blocks.length + 1);
      blocks[blocks.length - 1] = new byte[Math.max(BLOCK_BYTES, needed)];
      used = 0;
    }
    byte[] block = blocks[blocks.length - 1];
    for (int i = 0; i < LENGTH_BYTES; i++) {
      block[used + i] = (byte) (key.length() >>> (8 * (LENGTH_BYTES - 1 - i)));
    }
    System.arraycopy(key.bytes(), 0, block, used + LENGTH_BYTES, key.length());
    int place = (blocks.length - 1) << BLOCK_BITS | used;
    used += needed;
    return place;
  }

  private void grow() {
    long[] oldSlots = slots;
    slots = new long[Math.multiplyExact(oldSlots.length, 2)];
    int mask = slots.length - 1;
    for (int i = 0; i < oldSlots.length; i++) {
      if (oldSlots[i] != 0) {
        int slot = (int) (oldSlots[i] >>> 32) & mask;
        while (slots[slot] != 0) {
          slot = (slot + 1) & mask;
        }
        slots[slot] = oldSlots[i];
      }
    }
  }
}
