package io.neuralake.internal.columnar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/**
 * The values of a page being written, without its nulls, and the dictionary of the column chunk.
 * Copied from a vector many at a time, encoded when the page ends. Not thread-safe.
 */
abstract class ValueBuffer {
  /** Values in the page. */
  int count;

  /** Goes on with the values of another vector, whose type was checked. */
  abstract void bind(FieldVector vector);

  /** Bytes of the page's values in the encoding PLAIN. */
  abstract long plainBytes();

  /** The same for a range of the vector. */
  abstract long plainBytes(int from, int to);

  /** Adds a range of the vector, which has no nulls there. */
  abstract void append(int from, int to);

  /** Adds values at some positions of the vector, in ascending order. */
  abstract void append(int[] positions, int n);

  /** Encodes the page's values as they are. */
  abstract void plain(GrowingBytes out);

  /**
   * Looks up the page's values in the dictionary and adds those that it lacks.
   *
   * @param indexes takes the places in the dictionary
   * @param maxBytes that the dictionary may have
   * @return whether all values are in the dictionary; if not, it can be written but not used again
   */
  abstract boolean lookUp(int[] indexes, int maxBytes);

  /** Values in the dictionary. */
  abstract int distinct();

  /** Bytes of the first values of the dictionary in the encoding PLAIN. */
  abstract long dictionaryBytes(int entries);

  /** Encodes the first values of the dictionary. */
  abstract void dictionary(int entries, GrowingBytes out);

  /** Begins a column chunk, with an empty dictionary. */
  abstract void startChunk();

  /**
   * Adds the page's bounds to its statistics and to the file's.
   *
   * @param indexes of the values in the dictionary, null if they are not in it
   */
  abstract void bounds(Statistics<?> page, int @Nullable [] indexes);

  /** Gives the hashes of the page's values. */
  abstract void hashes(BloomFilter hash, LongConsumer target);

  /** Gives the hashes of the dictionary's first values. */
  abstract void dictionaryHashes(int entries, BloomFilter hash, LongConsumer target);

  /** Begins another page. */
  void clear() {
    count = 0;
  }

  /** A part of a vector's buffer. */
  static ByteBuffer part(ArrowBuf buffer, int from, int to, int width) {
    return buffer
        .nioBuffer((long) from * width, Math.multiplyExact(to - from, width))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Room for more values, in an array that may grow. */
  static int grown(int length, long needed) {
    if (needed <= length) {
      return length;
    }
    long doubled = Math.min(Integer.MAX_VALUE - 8, 2L * length);
    return Math.toIntExact(Math.max(needed, doubled));
  }
}
