package io.neuralake.internal.plan;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes files again, as fewer and larger ones, without the rows that deletion vectors name. A task
 * per group of files; what is done is committed while others are still at work. Used once; not
 * thread-safe.
 */
public final class OptimizeJob {

  /** Groups that others have broken up are planned again so often; the rest is for next time. */
  private static final int MAX_PASSES = 3;

  private final TableContext table;
  private final OptimizeSpec spec;
  private final ProgressListener listener;

  public OptimizeJob(TableContext table, OptimizeSpec spec, ProgressListener listener) {
    this.table = table;
    this.spec = spec;
    this.listener = listener;
  }

  /** Does it. */
  public OptimizeTotals run() {
    OptimizeTotals totals = OptimizeTotals.NONE;
    for (int pass = 0; pass < MAX_PASSES; pass++) {
      OptimizeTotals done = pass(spec.maxGroups() - totals.groups());
      totals = totals.plus(done);
      if (done.skippedGroups() == 0) {
        break;
      }
    }
    return totals;
  }

  private OptimizeTotals pass(int maxGroups) {
    LogSnapshot snapshot = table.latest();
    ProtocolRules.checkWritable(snapshot.protocol(), table.table());
    RowIds.of(snapshot.metadata(), table.table()); // whether they can be kept
    Packing packing = spec.packing().in(snapshot.metadata().properties());
    List<PlannedFile> files = files(snapshot);
    List<RegroupTask> tasks = new ArrayList<>();
    TaskTable view = TaskTable.of(snapshot).withoutChangeFeed();
    Layout layout = layout(snapshot.metadata());
    for (var group : layout == null ? packing.groups(files) : Packing.partitions(files)) {
      tasks.add(RegroupTask.of(view, group, packing.targetBytes(), layout));
    }
    tasks = tasks.subList(0, Math.min(tasks.size(), maxGroups));
    OptimizePass pass =
        new OptimizePass(table, spec.withLayout(layout), snapshot, packing.minBytes(), listener);
    return pass.run(tasks, executor()).withFiles(files.size());
  }

  /** With columns as the table names them. */
  private @Nullable Layout layout(TableMetadata metadata) {
    Layout asked = spec.layout();
    if (asked == null) {
      return null;
    }
    List<String> columns = new ArrayList<>();
    for (String name : asked.columns()) {
      StructField field = ScanPlanner.find(metadata.dataSchema(), name);
      if (field == null || columns.contains(field.getName()) || !hasOrder(field.getDataType())) {
        throw new InvalidRequestException(
            table.table()
                + ": rows cannot be sorted by '"
                + name
                + "': "
                + (field == null
                    ? "there is no such column, or it is a partition column."
                    : !hasOrder(field.getDataType())
                        ? "its type " + field.getDataType() + " has no order."
                        : "it is named twice."));
      }
      columns.add(field.getName());
    }
    return new Layout(asked.curve(), columns, asked.memory());
  }

  private static boolean hasOrder(DataType type) {
    return !(type instanceof StructType
        || type instanceof ArrayType
        || type instanceof MapType
        || type instanceof VariantType);
  }

  private TaskExecutor executor() {
    TaskExecutor lakes = table.runtime().tasks();
    // A group that is sorted has workers of its own.
    int groups = spec.parallelism() == 0 && spec.layout() != null ? 1 : spec.parallelism();
    return groups > 0 && lakes instanceof BoundedTasks
        ? new BoundedTasks(table.runtime().workers(), groups)
        : lakes;
  }

  private List<PlannedFile> files(LogSnapshot snapshot) {
    RowFilter filter = spec.predicate() == null ? null : RowFilter.bind(spec.predicate(), snapshot);
    if (filter != null) {
      Set<String> others = new HashSet<>(filter.columns());
      others.removeAll(snapshot.metadata().partitionColumns());
      if (!others.isEmpty()) {
        throw new InvalidRequestException(
            table.table()
                + ": which files to optimize can only be said by partition columns, and the table is "
                + (snapshot.metadata().partitionColumns().isEmpty()
                    ? "not partitioned"
                    : "partitioned by " + snapshot.metadata().partitionColumns())
                + "; leave out "
                + others
                + ".");
      }
    }
    List<PlannedFile> files = new ArrayList<>();
    try (ScanPlanner planner = new ScanPlanner(snapshot, filter, true, new ScanCounters())) {
      for (PlannedFile file = planner.next(); file != null; file = planner.next()) {
        files.add(file);
      }
    }
    return files;
  }
}
