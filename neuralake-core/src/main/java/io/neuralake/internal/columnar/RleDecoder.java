package io.neuralake.internal.columnar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Parquet's RLE / bit-packing hybrid (format specification, "Encodings", RLE = 3). Not thread-safe.
 */
final class RleDecoder {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Four values of so many bits lie in one word, even if half a byte comes before them. */
  private static final int MAX_BITS_OF_FOUR = 15;

  private final Slice bytes;
  private final int bitWidth;
  private int at;
  private int runLeft;
  private boolean packed;
  private int runValue;
  private int packedStart;
  private int packedIndex;

  /**
   * A decoder of the runs in a slice.
   *
   * @param bitWidth bits of a value, 0 to 32
   */
  RleDecoder(Slice bytes, int bitWidth) {
    if (bitWidth < 0 || bitWidth > 32) {
      throw new CorruptPageException("values of " + bitWidth + " bits are impossible");
    }
    this.bytes = bytes;
    this.bitWidth = bitWidth;
  }

  /** Decodes the next values. */
  void read(int[] target, int offset, int count) {
    int from = offset;
    int end = offset + count;
    while (from < end) {
      if (runLeft == 0) {
        nextRun();
      }
      int n = Math.min(runLeft, end - from);
      if (packed) {
        unpack(target, from, n);
      } else {
        Arrays.fill(target, from, from + n, runValue);
      }
      runLeft -= n;
      from += n;
    }
  }

  /**
   * Decodes some of the next values.
   *
   * @param wanted which, ascending, counted from the next value
   * @param n how many of {@code wanted} count
   * @param count values that are gone over in all
   */
  void read(int[] target, int[] wanted, int n, int count) {
    int from = 0;
    for (int i = 0; from < count; ) {
      if (runLeft == 0) {
        nextRun();
      }
      int run = Math.min(runLeft, count - from);
      if (packed) {
        long start = packedIndex;
        for (; i < n && wanted[i] - from < run; i++) {
          target[i] = packedAt((start + wanted[i] - from) * bitWidth);
        }
        packedIndex += run;
      } else {
        for (; i < n && wanted[i] - from < run; i++) {
          target[i] = runValue;
        }
      }
      runLeft -= run;
      from += run;
    }
  }

  /** Goes over {@code count} values if they are all in one run of the same value; else -1. */
  int sameValue(int count) {
    if (runLeft == 0) {
      nextRun();
    }
    if (packed || runLeft < count) {
      return -1;
    }
    runLeft -= count;
    return runValue;
  }

  private void nextRun() {
    if (bitWidth == 0) {
      packed = false;
      runValue = 0;
      runLeft = Integer.MAX_VALUE;
      return;
    }
    int header = varint();
    int count = header >>> 1;
    packed = (header & 1) == 1;
    if (packed) {
      // The last group may be cut short where its padding would be; unpack() checks what is used.
      long values = Math.min((long) count * 8, (bytes.length() - at) * 8L / bitWidth);
      runLeft = (int) Math.min(values, Integer.MAX_VALUE - 8);
      packedStart = at;
      packedIndex = 0;
      at = (int) Math.min(bytes.length(), at + (long) count * bitWidth);
    } else {
      runLeft = count;
      runValue = 0;
      for (int shift = 0; shift < bitWidth; shift += 8) {
        runValue |= next() << shift;
      }
    }
    if (runLeft == 0 && at >= bytes.length()) {
      throw new CorruptPageException("a page's runs hold fewer values than it promises");
    }
  }

  private void unpack(int[] target, int from, int count) {
    long bit = (long) packedIndex * bitWidth;
    int i = 0;
    byte[] array = bytes.array();
    long mask = (1L << bitWidth) - 1;
    if (bitWidth <= MAX_BITS_OF_FOUR && (packedIndex & 7) == 0) {
      // Eight values begin and end with a byte; the second four begin in the middle of one at most.
      int p = bytes.offset() + packedStart + (int) (bit >>> 3);
      int end = bytes.end();
      int middle = bitWidth >>> 1;
      int shift = (bitWidth & 1) << 2;
      for (; i <= count - 8 && p + middle <= end - Long.BYTES; i += 8, p += bitWidth) {
        four((long) LONGS.get(array, p), mask, target, from + i);
        four((long) LONGS.get(array, p + middle) >>> shift, mask, target, from + i + 4);
      }
      bit += (long) i * bitWidth;
    }
    for (; i < count; i++) {
      target[from + i] = packedAt(bit);
      bit += bitWidth;
    }
    packedIndex += count;
  }

  /** The value that begins with a bit of the current packed run. */
  private int packedAt(long bit) {
    byte[] array = bytes.array();
    int p = bytes.offset() + packedStart + (int) (bit >>> 3);
    int end = bytes.end();
    long word = p + Long.BYTES <= end ? (long) LONGS.get(array, p) : lastBytes(array, p, end);
    return (int) ((word >>> (bit & 7)) & ((1L << bitWidth) - 1));
  }

  private void four(long word, long mask, int[] target, int to) {
    target[to] = (int) (word & mask);
    target[to + 1] = (int) ((word >>> bitWidth) & mask);
    target[to + 2] = (int) ((word >>> (2 * bitWidth)) & mask);
    target[to + 3] = (int) ((word >>> (3 * bitWidth)) & mask);
  }

  private static long lastBytes(byte[] array, int from, int end) {
    long word = 0;
    for (int p = from; p < end; p++) {
      word |= (array[p] & 0xffL) << ((p - from) << 3);
    }
    return word;
  }

  private int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = next();
      value |= (b & 0x7f) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new CorruptPageException("a run's header is longer than 5 bytes");
  }

  private int next() {
    if (at >= bytes.length()) {
      throw new CorruptPageException("a page's runs hold fewer values than it promises");
    }
    return bytes.array()[bytes.offset() + at++] & 0xff;
  }
}
