package io.neuralake.internal.columnar;

import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/** Double precision numbers, as their bits. */
final class DoubleValues extends LongValues {
  private final LeafStats.@Nullable Doubles stats;

  DoubleValues(LeafStats.@Nullable Doubles stats) {
    super(null);
    this.stats = stats;
  }

  @Override
  void bounds(Statistics<?> page, int @Nullable [] indexes) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    int nans = 0;
    for (int i = 0; i < count; i++) {
      double value = Double.longBitsToDouble(values[i]);
      min = value < min ? value : min;
      max = value > max ? value : max;
      nans += Double.isNaN(value) ? 1 : 0;
    }
    if (nans < count) {
      page.updateStats(min);
      page.updateStats(max);
    }
    page.incrementNanCount(nans);
    if (stats != null && count > 0) {
      stats.add(min, max, nans > 0);
    }
  }

  @Override
  long hash(BloomFilter hash, long value) {
    return hash.hash(Double.longBitsToDouble(value));
  }
}
