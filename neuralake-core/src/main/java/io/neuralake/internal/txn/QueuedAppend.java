package io.neuralake.internal.txn;

import io.neuralake.internal.log.Action;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * One append in the queue of its table: its plan, which the thread that commits it keeps up to
 * date, and how it ended, which {@link CommitQueue}'s lock guards.
 */
final class QueuedAppend {

  private final Operation operation;
  private TableState plannedOn;
  private @Nullable CommitPlan plan;

  final Instant begun;

  /** Signalled when it is this append's turn, or its end is known. */
  final Condition changed;

  /** Whether it must not share a version (any more). */
  boolean alone;

  /** Whether its caller was interrupted and no longer waits for it. */
  boolean gone;

  /** The group that holds it, null while it waits. */
  @Nullable CommitGroup group;

  @Nullable CommitOutcome outcome;
  @Nullable RuntimeException failure;

  /** Plans the append, in its caller's thread. */
  QueuedAppend(Operation operation, TableState start, Instant begun, Condition changed) {
    this.operation = operation;
    this.plannedOn = start;
    this.plan = operation.plan(start);
    this.begun = begun;
    this.changed = changed;
  }

  boolean isSettled() {
    return outcome != null || failure != null;
  }

  TableState plannedOn() {
    return plannedOn;
  }

  /** The newest plan. */
  @Nullable CommitPlan plan() {
    return plan;
  }

  /** The plan on a state; new only if more than rows has changed since the last one. */
  @Nullable CommitPlan plan(TableState state) {
    if (!state.equals(plannedOn)) {
      if (!holdsOn(state)) {
        plan = operation.plan(state);
      }
      plannedOn = state;
    }
    return plan;
  }

  private boolean holdsOn(TableState state) {
    return plan != null
        && plan.isBlindAppend()
        && plan.actions().stream().allMatch(Action.Add.class::isInstance)
        && Objects.equals(state.protocol(), plannedOn.protocol())
        && Objects.equals(state.metadata(), plannedOn.metadata());
  }
}
