package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes of a page being encoded, little-endian; the array is used again. Not thread-safe. */
final class GrowingBytes {
  /** Bytes behind the end that may be written to, so that copies can go in whole words. */
  static final int SLACK = Long.BYTES;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[1 << 10];
  private int length;

  /** The array, of which the first {@link #length()} bytes count. It changes as bytes are added. */
  byte[] array() {
    return bytes;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  /**
   * Adds room for more bytes, whose content is undefined, and {@link #SLACK} behind them.
   *
   * @return where it begins
   */
  int extend(long more) {
    long needed = length + more + SLACK;
    if (needed > bytes.length) {
      if (needed > Integer.MAX_VALUE - SLACK) {
        throw new InvalidRequestException(
            "a row needs a page of "
                + needed
                + " bytes, but Parquet's pages end at 2 GiB: store smaller values");
      }
      long doubled = Math.min(Integer.MAX_VALUE - SLACK, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
    }
    int start = length;
    length += (int) more;
    return start;
  }

  /** Drops the last bytes. */
  void cut(int newLength) {
    length = newLength;
  }

  void putByte(int value) {
    int at = extend(1);
    bytes[at] = (byte) value;
  }

  void putInt(int value) {
    int at = extend(Integer.BYTES);
    INTS.set(bytes, at, value);
  }

  /** Overwrites four bytes. */
  void setInt(int at, int value) {
    INTS.set(bytes, at, value);
  }

  void putVarint(int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      putByte(left & 0x7f | 0x80);
      left >>>= 7;
    }
    putByte(left);
  }

  void put(byte[] from, int offset, int count) {
    int at = extend(count);
    System.arraycopy(from, offset, bytes, at, count);
  }

  void put(int[] values, int count) {
    int at = extend((long) count * Integer.BYTES);
    ByteBuffer.wrap(bytes, at, count * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .put(values, 0, count);
  }

  void put(long[] values, int count) {
    int at = extend((long) count * Long.BYTES);
    ByteBuffer.wrap(bytes, at, count * Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(values, 0, count);
  }
}
