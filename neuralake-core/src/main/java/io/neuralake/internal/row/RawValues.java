package io.neuralake.internal.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.jspecify.annotations.Nullable;

/** Copies runs of values out of Arrow's memory: one checked copy for each run. */
final class RawValues {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private RawValues() {}

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }

  /** The eight bytes that begin at {@code index} as a number. */
  static long eightBytes(byte[] bytes, int index) {
    return (long) LONGS.get(bytes, index);
  }

  /**
   * Values of one, two, four or eight bytes, signed.
   *
   * @param from number of the first value in the buffer
   */
  static void longs(ArrowBuf buffer, int from, int count, int width, long[] into) {
    byte[] raw = new byte[Math.multiplyExact(count, width)];
    buffer.getBytes((long) from * width, raw, 0, raw.length);
    switch (width) {
      case Byte.BYTES -> {
        for (int i = 0; i < count; i++) {
          into[i] = raw[i];
        }
      }
      case Short.BYTES -> {
        for (int i = 0; i < count; i++) {
          into[i] = (short) SHORTS.get(raw, i * Short.BYTES);
        }
      }
      case Integer.BYTES -> {
        for (int i = 0; i < count; i++) {
          into[i] = (int) INTS.get(raw, i * Integer.BYTES);
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          into[i] = (long) LONGS.get(raw, i * Long.BYTES);
        }
      }
    }
  }

  /** Loads runs of byte sequences. */
  interface Bytes {
    /**
     * Copies the bytes of a run of values.
     *
     * @param offsets gets where each of the values begins, and where the last one ends
     * @param reuse an array to put the bytes into, if it is large enough
     * @return the array with the bytes
     */
    byte[] load(int from, int count, int[] offsets, byte[] reuse);
  }

  /** The values of a vector with offsets of four bytes. */
  static Bytes bytes(BaseVariableWidthVector vector) {
    return (from, count, offsets, reuse) -> {
      offsets[0] = 0;
      if (count == 0) {
        return reuse;
      }
      byte[] raw = new byte[(count + 1) * Integer.BYTES];
      vector.getOffsetBuffer().getBytes((long) from * Integer.BYTES, raw, 0, raw.length);
      int first = (int) INTS.get(raw, 0);
      for (int i = 1; i <= count; i++) {
        offsets[i] = (int) INTS.get(raw, i * Integer.BYTES) - first;
      }
      int length = offsets[count];
      byte[] bytes = reuse.length < length ? new byte[length] : reuse;
      vector.getDataBuffer().getBytes(first, bytes, 0, length);
      return bytes;
    };
  }

  /** The values of any other vector, one after the other. */
  static Bytes bytes(IntFunction<byte @Nullable []> at) {
    return (from, count, offsets, reuse) -> {
      byte[] bytes = reuse;
      int length = 0;
      for (int i = 0; i < count; i++) {
        offsets[i] = length;
        byte[] value = at.apply(from + i);
        if (value != null) {
          int end = Math.addExact(length, value.length);
          if (bytes.length < end) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(2L * end, Integer.MAX_VALUE - 8));
          }
          System.arraycopy(value, 0, bytes, length, value.length);
          length = end;
        }
      }
      offsets[count] = length;
      return bytes;
    };
  }
}
