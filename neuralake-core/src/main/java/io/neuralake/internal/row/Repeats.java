package io.neuralake.internal.row;

import java.util.Arrays;

/**
 * Objects made of byte sequences, where few distinct ones come again and again: equal sequences get
 * the same object as long as it is remembered. Columns whose values hardly repeat are noticed, and
 * cost no more than making the objects. Bounded; for use by one thread.
 */
final class Repeats {
  private static final int SLOTS = 256;
  private static final int MAX_LENGTH = 64;
  /* After so many lookups it is decided whether to go on remembering. */
  private static final int TRIAL = 512;

  /** Makes an object that never changes out of bytes. */
  interface Maker {
    Object make(byte[] bytes, int from, int length);
  }

  private final Maker maker;
  private byte[][] keys = {};
  private Object[] values = {};
  private int lookups;
  private int misses;
  private boolean off;

  Repeats(Maker maker) {
    this.maker = maker;
  }

  Object get(byte[] bytes, int from, int length) {
    if (off || length > MAX_LENGTH) {
      return maker.make(bytes, from, length);
    }
    if (keys.length == 0) {
      keys = new byte[SLOTS][];
      values = new Object[SLOTS];
    }
    if (++lookups == TRIAL) {
      off = misses > TRIAL / 2;
      lookups = 0;
      misses = 0;
    }
    int slot = slot(bytes, from, length);
    byte[] key = keys[slot];
    if (key != null && Arrays.equals(key, 0, key.length, bytes, from, from + length)) {
      return values[slot];
    }
    misses++;
    Object value = maker.make(bytes, from, length);
    keys[slot] = Arrays.copyOfRange(bytes, from, from + length);
    values[slot] = value;
    return value;
  }

  /** Of both ends: names that are counted up differ in the last bytes, others in the first. */
  private static int slot(byte[] bytes, int from, int length) {
    long hash = length;
    if (length >= Long.BYTES) {
      hash += RawValues.eightBytes(bytes, from) * 0x9E3779B97F4A7C15L;
      hash += RawValues.eightBytes(bytes, from + length - Long.BYTES);
    } else {
      for (int i = 0; i < length; i++) {
        hash = hash * 31 + bytes[from + i];
      }
    }
    hash *= 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 56);
  }
}
