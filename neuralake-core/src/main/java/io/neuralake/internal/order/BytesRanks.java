package io.neuralake.internal.order;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;

/** Ranks of text and of bytes, byte by byte. */
final class BytesRanks extends ColumnRanks {

  /** What is behind these bytes makes no difference. */
  private static final int LENGTH = 256;

  private final List<byte[]> sample = new ArrayList<>();
  private byte[][] boundaries = new byte[0][];

  @Override
  void sample(FieldVector vector, int row) {
    byte[] buffer = new byte[LENGTH];
    sample.add(Arrays.copyOf(buffer, read((BaseVariableWidthVector) vector, row, buffer)));
  }

  @Override
  void freeze(int bits) {
    byte[][] sorted = sample.toArray(new byte[0][]);
    Arrays.sort(sorted, Arrays::compareUnsigned);
    int[] starts = new int[sorted.length];
    int different = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || !Arrays.equals(sorted[i], sorted[i - 1])) {
        starts[different++] = i;
      }
    }
    if (sorted.length > 0) {
      boundaries =
          Arrays.stream(boundaries(Arrays.copyOf(starts, different), sorted.length, bits))
              .mapToObj(i -> sorted[i])
              .toArray(byte[][]::new);
    }
  }

  @Override
  int ofSample(int index) {
    byte[] value = sample.get(index);
    return rank(value, value.length);
  }

  @Override
  void of(FieldVector vector, int rows, int[] into) {
    byte[] value = new byte[LENGTH];
    for (int row = 0; row < rows; row++) {
      into[row] = rank(value, read((BaseVariableWidthVector) vector, row, value));
    }
  }

  /** Copies a value, up to a length; returns its length. */
  private static int read(BaseVariableWidthVector vector, int row, byte[] into) {
    if (vector.isNull(row)) {
      return 0;
    }
    ArrowBuf offsets = vector.getOffsetBuffer();
    int start = offsets.getInt((long) row * Integer.BYTES);
    int length = Math.min(LENGTH, offsets.getInt((row + 1L) * Integer.BYTES) - start);
    vector.getDataBuffer().getBytes(start, into, 0, length);
    return length;
  }

  /** How many boundaries are smaller. */
  private int rank(byte[] value, int length) {
    int from = 0;
    int to = boundaries.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      byte[] boundary = boundaries[middle];
      if (Arrays.compareUnsigned(boundary, 0, boundary.length, value, 0, length) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
