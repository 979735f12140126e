package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.FileFacts;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The rows that an overwrite replaces: all, those of a condition that its own rows satisfy, or
 * those of the partitions that its own rows have. Used by one write; not thread-safe.
 */
final class ReplacedRows {

  /**
   * What an overwrite replaces.
   *
   * @param condition which rows, null for all
   * @param ownPartitions whether only rows of the partitions that the new rows have
   * @param listener hears how many files with other rows have been rewritten
   */
  record Scope(@Nullable Expr condition, boolean ownPartitions, ProgressListener listener) {
    static final Scope ALL = new Scope(null, false, ProgressListener.NONE);

    boolean isPart() {
      return condition != null || ownPartitions;
    }
  }

  /**
   * What a plan takes out.
   *
   * @param reads what the plan depends on
   * @param actions removes of files, and what becomes of rows of theirs that stay
   */
  record Part(CommitPlan.Reads reads, List<Action> actions) {}

  private final TableContext table;
  private final Scope scope;
  private final String conditionText;
  private final @Nullable BatchEvaluator condition;

  /** The new rows as changes; null if no version can need them. */
  private final @Nullable ChangeFiles inserts;

  private StagedChanges staged;

  ReplacedRows(TableContext table, Scope scope, WriteTarget target) {
    this.table = table;
    this.scope = scope;
    this.staged = new StagedChanges(table, scope.listener());
    TableMetadata metadata = target.metadata();
    if (scope.ownPartitions() && metadata.partitionColumns().isEmpty()) {
      throw new InvalidRequestException(
          table.table()
              + ": the table has no partitions, so that those of the rows cannot be replaced. Name"
              + " the rows to replace with where(..).");
    }
    Expr where = scope.condition();
    this.conditionText = where == null ? "" : where.toSql();
    BoundExpr bound = where == null ? null : bind(where, metadata);
    this.condition = bound == null ? null : new BatchEvaluator(bound);
    Set<String> partitions = new HashSet<>();
    metadata.partitionFields().forEach(field -> partitions.add(field.getName()));
    boolean wholeFiles =
        bound == null || bound.columns().stream().allMatch(p -> partitions.contains(p.get(0)));
    this.inserts =
        wholeFiles || !metadata.properties().changeDataFeed()
            ? null
            : new ChangeFiles(target, table.log().store(), table.runtime());
  }

  private BoundExpr bind(Expr where, TableMetadata metadata) {
    try {
      return Binder.of(metadata.schema()).predicate(where);
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(table.table() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Looks at new rows, which must be such as are replaced.
   *
   * @param firstRow number of its first row among all rows of the write
   * @throws InvalidRequestException naming the first row that does not satisfy the condition
   */
  void accept(VectorSchemaRoot batch, long firstRow, BufferAllocator allocator) throws IOException {
    if (condition == null) {
      return;
    }
    Selection satisfied = condition.filter(batch);
    if (!satisfied.isAll()) {
      throw new InvalidRequestException(
          "row "
              + (firstRow + RowRules.firstUnselected(satisfied))
              + " does not satisfy the condition of the rows that it replaces: "
              + conditionText
              + " is not true");
    }
    if (inserts != null) {
      inserts.write(batch, ChangeFeed.INSERT, allocator);
    }
  }

  /** Whether new rows are written as changes too, so that they must stay as they are. */
  boolean recordsNewRows() {
    return inserts != null;
  }

  /** All new rows have been seen. */
  void finish() throws IOException {
    if (inserts != null) {
      inserts.finish();
    }
  }

  /** Plans what goes, in place of an earlier plan. */
  Part plan(TableState state, List<Action.Add> adds) {
    staged.discard();
    staged = new StagedChanges(table, scope.listener());
    if (state.requireMetadata().properties().appendOnly()) {
      throw RewriteJob.appendOnly(table.table());
    }
    LogSnapshot snapshot = table.log().at(state.version());
    CommitPlan.Reads reads;
    if (scope.condition() != null) {
      new EditRows(scope.condition(), List.of(), CommitOptions.NONE).stage(snapshot, staged);
      reads =
          CommitPlan.Reads.of(
              List.of(bind(scope.condition(), snapshot.metadata())),
              new LinkedHashSet<>(staged.touched()));
    } else if (scope.ownPartitions()) {
      reads = ownPartitions(snapshot, adds);
    } else {
      removeIf(snapshot, file -> true);
      reads = CommitPlan.Reads.EVERYTHING;
    }
    List<Action> actions = new ArrayList<>(staged.actions());
    if (inserts != null && staged.hasChangeFiles()) {
      inserts.files().forEach(file -> actions.add(new Action.Cdc(file)));
    }
    return new Part(reads, actions);
  }

  private CommitPlan.Reads ownPartitions(LogSnapshot snapshot, List<Action.Add> adds) {
    FileFacts facts = new FileFacts(table.table(), snapshot.metadata(), Set.of());
    Set<Map<String, @Nullable Object>> own = new LinkedHashSet<>();
    adds.forEach(add -> own.add(facts.partitionValues(add.file())));
    removeIf(snapshot, file -> own.contains(facts.partitionValues(file)));
    Binder binder = Binder.of(snapshot.metadata().schema());
    List<BoundExpr> read = new ArrayList<>();
    for (Map<String, @Nullable Object> values : own) {
      Expr same = Expr.lit(true);
      for (StructField field : snapshot.metadata().partitionFields()) {
        Expr column = Expr.column(List.of(field.getName()));
        same = same.and(column.eqNullSafe(Expr.lit(values.get(field.getName()))));
      }
      read.add(binder.predicate(same));
    }
    return CommitPlan.Reads.of(read, new LinkedHashSet<>(staged.touched()));
  }

  private void removeIf(LogSnapshot snapshot, java.util.function.Predicate<DataFile> replaced) {
    try (LogSnapshot.Files files = snapshot.files(false)) {
      while (files.hasNext()) {
        DataFile file = files.next();
        if (replaced.test(file)) {
          staged.remove(file, -1);
        }
      }
    }
  }

  /** What the last plan takes out. */
  RewriteTotals totals() {
    return staged.totals();
  }

  /** Removes what no version can hold: all, or, of a committed plan, what it did not need. */
  void discard(boolean committed) {
    if (inserts != null && !(committed && staged.hasChangeFiles())) {
      inserts.discard();
    }
    if (!committed) {
      staged.discard();
    }
  }
}
