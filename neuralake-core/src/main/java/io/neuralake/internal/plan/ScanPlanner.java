package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.FileFacts;
import io.neuralake.internal.log.LogSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides, file by file, what a scan of a snapshot has to read. Not thread-safe. */
final class ScanPlanner implements AutoCloseable {

  private final @Nullable RowFilter filter;
  private final ScanCounters counters;
  private final FileFacts facts;
  private final boolean withStats;
  private final LogSnapshot.Files files;

  /**
   * Begins to plan.
   *
   * @param needRowCounts whether statistics are wanted even without a filter
   */
  ScanPlanner(
      LogSnapshot snapshot,
      @Nullable RowFilter filter,
      boolean needRowCounts,
      ScanCounters counters) {
    this.filter = filter;
    this.counters = counters;
    // Of columns that the filter does not read nobody asks for bounds.
    this.facts =
        new FileFacts(
            snapshot.table(), snapshot.metadata(), filter == null ? Set.of() : filter.columns());
    this.withStats = filter != null || needRowCounts;
    this.files = snapshot.files(withStats);
  }

  /** The next file that may hold matching rows, null at the end. */
  @Nullable PlannedFile next() {
    while (files.hasNext()) {
      DataFile file = files.next();
      counters.filesTotal.incrementAndGet();
      if (filter == null) {
        counters.filesRead.incrementAndGet();
        return new PlannedFile(file, stats(file), null);
      }
      Map<String, @Nullable Object> partition = facts.partitionValues(file);
      if (!filter.mayMatchPartition(partition)) {
        counters.filesSkippedByPartition.incrementAndGet();
        continue;
      }
      FileStats stats = stats(file);
      FileSkipping.Verdict verdict = filter.judge(partition, stats);
      if (!verdict.mayMatch()) {
        counters.filesSkippedByStatistics.incrementAndGet();
      } else {
        counters.filesRead.incrementAndGet();
        return new PlannedFile(file, stats, verdict.allMatch() ? null : filter.within(partition));
      }
    }
    return null;
  }

  /** A file's statistics; not looked at where nobody asked for them. */
  private @Nullable FileStats stats(DataFile file) {
    return withStats ? facts.stats(file) : null;
  }

  /**
   * The fields of the columns that are asked for.
   *
   * @throws InvalidRequestException if one does not exist
   */
  static StructType project(LogSnapshot snapshot, @Nullable List<String> columns) {
    StructType schema = snapshot.metadata().schema();
    if (columns == null) {
      return schema;
    }
    List<StructField> fields = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String column : columns) {
      StructField found = find(schema, column);
      if (found == null) {
        throw new InvalidRequestException(
            snapshot.table()
                + ": there is no column '"
                + column
                + "' in version "
                + snapshot.version()
                + "; its columns are "
                + abbreviate(schema.fieldNames())
                + ".");
      }
      if (!seen.add(found.getName())) {
        throw new InvalidRequestException(
            snapshot.table() + ": column '" + column + "' is selected twice.");
      }
      fields.add(found);
    }
    return new StructType(fields);
  }

  static @Nullable StructField find(StructType schema, String column) {
    int at = schema.indexOf(column);
    if (at >= 0) {
      return schema.at(at);
    }
    for (StructField field : schema.fields()) {
      if (field.getName().toLowerCase(Locale.ROOT).equals(column.toLowerCase(Locale.ROOT))) {
        return field;
      }
    }
    return null;
  }

  private static String abbreviate(List<String> names) {
    return names.size() <= 50
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 50)) + " and " + (names.size() - 50) + " more";
  }

  @Override
  public void close() {
    files.close();
  }
}
