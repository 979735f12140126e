package io.neuralake.internal.columnar;

import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.bloomfilter.BloomFilter;
import org.jspecify.annotations.Nullable;

/** Single precision numbers, as their bits. */
final class FloatValues extends IntValues {
  private final LeafStats.@Nullable Doubles stats;

  FloatValues(LeafStats.@Nullable Doubles stats) {
    super(null);
    this.stats = stats;
  }

  @Override
  void bounds(Statistics<?> page, int @Nullable [] indexes) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    int nans = 0;
    for (int i = 0; i < count; i++) {
      float value = Float.intBitsToFloat(values[i]);
      min = value < min ? value : min;
      max = value > max ? value : max;
      nans += Float.isNaN(value) ? 1 : 0;
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
  long hash(BloomFilter hash, int value) {
    return hash.hash(Float.intBitsToFloat(value));
  }
}
