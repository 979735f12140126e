package io.neuralake.internal.plan;

import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows, or gives them other values. Files are chosen by partition values and statistics;
 * those of which certainly every row is deleted are not opened.
 *
 * @param predicate which rows, null for all
 * @param assignments the new values; none to delete the rows
 * @param options what the caller says of the commit
 */
public record EditRows(
    @Nullable Expr predicate, List<Assignment> assignments, CommitOptions options)
    implements RowOperation {

  /** Deletes all rows. */
  public static final EditRows DELETE = new EditRows(null, List.of(), CommitOptions.NONE);

  public EditRows {
    assignments = List.copyOf(assignments);
  }

  /** The same on fewer rows. */
  public EditRows where(Expr condition) {
    return new EditRows(
        predicate == null ? condition : predicate.and(condition), assignments, options);
  }

  /** The same with another value assigned. */
  public EditRows with(Assignment assignment) {
    List<Assignment> more = new ArrayList<>(assignments);
    more.add(assignment);
    return new EditRows(predicate, more, options);
  }

  public EditRows withOptions(CommitOptions changed) {
    return new EditRows(predicate, assignments, changed);
  }

  /** Does it. */
  public RewriteJob.Result run(TableContext table, ProgressListener listener) {
    return new RewriteJob(table, this, listener).run();
  }

  @Override
  public @Nullable CommitPlan plan(TableState state, LogSnapshot snapshot, StagedChanges staged) {
    stage(snapshot, staged);
    if (staged.isEmpty()) {
      return null;
    }
    BoundExpr read =
        Binder.of(snapshot.metadata().schema())
            .predicate(predicate == null ? Expr.lit(true) : predicate);
    return new CommitPlan(
        assignments.isEmpty() ? "DELETE" : "UPDATE",
        Map.of(
            "predicate", Engine.jsonArray(List.of(predicate == null ? "true" : predicate.toSql()))),
        metrics(staged.totals()),
        CommitPlan.Reads.of(List.of(read), new LinkedHashSet<>(staged.touched())),
        null,
        null,
        staged.actions(),
        options);
  }

  /** Finds the files and runs their tasks. */
  void stage(LogSnapshot snapshot, StagedChanges staged) {
    TaskTable table = TaskTable.of(snapshot);
    RowIds.of(snapshot.metadata(), snapshot.table()); // whether they can be kept
    if (!assignments.isEmpty()) {
      Assignments.of(assignments, snapshot.metadata(), snapshot.table()); // whether they fit
    }
    List<PlannedFile> certain = new ArrayList<>();
    List<RewriteTask> tasks = new ArrayList<>();
    RowFilter filter = predicate == null ? null : RowFilter.bind(predicate, snapshot);
    try (ScanPlanner planner = new ScanPlanner(snapshot, filter, true, new ScanCounters())) {
      for (PlannedFile file = planner.next(); file != null; file = planner.next()) {
        if (filter == null || file.allMatch()) {
          certain.add(file);
        } else {
          tasks.add(new RewriteTask(table, file.file(), new RowEdit(predicate, assignments)));
        }
      }
    }
    // A version with files of changes has all of its changes there.
    boolean unopened = assignments.isEmpty() && (tasks.isEmpty() || !table.changeFeed());
    for (PlannedFile file : certain) {
      if (unopened) {
        staged.remove(file.file(), file.liveRows());
      } else {
        tasks.add(new RewriteTask(table, file.file(), new RowEdit(null, assignments)));
      }
    }
    staged.run(tasks);
  }

  private Map<String, String> metrics(RewriteTotals totals) {
    Map<String, String> metrics = totals.metrics();
    if (!assignments.isEmpty()) {
      RewriteTotals.put(metrics, "numUpdatedRows", totals.rows().updated());
      // Spark counts files with updated rows here, marked ones too.
      RewriteTotals.put(
          metrics,
          "numRemovedFiles",
          totals.filesRemoved() + totals.vectorsAdded() + totals.vectorsUpdated());
    } else if (totals.rows().deleted() >= 0) {
      RewriteTotals.put(metrics, "numDeletedRows", totals.rows().deleted());
    }
    return metrics;
  }
}
