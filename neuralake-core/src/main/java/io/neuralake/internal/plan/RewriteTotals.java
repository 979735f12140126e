package io.neuralake.internal.plan;

import io.neuralake.internal.log.DataFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a change of rows comes to.
 *
 * @param rows what happened to rows; {@code deleted} is -1 if the log does not say
 * @param filesAdded new data files
 * @param bytesAdded bytes of these
 * @param filesRemoved data files that are gone
 * @param bytesRemoved bytes of these
 * @param changeFiles files of row changes
 * @param vectorsAdded files that have got a deletion vector
 * @param vectorsRemoved files that are gone, and had a deletion vector
 * @param vectorsUpdated files whose deletion vector has grown
 * @param millis how long planning and tasks took
 */
public record RewriteTotals(
    RowCounts rows,
    long filesAdded,
    long bytesAdded,
    long filesRemoved,
    long bytesRemoved,
    long changeFiles,
    long vectorsAdded,
    long vectorsRemoved,
    long vectorsUpdated,
    long millis) {

  static RewriteTotals of(
      List<DataFile> removed, long removedRows, List<RewriteResult> results, long millis) {
    RowCounts rows = RowCounts.NONE;
    long filesAdded = 0;
    long bytesAdded = 0;
    long filesRemoved = removed.size();
    long bytesRemoved = removed.stream().mapToLong(DataFile::size).sum();
    long changeFiles = 0;
    long vectorsAdded = 0;
    long vectorsRemoved = removed.stream().filter(f -> f.deletionVector() != null).count();
    long vectorsUpdated = 0;
    for (RewriteResult result : results) {
      rows = rows.plus(result.counts());
      filesAdded += result.adds().size();
      bytesAdded += result.adds().stream().mapToLong(DataFile::size).sum();
      changeFiles += result.changes().size();
      DataFile file = result.file();
      boolean hadVector = file != null && file.deletionVector() != null;
      if (result.marked() != null) {
        vectorsAdded += hadVector ? 0 : 1;
        vectorsUpdated += hadVector ? 1 : 0;
      } else if (file != null) {
        filesRemoved++;
        bytesRemoved += file.size();
        vectorsRemoved += hadVector ? 1 : 0;
      }
    }
    rows = rows.plus(new RowCounts(removedRows, 0, 0, 0, 0, 0));
    return new RewriteTotals(
        rows,
        filesAdded,
        bytesAdded,
        filesRemoved,
        bytesRemoved,
        changeFiles,
        vectorsAdded,
        vectorsRemoved,
        vectorsUpdated,
        millis);
  }

  /** Metrics that all operations have, as Spark names and counts them. */
  Map<String, String> metrics() {
    Map<String, String> metrics = new LinkedHashMap<>();
    put(metrics, "numAddedFiles", filesAdded);
    put(metrics, "numAddedBytes", bytesAdded);
    put(metrics, "numRemovedFiles", filesRemoved);
    put(metrics, "numRemovedBytes", bytesRemoved);
    put(metrics, "numAddedChangeFiles", changeFiles);
    put(metrics, "numDeletionVectorsAdded", vectorsAdded + vectorsUpdated);
    put(metrics, "numDeletionVectorsRemoved", vectorsRemoved + vectorsUpdated);
    put(metrics, "numDeletionVectorsUpdated", vectorsUpdated);
    put(metrics, "numCopiedRows", rows.copied());
    put(metrics, "executionTimeMs", millis);
    // Tasks run side by side: their shares of the time, not their sum.
    long inTasks = Math.max(1, rows.scanMillis() + rows.rewriteMillis());
    long rewriting = millis * rows.rewriteMillis() / inTasks;
    put(metrics, "scanTimeMs", millis - rewriting);
    put(metrics, "rewriteTimeMs", rewriting);
    return metrics;
  }

  static void put(Map<String, String> metrics, String name, long value) {
    metrics.put(name, Long.toString(value));
  }
}
