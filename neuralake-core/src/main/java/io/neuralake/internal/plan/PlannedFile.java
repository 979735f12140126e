package io.neuralake.internal.plan;

import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.log.DataFile;
import org.jspecify.annotations.Nullable;

/**
 * A file that a scan has to consider.
 *
 * @param file the file
 * @param stats its statistics, null if unknown
 * @param filter rules out parts of the file; null if every live row matches the predicate for
 *     certain
 */
record PlannedFile(DataFile file, @Nullable FileStats stats, @Nullable PartFilter filter) {

  /** Whether certainly every live row matches the predicate. */
  boolean allMatch() {
    return filter == null;
  }

  /** Live rows, -1 if the log does not say. */
  long liveRows() {
    if (stats == null) {
      return -1;
    }
    long deleted = file.deletionVector() == null ? 0 : file.deletionVector().cardinality();
    return Math.max(-1, stats.numRecords() - deleted);
  }
}
