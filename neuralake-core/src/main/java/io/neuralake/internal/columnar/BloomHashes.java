package io.neuralake.internal.columnar;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.apache.parquet.column.values.bloomfilter.BlockSplitBloomFilter;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;

/** Collects the hashes of a column chunk, to make a Bloom filter of the right size of them. */
final class BloomHashes implements LongConsumer {
  private static final double FALSE_POSITIVES = 0.01;
  private static final int MAX_BYTES = 1 << 20;

  /** Computes hashes; nothing is inserted into it. */
  final BloomFilter hash = new BlockSplitBloomFilter(BlockSplitBloomFilter.LOWER_BOUND_BYTES);

  private long[] hashes = {};
  private int count;

  @Override
  public void accept(long value) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.max(1 << 10, Math.multiplyExact(count, 2)));
    }
    hashes[count++] = value;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The filter of the hashes, which are forgotten. */
  BloomFilter build() {
    Arrays.sort(hashes, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || hashes[i] != hashes[i - 1]) {
        hashes[distinct++] = hashes[i];
      }
    }
    int bits = BlockSplitBloomFilter.optimalNumOfBits(distinct, FALSE_POSITIVES);
    BloomFilter filter =
        new BlockSplitBloomFilter(Math.min(MAX_BYTES, bits / Byte.SIZE), MAX_BYTES);
    for (int i = 0; i < distinct; i++) {
      filter.insertHash(hashes[i]);
    }
    count = 0;
    return filter;
  }
}
