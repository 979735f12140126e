package io.neuralake.internal.plan;

import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.FileFacts;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a file may hold matching rows, by what the log says of it. Not thread-safe. */
final class FilePruning {

  private final @Nullable RowFilter filter;
  private final ScanCounters counters;
  private final FileFacts facts;
  private final boolean withStats;

  /**
   * Rules of one query.
   *
   * @param needRowCounts whether statistics are wanted even without a filter
   */
  FilePruning(
      TableView view, @Nullable RowFilter filter, boolean needRowCounts, ScanCounters counters) {
    this.filter = filter;
    this.counters = counters;
    // Of columns that the filter does not read nobody asks for bounds.
    this.facts =
        new FileFacts(view.table(), view.metadata(), filter == null ? Set.of() : filter.columns());
    this.withStats = filter != null || needRowCounts;
  }

  /** Whether it looks at statistics. */
  boolean withStats() {
    return withStats;
  }

  /** The file, and what is left to do with it; null if no row of it can match. */
  @Nullable PlannedFile plan(DataFile file) {
    counters.filesTotal.incrementAndGet();
    if (filter == null) {
      counters.filesRead.incrementAndGet();
      return new PlannedFile(file, stats(file), null);
    }
    Map<String, @Nullable Object> partition = facts.partitionValues(file);
    if (!filter.mayMatchPartition(partition)) {
      counters.filesSkippedByPartition.incrementAndGet();
      return null;
    }
    FileStats stats = stats(file);
    FileSkipping.Verdict verdict = filter.judge(partition, stats);
    if (!verdict.mayMatch()) {
      counters.filesSkippedByStatistics.incrementAndGet();
      return null;
    }
    counters.filesRead.incrementAndGet();
    return new PlannedFile(file, stats, verdict.allMatch() ? null : filter.within(partition));
  }

  private @Nullable FileStats stats(DataFile file) {
    return withStats ? facts.stats(file) : null;
  }
}
