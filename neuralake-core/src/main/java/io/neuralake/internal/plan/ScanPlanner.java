package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.LogSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides, file by file, what a scan of a snapshot has to read. Not thread-safe. */
final class ScanPlanner implements AutoCloseable {

  private final FilePruning pruning;
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
    this.pruning = new FilePruning(TableView.of(snapshot), filter, needRowCounts, counters);
    this.files = snapshot.files(pruning.withStats());
  }

  /** The next file that may hold matching rows, null at the end. */
  @Nullable PlannedFile next() {
    while (files.hasNext()) {
      PlannedFile file = pruning.plan(files.next());
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  /**
   * The fields of the columns that are asked for.
   *
   * @throws InvalidRequestException if one does not exist
   */
  static StructType project(LogSnapshot snapshot, @Nullable List<String> columns) {
    return project(TableView.of(snapshot), columns);
  }

  /** Like {@link #project(LogSnapshot, List)}. */
  static StructType project(TableView view, @Nullable List<String> columns) {
    StructType schema = view.metadata().schema();
    if (columns == null) {
      return schema;
    }
    List<StructField> fields = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String column : columns) {
      StructField found = find(schema, column);
      if (found == null) {
        throw new InvalidRequestException(
            view.table()
                + ": there is no column '"
                + column
                + "' in version "
                + view.version()
                + "; its columns are "
                + abbreviate(schema.fieldNames())
                + ".");
      }
      if (!seen.add(found.getName())) {
        throw new InvalidRequestException(
            view.table() + ": column '" + column + "' is selected twice.");
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
