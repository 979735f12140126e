package io.neuralake.internal.columnar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Strings and binaries. */
class BinaryValues extends ValueBuffer {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle BIG_ENDIAN_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** Up to this length, copying by words beats the library's copy. */
  private static final int SHORT = 32;

  private final LeafStats.@Nullable Bytes stats;
  private final BytesDictionary dictionary = new BytesDictionary();
  private final GrowingBytes data = new GrowingBytes();
  private int[] ends = {};
  private int[] offsets = {};
  private boolean[] seen = {};
  private @Nullable BaseVariableWidthVector vector;

  BinaryValues(LeafStats.@Nullable Bytes stats) {
    this.stats = stats;
  }

  @Override
  void bind(FieldVector newVector) {
    vector = (BaseVariableWidthVector) newVector;
  }

  /** Bytes before each value in the encoding PLAIN. */
  int prefixBytes() {
    return Integer.BYTES;
  }

  @Override
  final long plainBytes() {
    return data.length() + (long) count * prefixBytes();
  }

  @Override
  long plainBytes(int from, int to) {
    if (vector == null) {
      return 0;
    }
    ArrowBuf buffer = vector.getOffsetBuffer();
    long start = buffer.getInt((long) from * Integer.BYTES);
    long end = buffer.getInt((long) to * Integer.BYTES);
    return end - start + (long) (to - from) * prefixBytes();
  }

  @Override
  void append(int from, int to) {
    int n = to - from;
    readOffsets(from, to);
    reserve(n);
    int shift = copy(offsets[0], offsets[n]);
    for (int i = 1; i <= n; i++) {
      ends[count++] = offsets[i] + shift;
    }
  }

  @Override
  void append(int[] positions, int n) {
    int first = positions[0];
    int last = positions[n - 1];
    readOffsets(first, last + 1);
    reserve(n);
    long size = 0;
    for (int i = 0; i < n; i++) {
      int at = positions[i] - first;
      size += offsets[at + 1] - offsets[at];
    }
    if (size == offsets[last + 1 - first] - offsets[0]) {
      int shift = copy(offsets[0], offsets[last + 1 - first]);
      for (int i = 0; i < n; i++) {
        ends[count++] = offsets[positions[i] - first + 1] + shift;
      }
    } else {
      for (int i = 0; i < n; i++) {
        int at = positions[i] - first;
        copy(offsets[at], offsets[at + 1]);
        ends[count++] = data.length();
      }
    }
  }

  private void readOffsets(int from, int to) {
    int n = to - from + 1;
    if (offsets.length < n) {
      offsets = new int[n];
    }
    if (vector != null) {
      part(vector.getOffsetBuffer(), from, to + 1, Integer.BYTES).asIntBuffer().get(offsets, 0, n);
    }
  }

  /**
   * Copies bytes of the vector.
   *
   * @return what to add to an offset in the vector to have the one in {@link #data}
   */
  private int copy(int from, int to) {
    int at = data.extend(to - from);
    if (vector != null && to > from) {
      vector.getDataBuffer().getBytes(from, data.array(), at, to - from);
    }
    return at - from;
  }

  final void reserve(int more) {
    if (count + more > ends.length) {
      ends = Arrays.copyOf(ends, grown(ends.length, (long) count + more));
    }
  }

  /** Adds a value whose bytes are the last of the data. */
  final void addEnd() {
    ends[count++] = data.length();
  }

  final GrowingBytes data() {
    return data;
  }

  private int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  @Override
  void plain(GrowingBytes out) {
    encode(data.array(), ends, count, out);
  }

  private static void encode(byte[] bytes, int[] ends, int count, GrowingBytes out) {
    int size = count == 0 ? 0 : ends[count - 1];
    int start = out.extend(size + (long) count * Integer.BYTES);
    byte[] target = out.array();
    int at = start;
    int from = 0;
    for (int i = 0; i < count; i++) {
      int length = ends[i] - from;
      out.setInt(at, length);
      at += Integer.BYTES;
      if (length <= SHORT) {
        // What is copied too much is overwritten by the next value, or lies in the slack.
        for (int k = 0; k < length; k += Long.BYTES) {
          LONGS.set(target, at + k, (long) LONGS.get(bytes, from + k));
        }
      } else {
        System.arraycopy(bytes, from, target, at, length);
      }
      at += length;
      from += length;
    }
  }

  @Override
  final boolean lookUp(int[] indexes, int maxBytes) {
    byte[] bytes = data.array();
    int place = -1;
    int lastStart = 0;
    int lastEnd = 0;
    int start = 0;
    for (int i = 0; i < count; i++) {
      int end = ends[i];
      if (place < 0 || !Arrays.equals(bytes, start, end, bytes, lastStart, lastEnd)) {
        if (end - start > maxBytes) {
          return false;
        }
        place = dictionary.place(bytes, start, end);
        if (dictionaryBytes(dictionary.size()) > maxBytes) {
          return false;
        }
        lastStart = start;
        lastEnd = end;
      }
      indexes[i] = place;
      start = end;
    }
    return true;
  }

  @Override
  final int distinct() {
    return dictionary.size();
  }

  @Override
  final long dictionaryBytes(int entries) {
    return entries == 0 ? 0 : dictionary.end(entries - 1) + (long) entries * prefixBytes();
  }

  @Override
  void dictionary(int entries, GrowingBytes out) {
    int[] dictionaryEnds = new int[entries];
    for (int i = 0; i < entries; i++) {
      dictionaryEnds[i] = dictionary.end(i);
    }
    encode(dictionary.array(), dictionaryEnds, entries, out);
  }

  /** The dictionary's values without anything between them. */
  final void dictionaryData(int entries, GrowingBytes out) {
    out.put(dictionary.array(), 0, Math.toIntExact(dictionaryBytes(entries)));
  }

  @Override
  final void startChunk() {
    dictionary.clear();
  }

  /** Turned into the first 8 bytes of a value, big-endian, to have their order as signed longs. */
  long order() {
    return Long.MIN_VALUE;
  }

  @Override
  final void bounds(Statistics<?> page, int @Nullable [] indexes) {
    if (count == 0) {
      return;
    }
    if (indexes != null) {
      int distinct = dictionary.size();
      seen = seen.length < distinct ? new boolean[grown(seen.length, distinct)] : seen;
      Arrays.fill(seen, 0, distinct, false);
    }
    byte[] bytes = data.array();
    int min = 0;
    int max = 0;
    long minKey = key(bytes, 0, ends[0]);
    long maxKey = minKey;
    for (int i = 1; i < count; i++) {
      if (indexes != null) {
        if (seen[indexes[i]]) {
          continue;
        }
        seen[indexes[i]] = true;
      }
      long key = key(bytes, ends[i - 1], ends[i]);
      if (key < minKey || key == minKey && compare(bytes, i, min) < 0) {
        min = i;
        minKey = key;
      }
      if (key > maxKey || key == maxKey && compare(bytes, i, max) > 0) {
        max = i;
        maxKey = key;
      }
    }
    byte[] least = Arrays.copyOfRange(bytes, start(min), ends[min]);
    byte[] most = min == max ? least : Arrays.copyOfRange(bytes, start(max), ends[max]);
    page.updateStats(Binary.fromConstantByteArray(BoundPrefix.ofMin(least)));
    page.updateStats(Binary.fromConstantByteArray(BoundPrefix.ofMax(most)));
    if (stats != null) {
      stats.add(least, most);
    }
  }

  private int compare(byte[] bytes, int a, int b) {
    return Arrays.compareUnsigned(bytes, start(a), ends[a], bytes, start(b), ends[b]);
  }

  private long key(byte[] bytes, int start, int end) {
    int length = end - start;
    if (length == 0) {
      return order();
    }
    long word = (long) BIG_ENDIAN_LONGS.get(bytes, start);
    if (length < Long.BYTES) {
      word &= -1L << Long.SIZE - Byte.SIZE * length;
    }
    return word ^ order();
  }

  @Override
  final void hashes(BloomFilter hash, LongConsumer target) {
    for (int i = 0; i < count; i++) {
      int start = start(i);
      target.accept(hash.hash(Binary.fromReusedByteArray(data.array(), start, ends[i] - start)));
    }
  }

  @Override
  final void dictionaryHashes(int entries, BloomFilter hash, LongConsumer target) {
    for (int i = 0; i < entries; i++) {
      int start = dictionary.start(i);
      int length = dictionary.end(i) - start;
      target.accept(hash.hash(Binary.fromReusedByteArray(dictionary.array(), start, length)));
    }
  }

  @Override
  final void clear() {
    super.clear();
    data.clear();
  }
}
