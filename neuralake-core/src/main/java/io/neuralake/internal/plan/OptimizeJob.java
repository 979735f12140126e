package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
    for (var group : packing.groups(files)) {
      long bytes = group.stream().mapToLong(file -> file.size()).sum();
      // Rolled only where the new file would be far larger: no tail of a few rows.
      tasks.add(new RegroupTask(view, group, Math.max(packing.targetBytes(), bytes) / 4 * 5));
    }
    tasks = tasks.subList(0, Math.min(tasks.size(), maxGroups));
    OptimizePass pass = new OptimizePass(table, spec, snapshot, packing.minBytes(), listener);
    return pass.run(tasks, executor()).withFiles(files.size());
  }

  private TaskExecutor executor() {
    TaskExecutor lakes = table.runtime().tasks();
    return spec.parallelism() > 0 && lakes instanceof BoundedTasks
        ? new BoundedTasks(table.runtime().workers(), spec.parallelism())
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
