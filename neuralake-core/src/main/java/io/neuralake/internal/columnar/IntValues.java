package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/** Whole numbers of up to 4 bytes, dates and decimals of up to 9 digits. */
class IntValues extends ValueBuffer {
  private final LeafStats.@Nullable Longs stats;
  private final NumberDictionary dictionary = new NumberDictionary();
  private @Nullable BaseFixedWidthVector vector;
  private int width;
  int[] values = {};

  IntValues(LeafStats.@Nullable Longs stats) {
    this.stats = stats;
  }

  @Override
  void bind(FieldVector newVector) {
    vector = (BaseFixedWidthVector) newVector;
    width = vector.getTypeWidth();
  }

  @Override
  final long plainBytes() {
    return (long) count * Integer.BYTES;
  }

  @Override
  final long plainBytes(int from, int to) {
    return (long) (to - from) * Integer.BYTES;
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
    int[] all = values;
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
      switch (width) {
        case Byte.BYTES -> bytes(source, n);
        case Short.BYTES -> shorts(source, n);
        case Integer.BYTES -> source.asIntBuffer().get(values, count, n);
        default -> decimals(source, n);
      }
    }
  }

  private void bytes(ByteBuffer source, int n) {
    for (int i = 0; i < n; i++) {
      values[count + i] = source.get(i);
    }
  }

  private void shorts(ByteBuffer source, int n) {
    for (int i = 0; i < n; i++) {
      values[count + i] = source.getShort(i * Short.BYTES);
    }
  }

  /** Of 16 bytes each, of which the upper 12 only repeat the sign here. */
  private void decimals(ByteBuffer source, int n) {
    for (int i = 0; i < n; i++) {
      values[count + i] = source.getInt(i * width);
    }
  }

  @Override
  final void plain(GrowingBytes out) {
    out.put(values, count);
  }

  @Override
  final boolean lookUp(int[] indexes, int maxBytes) {
    int most = maxBytes / Integer.BYTES;
    int last = 0;
    int place = -1;
    for (int i = 0; i < count; i++) {
      int value = values[i];
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
    return (long) entries * Integer.BYTES;
  }

  @Override
  final void dictionary(int entries, GrowingBytes out) {
    int[] distinct = new int[entries];
    for (int i = 0; i < entries; i++) {
      distinct[i] = (int) dictionary.get(i);
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
    int min = values[0];
    int max = min;
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
      target.accept(hash(hash, (int) dictionary.get(i)));
    }
  }

  long hash(BloomFilter hash, int value) {
    return hash.hash(value);
  }
}
