package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** Decimals of more than 18 digits, as big-endian two's complement numbers of the same length. */
final class DecimalValues extends BinaryValues {
  private final int length;
  private @Nullable DecimalVector vector;

  DecimalValues(int length, LeafStats.@Nullable Decimals stats) {
    super(stats);
    this.length = length;
  }

  @Override
  void bind(FieldVector newVector) {
    vector = (DecimalVector) newVector;
  }

  @Override
  int prefixBytes() {
    return 0;
  }

  @Override
  long plainBytes(int from, int to) {
    return (long) (to - from) * length;
  }

  @Override
  void append(int from, int to) {
    reserve(to - from);
    if (vector != null) {
      ByteBuffer source = part(vector.getDataBuffer(), from, to, DecimalVector.TYPE_WIDTH);
      for (int i = 0; i < to - from; i++) {
        add(source, i * DecimalVector.TYPE_WIDTH);
      }
    }
  }

  @Override
  void append(int[] positions, int n) {
    reserve(n);
    int first = positions[0];
    if (vector != null) {
      ArrowBuf buffer = vector.getDataBuffer();
      ByteBuffer source = part(buffer, first, positions[n - 1] + 1, DecimalVector.TYPE_WIDTH);
      for (int i = 0; i < n; i++) {
        add(source, (positions[i] - first) * DecimalVector.TYPE_WIDTH);
      }
    }
  }

  private void add(ByteBuffer source, int from) {
    int at = data().extend(length);
    byte[] target = data().array();
    for (int i = 0; i < length; i++) {
      target[at + length - 1 - i] = source.get(from + i);
    }
    addEnd();
  }

  @Override
  void plain(GrowingBytes out) {
    out.put(data().array(), 0, data().length());
  }

  @Override
  void dictionary(int entries, GrowingBytes out) {
    dictionaryData(entries, out);
  }

  /** The sign is the first bit already. */
  @Override
  long order() {
    return 0;
  }
}
