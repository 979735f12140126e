package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an optimization comes to.
 *
 * @param versions that it has written, ascending
 * @param files live files that were looked at
 * @param groups of files that were written again
 * @param skippedGroups groups given up, because others have changed their files or the table
 * @param added new files
 * @param removed files that are gone
 * @param rows that the new files hold
 */
public record OptimizeTotals(
    List<Long> versions,
    long files,
    int groups,
    int skippedGroups,
    List<DataFile> added,
    List<DataFile> removed,
    long rows) {

  static final OptimizeTotals NONE =
      new OptimizeTotals(List.of(), 0, 0, 0, List.of(), List.of(), 0);

  static OptimizeTotals of(List<Long> versions, List<RegroupTask.Result> results) {
    return new OptimizeTotals(
        List.copyOf(versions),
        0,
        results.size(),
        0,
        results.stream().flatMap(r -> r.adds().stream()).toList(),
        results.stream().flatMap(r -> r.files().stream()).toList(),
        results.stream().mapToLong(RegroupTask.Result::rows).sum());
  }

  OptimizeTotals withFiles(long count) {
    return new OptimizeTotals(versions, count, groups, skippedGroups, added, removed, rows);
  }

  OptimizeTotals withSkipped(int count) {
    return new OptimizeTotals(versions, files, groups, count, added, removed, rows);
  }

  /** Both, one after the other; what was skipped first has been looked at again since. */
  OptimizeTotals plus(OptimizeTotals later) {
    return new OptimizeTotals(
        join(versions, later.versions),
        Math.max(files, later.files),
        groups + later.groups,
        later.skippedGroups,
        join(added, later.added),
        join(removed, later.removed),
        rows + later.rows);
  }

  private static <T> List<T> join(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  public long bytesAdded() {
    return added.stream().mapToLong(DataFile::size).sum();
  }

  public long bytesRemoved() {
    return removed.stream().mapToLong(DataFile::size).sum();
  }

  public long vectorsRemoved() {
    return removed.stream().filter(file -> file.deletionVector() != null).count();
  }

  /** Metrics as Spark names them. */
  Map<String, String> metrics() {
    long[] sizes = added.stream().mapToLong(DataFile::size).sorted().toArray();
    Map<String, String> metrics = new LinkedHashMap<>();
    RewriteTotals.put(metrics, "numAddedFiles", added.size());
    RewriteTotals.put(metrics, "numRemovedFiles", removed.size());
    RewriteTotals.put(metrics, "numAddedBytes", Arrays.stream(sizes).sum());
    RewriteTotals.put(metrics, "numRemovedBytes", bytesRemoved());
    RewriteTotals.put(metrics, "minFileSize", quantile(sizes, 0));
    RewriteTotals.put(metrics, "p25FileSize", quantile(sizes, 1));
    RewriteTotals.put(metrics, "p50FileSize", quantile(sizes, 2));
    RewriteTotals.put(metrics, "p75FileSize", quantile(sizes, 3));
    RewriteTotals.put(metrics, "maxFileSize", quantile(sizes, 4));
    RewriteTotals.put(metrics, "numDeletionVectorsRemoved", vectorsRemoved());
    return metrics;
  }

  private static long quantile(long[] sorted, int quarters) {
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * quarters / 4)];
  }
}
