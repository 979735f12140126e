package io.neuralake.internal.columnar;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/** Booleans, of which eight are a byte; they have no dictionary. */
final class BooleanValues extends ValueBuffer {
  private byte[] values = {};
  private @Nullable BitVector vector;

  @Override
  void bind(FieldVector newVector) {
    vector = (BitVector) newVector;
  }

  @Override
  long plainBytes() {
    return bytes(count);
  }

  @Override
  long plainBytes(int from, int to) {
    return bytes(to - from);
  }

  @Override
  void append(int from, int to) {
    reserve(to - from);
    if (vector != null) {
      ArrowBuf bits = vector.getDataBuffer();
      for (int i = from; i < to; i++) {
        values[count++] = (byte) (bits.getByte(i >> 3) >>> (i & 7) & 1);
      }
    }
  }

  @Override
  void append(int[] positions, int n) {
    reserve(n);
    if (vector != null) {
      ArrowBuf bits = vector.getDataBuffer();
      for (int i = 0; i < n; i++) {
        int at = positions[i];
        values[count++] = (byte) (bits.getByte(at >> 3) >>> (at & 7) & 1);
      }
    }
  }

  private static int bytes(int bits) {
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  private void reserve(int more) {
    if (count + more > values.length) {
      values = Arrays.copyOf(values, grown(values.length, (long) count + more));
    }
  }

  @Override
  void plain(GrowingBytes out) {
    int bytes = bytes(count);
    int start = out.extend(bytes);
    byte[] target = out.array();
    Arrays.fill(target, start, start + bytes, (byte) 0);
    for (int i = 0; i < count; i++) {
      target[start + (i >> 3)] |= (byte) (values[i] << (i & 7));
    }
  }

  @Override
  boolean lookUp(int[] indexes, int maxBytes) {
    return false;
  }

  @Override
  int distinct() {
    return 0;
  }

  @Override
  long dictionaryBytes(int entries) {
    return 0;
  }

  @Override
  void dictionary(int entries, GrowingBytes out) {}

  @Override
  void startChunk() {}

  @Override
  void bounds(Statistics<?> page, int @Nullable [] indexes) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    if (sum < count) {
      page.updateStats(false);
    }
    if (sum > 0) {
      page.updateStats(true);
    }
  }

  @Override
  void hashes(BloomFilter hash, LongConsumer target) {}

  @Override
  void dictionaryHashes(int entries, BloomFilter hash, LongConsumer target) {}
}
