package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;

/**
 * Fills vectors whose values have the same form as the decoded ones, whole arrays at a time instead
 * of value by value.
 */
final class BulkFill {
  private BulkFill() {}

  static void bits(LeafBatch b, int[] index, int n, BitVector target) {
    target.allocateNew(n);
    validity(b, index, n, target.getValidityBuffer());
    byte[] bits = new byte[(n + 7) >>> 3];
    for (int i = 0; i < n; i++) {
      int bit = index[i] < 0 ? 0 : b.ints[index[i]];
      bits[i >>> 3] |= (byte) (bit << (i & 7));
    }
    target.getDataBuffer().setBytes(0L, bits);
  }

  static void ints(LeafBatch b, int[] index, int n, BaseFixedWidthVector target) {
    int[] values = b.ints;
    if (b.valueCount != n) {
      values = new int[n];
      for (int i = 0; i < n; i++) {
        values[i] = index[i] < 0 ? 0 : b.ints[index[i]];
      }
    }
    allocated(b, index, n, target, Integer.BYTES).asIntBuffer().put(values, 0, n);
  }

  static void longs(LeafBatch b, int[] index, int n, BaseFixedWidthVector target) {
    long[] values = b.longs;
    if (b.valueCount != n) {
      values = new long[n];
      for (int i = 0; i < n; i++) {
        values[i] = index[i] < 0 ? 0 : b.longs[index[i]];
      }
    }
    allocated(b, index, n, target, Long.BYTES).asLongBuffer().put(values, 0, n);
  }

  static void floats(LeafBatch b, int[] index, int n, BaseFixedWidthVector target) {
    float[] values = b.floats;
    if (b.valueCount != n) {
      values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = index[i] < 0 ? 0 : b.floats[index[i]];
      }
    }
    allocated(b, index, n, target, Float.BYTES).asFloatBuffer().put(values, 0, n);
  }

  static void doubles(LeafBatch b, int[] index, int n, BaseFixedWidthVector target) {
    double[] values = b.doubles;
    if (b.valueCount != n) {
      values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] = index[i] < 0 ? 0 : b.doubles[index[i]];
      }
    }
    allocated(b, index, n, target, Double.BYTES).asDoubleBuffer().put(values, 0, n);
  }

  /** The data buffer of a vector that is allocated here, and knows which of its values are null. */
  private static ByteBuffer allocated(
      LeafBatch b, int[] index, int n, BaseFixedWidthVector target, int width) {
    target.allocateNew(n);
    validity(b, index, n, target.getValidityBuffer());
    return target
        .getDataBuffer()
        .nioBuffer(0, Math.multiplyExact(n, width))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void validity(LeafBatch b, int[] index, int n, ArrowBuf validity) {
    if (b.valueCount != n) {
      byte[] bits = new byte[(n + 7) >>> 3];
      for (int i = 0; i < n; i++) {
        bits[i >>> 3] |= (byte) ((~index[i] >>> 31) << (i & 7));
      }
      validity.setBytes(0L, bits);
      return;
    }
    validity.setOne(0L, (long) (n >>> 3));
    for (int i = n & ~7; i < n; i++) {
      BitVectorHelper.setBit(validity, i);
    }
  }

  /** Strings and binaries; in one copy where the decoded values lie side by side. */
  static void bytes(LeafBatch b, int[] index, int n, BaseVariableWidthVector target) {
    int[] offsets = new int[n + 1];
    long size = 0;
    boolean sideBySide = true;
    int first = b.valueCount == 0 ? 0 : b.starts[0];
    for (int i = 0; i < n; i++) {
      if (index[i] >= 0) {
        sideBySide &= b.starts[index[i]] == first + size;
        size += b.lengths[index[i]];
      }
      offsets[i + 1] = (int) size;
    }
    if (size > Integer.MAX_VALUE) {
      throw new CorruptPageException("one batch would have more than 2 GiB in a column");
    }
    target.allocateNew(size, n);
    validity(b, index, n, target.getValidityBuffer());
    target
        .getOffsetBuffer()
        .nioBuffer(0, Math.multiplyExact(n + 1, Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .put(offsets);
    if (sideBySide) {
      target.getDataBuffer().setBytes(0, b.bytes, first, size);
    } else {
      for (int i = 0; i < n; i++) {
        if (index[i] >= 0) {
          int p = index[i];
          target.getDataBuffer().setBytes(offsets[i], b.bytes, b.starts[p], b.lengths[p]);
        }
      }
    }
    target.setLastSet(n - 1);
  }
}
