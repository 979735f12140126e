package io.neuralake.internal.plan;

import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes rows of data files in three steps: plan, tasks, commit. After a conflict that rebasing
 * cannot settle all three are done again on the newest version, and the files of the lost plan are
 * removed. Used once; not thread-safe.
 */
public final class RewriteJob {

  /**
   * What was done.
   *
   * @param outcome the commit; without a plan if there was nothing to do
   * @param totals what the committed plan, or the last one, comes to
   * @param writing time until the first plan's files were complete
   * @param committing time from then on
   */
  public record Result(
      CommitOutcome outcome, RewriteTotals totals, Duration writing, Duration committing) {}

  private final TableContext table;
  private final RowOperation operation;
  private final ProgressListener listener;
  private final Clock clock;
  private StagedChanges staged;
  private @Nullable LogSnapshot newest;
  private @Nullable Instant written;

  RewriteJob(TableContext table, RowOperation operation, ProgressListener listener) {
    this.table = table;
    this.operation = operation;
    this.listener = listener;
    this.clock = table.runtime().clock(); // the lake may be closed while the commit is under way
    this.staged = new StagedChanges(table, listener);
  }

  /** Does it. */
  Result run() {
    Instant begun = clock.instant();
    boolean settled = false;
    try {
      newest = table.latest();
      TableState start = table.stateAt(newest);
      CommitOutcome outcome = Transaction.run(table, start, this::plan, Engine.INFO);
      settled = outcome.plan() != null;
      Instant planned = written == null ? clock.instant() : written;
      return new Result(
          outcome,
          staged.totals(),
          Duration.between(begun, planned),
          Duration.between(planned, clock.instant()));
    } catch (CommitStateUnknownException | Error e) {
      settled = true; // the commit may hold these files
      throw e;
    } finally {
      if (!settled) {
        staged.discard();
      }
    }
  }

  private @Nullable CommitPlan plan(TableState state) {
    staged.discard(); // of a plan that has lost
    staged = new StagedChanges(table, listener);
    Action.SetTransaction transaction = operation.options().transaction();
    if (table.holder(state, transaction).isPresent()) {
      return null;
    }
    ProtocolRules.checkWritable(state.requireProtocol(), table.table());
    if (!operation.onlyAdds() && state.requireMetadata().properties().appendOnly()) {
      throw appendOnly(table.table());
    }
    LogSnapshot snapshot = newest;
    newest = null;
    if (snapshot == null || snapshot.version() != state.version()) {
      snapshot = table.log().at(state.version());
    }
    CommitPlan plan = operation.plan(state, snapshot, staged);
    if (written == null) {
      written = clock.instant();
    }
    return plan == null || transaction == null ? plan : with(transaction, plan);
  }

  /** The refusal to change rows of a table that only grows. */
  static InvalidRequestException appendOnly(String table) {
    return new InvalidRequestException(
        table
            + ": the property delta.appendOnly forbids to remove rows or to change them. Append"
            + " instead, or unset the property.");
  }

  private static CommitPlan with(Action.SetTransaction transaction, CommitPlan plan) {
    List<Action> actions = new ArrayList<>(plan.actions().size() + 1);
    actions.add(transaction);
    actions.addAll(plan.actions());
    return new CommitPlan(
        plan.operation(),
        plan.parameters(),
        plan.metrics(),
        plan.reads(),
        plan.protocol(),
        plan.metadata(),
        actions,
        plan.options());
  }
}
