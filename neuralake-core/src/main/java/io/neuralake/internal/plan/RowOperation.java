package io.neuralake.internal.plan;

import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableState;
import org.jspecify.annotations.Nullable;

/** An operation that changes rows of files: how it is planned on a version of the table. */
interface RowOperation {

  /** What the caller says of the commit. */
  CommitOptions options();

  /** Whether it never changes or removes rows, which a table may forbid. */
  default boolean onlyAdds() {
    return false;
  }

  /**
   * Plans, and runs the tasks of the plan. Called again, with a newer version, after a conflict.
   *
   * @param state what is known of the version
   * @param snapshot the version
   * @param staged runs tasks, keeps what they have written, and makes actions of it
   * @return the plan, whose actions need not name the transaction; null if there is nothing to do
   */
  @Nullable CommitPlan plan(TableState state, LogSnapshot snapshot, StagedChanges staged);
}
