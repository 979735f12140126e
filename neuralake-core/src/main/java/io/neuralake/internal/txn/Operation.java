package io.neuralake.internal.txn;

import org.jspecify.annotations.Nullable;

/** Plans a commit, as often as conflicts call for it. */
@FunctionalInterface
public interface Operation {

  /**
   * Plans on a state of the table, without writing to the log. Called again with a newer state
   * after a conflict that rebasing cannot settle, or after others of the same lake have committed;
   * by other threads too, one at a time.
   *
   * @return the plan, or null if there is nothing (left) to do
   * @throws io.neuralake.error.NeuralLakeException if the operation is not possible (any more)
   */
  @Nullable CommitPlan plan(TableState state);
}
