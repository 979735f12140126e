package io.neuralake.internal.columnar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Parquet's RLE / bit-packing hybrid (format specification, "Encodings", RLE = 3). */
final class RleEncoder {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int GROUP = 8;

  /** Bits that a run of equal values must replace before it is written as such. */
  private static final int MIN_RUN_BITS = 32;

  private RleEncoder() {}

  /** Bits of the largest of some values. */
  static int width(int max) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(max);
  }

  /**
   * Encodes values.
   *
   * @param width bits of a value, 1 to 32
   */
  static void encode(int[] values, int count, int width, GrowingBytes out) {
    int minRun = Math.max(GROUP, MIN_RUN_BITS / width);
    int literals = 0;
    int at = 0;
    while (at < count) {
      int value = values[at];
      int end = at + 1;
      while (end < count && values[end] == value) {
        end++;
      }
      if (end - at >= minRun || end == count && at == literals) {
        pack(values, literals, at, width, out);
        run(value, end - at, width, out);
        at = end;
        literals = end;
      } else {
        at = Math.min(count, at + GROUP);
      }
    }
    pack(values, literals, count, width, out);
  }

  /** One value, many times. */
  static void run(int value, int count, int width, GrowingBytes out) {
    out.putVarint(count << 1);
    for (int shift = 0; shift < width; shift += Byte.SIZE) {
      out.putByte(value >>> shift);
    }
  }

  private static void pack(int[] values, int from, int to, int width, GrowingBytes out) {
    if (from == to) {
      return;
    }
    int groups = (to - from + GROUP - 1) / GROUP;
    out.putVarint(groups << 1 | 1);
    int start = out.extend((long) groups * width);
    byte[] bytes = out.array();
    int at = start;
    long pending = 0;
    int bits = 0;
    for (int i = from; i < to; i++) {
      pending |= (values[i] & 0xffffffffL) << bits;
      bits += width;
      if (bits >= Integer.SIZE) {
        INTS.set(bytes, at, (int) pending);
        at += Integer.BYTES;
        pending >>>= Integer.SIZE;
        bits -= Integer.SIZE;
      }
    }
    for (int end = start + groups * width; at < end; at++) {
      bytes[at] = (byte) pending;
      pending >>>= Byte.SIZE;
    }
  }
}
