package io.neuralake.internal.columnar;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of one data file as an {@code add} action holds them (Delta protocol, "Per-file
 * Statistics").
 *
 * <p>Values are Java values of the column's Delta type: {@link Boolean}, {@link Byte}, {@link
 * Short}, {@link Integer}, {@link Long}, {@link Float}, {@link Double}, {@link
 * java.math.BigDecimal}, {@link String}, {@link java.time.LocalDate} (date), {@link
 * java.time.Instant} (timestamp), {@link java.time.LocalDateTime} (timestamp_ntz).
 *
 * @param numRecords rows in the file, before deletion vectors
 * @param tightBounds whether min and max are values of live rows; false: bounds only
 * @param columns by the path of physical names from the root to a leaf outside arrays and maps
 */
public record FileStats(long numRecords, boolean tightBounds, Map<List<String>, Column> columns) {

  /**
   * Statistics of one leaf column.
   *
   * @param min lower bound of the non-null values, null if unknown
   * @param max upper bound of the non-null values, null if unknown
   * @param nullCount rows in which the column is null, null if unknown
   */
  public record Column(@Nullable Object min, @Nullable Object max, @Nullable Long nullCount) {}
}
