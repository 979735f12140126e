package io.neuralake.internal.plan;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;

/** Copies rows of vectors: neighbouring ones at once, where the vector lies flat. */
final class RowCopy {

  private RowCopy() {}

  /**
   * A vector of some rows of another.
   *
   * @param rows indexes in any order, repeated or not
   * @param count how many of them
   */
  static FieldVector of(FieldVector from, int[] rows, int count, BufferAllocator to) {
    FieldVector target = from.getField().createVector(to);
    try {
      if (count > 0 && from instanceof BaseFixedWidthVector fixed && !(from instanceof BitVector)) {
        fixed(fixed, (BaseFixedWidthVector) target, rows, count);
      } else if (count > 0 && from instanceof BaseVariableWidthVector variable) {
        variable(variable, (BaseVariableWidthVector) target, rows, count);
      } else {
        target.setInitialCapacity(count);
        target.allocateNew();
        for (int i = 0; i < count; i++) {
          target.copyFromSafe(rows[i], i, from);
        }
        target.setValueCount(count);
      }
      return target;
    } catch (RuntimeException | Error e) {
      target.close();
      throw e;
    }
  }

  /** The end of the run of neighbouring rows that begins at a place. */
  private static int runEnd(int[] rows, int start, int count) {
    int end = start + 1;
    while (end < count && rows[end] == rows[end - 1] + 1) {
      end++;
    }
    return end;
  }

  private static void fixed(
      BaseFixedWidthVector from, BaseFixedWidthVector to, int[] rows, int count) {
    to.allocateNew(count);
    long width = from.getTypeWidth();
    ArrowBuf source = from.getDataBuffer();
    ArrowBuf target = to.getDataBuffer();
    for (int i = 0; i < count; ) {
      int end = runEnd(rows, i, count);
      target.setBytes(i * width, source, rows[i] * width, (end - i) * width);
      i = end;
    }
    validity(from, to, rows, count);
    to.setValueCount(count);
  }

  private static void variable(
      BaseVariableWidthVector from, BaseVariableWidthVector to, int[] rows, int count) {
    ArrowBuf offsets = from.getOffsetBuffer();
    long bytes = 0;
    for (int i = 0; i < count; ) {
      int end = runEnd(rows, i, count);
      bytes += offset(offsets, rows[end - 1] + 1) - offset(offsets, rows[i]);
      i = end;
    }
    to.allocateNew(bytes, count);
    ArrowBuf targetOffsets = to.getOffsetBuffer();
    targetOffsets.setInt(0, 0);
    int at = 0;
    for (int i = 0; i < count; ) {
      int end = runEnd(rows, i, count);
      int start = offset(offsets, rows[i]);
      int shift = at - start;
      for (int k = i; k < end; k++) {
        targetOffsets.setInt((k + 1L) * Integer.BYTES, offset(offsets, rows[k] + 1) + shift);
      }
      int length = offset(offsets, rows[end - 1] + 1) - start;
      to.getDataBuffer().setBytes(at, from.getDataBuffer(), start, length);
      at += length;
      i = end;
    }
    validity(from, to, rows, count);
    to.setLastSet(count - 1);
    to.setValueCount(count);
  }

  private static int offset(ArrowBuf offsets, int row) {
    return offsets.getInt((long) row * Integer.BYTES);
  }

  private static void validity(FieldVector from, FieldVector to, int[] rows, int count) {
    ArrowBuf target = to.getValidityBuffer();
    long bytes = (count + 7L) / 8;
    if (from.getNullCount() == 0) {
      target.setOne(0, bytes);
      return;
    }
    ArrowBuf source = from.getValidityBuffer();
    target.setZero(0, bytes);
    for (int i = 0; i < count; i++) {
      if (BitVectorHelper.get(source, rows[i]) != 0) {
        BitVectorHelper.setBit(target, i);
      }
    }
  }
}
