package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/** Whole numbers of 8 bytes, timestamps and decimals of up to 18 digits. */
class LongValues extends ValueBuffer {
  private final LeafStats.@Nullable Longs stats;
  private final NumberDictionary dictionary = new NumberDictionary();
  private @Nullable BaseFixedWidthVector vector;
  private int width;
  long[] values = {};

  LongValues(LeafStats.@Nullable Longs stats) {
    this.stats = stats;
  }

  @Override
  void bind(FieldVector newVector) {
    vector = (BaseFixedWidthVector) newVector;
    width = vector.getTypeWidth();
  }

  @Override
  final long plainBytes() {
    return (long) count * Long.BYTES;
  }

  @Override
  final long plainBytes(int from, int to) {
    return (long) (to - from) * Long.BYTES;
  }

  @Override
  final void append(int from, int to) {
    copy(from, to);
    count += to - from;
  }

  @Override
  final void append(int[] positions, int n) {
    int first = positions[0];
    copy(first, positions[n - 1] + 1);
    long[] all = values;
    int base = count - first;
    for (int i = 0; i < n; i++) {
      all[count + i] = all[base + positions[i]];
    }
    count += n;
  }

  private void copy(int from, int to) {
    int n = to - from;
    if (count + n > values.length) {
      values = Arrays.copyOf(values, grown(values.length, (long) count + n));
    }
    if (vector != null) {
      ByteBuffer source = part(vector.getDataBuffer(), from, to, width);
      if (width == Long.BYTES) {
        source.asLongBuffer().get(values, count, n);
      } else {
        // Decimals of 16 bytes, of which the upper 8 only repeat the sign here.
        for (int i = 0; i < n; i++) {
          values[count + i] = source.getLong(i * width);
        }
      }
    }
  }

  @Override
  final void plain(GrowingBytes out) {
    out.put(values, count);
  }

  @Override
  final boolean lookUp(int[] indexes, int maxBytes) {
    int most = maxBytes / Long.BYTES;
    long last = 0;
    int place = -1;
    for (int i = 0; i < count; i++) {
      long value = values[i];
      if (value != last || place < 0) {
        place = dictionary.place(value);
        last = value;
        if (place >= most) {
          return false;
        }
      }
      indexes[i] = place;
    }
    return true;
  }

  @Override
  final int distinct() {
    return dictionary.size();
  }

  @Override
  final long dictionaryBytes(int entries) {
    return (long) entries * Long.BYTES;
  }

  @Override
  final void dictionary(int entries, GrowingBytes out) {
    long[] distinct = new long[entries];
    for (int i = 0; i < entries; i++) {
      distinct[i] = dictionary.get(i);
    }
    out.put(distinct, entries);
  }

  @Override
  final void startChunk() {
    dictionary.clear();
  }

  @Override
  void bounds(Statistics<?> page, int @Nullable [] indexes) {
    if (count == 0) {
      return;
    }
    long min = values[0];
    long max = min;
    for (int i = 1; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    page.updateStats(min);
    page.updateStats(max);
    if (stats != null) {
      stats.add(min, max);
    }
  }

  @Override
  final void hashes(BloomFilter hash, LongConsumer target) {
    for (int i = 0; i < count; i++) {
      target.accept(hash(hash, values[i]));
    }
  }

  @Override
  final void dictionaryHashes(int entries, BloomFilter hash, LongConsumer target) {
    for (int i = 0; i < entries; i++) {
      target.accept(hash(hash, dictionary.get(i)));
    }
  }

  long hash(BloomFilter hash, long value) {
    return hash.hash(value);
  }
}
