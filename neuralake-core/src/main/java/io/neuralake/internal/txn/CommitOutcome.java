package io.neuralake.internal.txn;

/**
 * A commit that took effect.
 *
 * @param state the table right after it
 * @param plan what was committed
 * @param timestampMillis when, by the writer's clock or the in-commit timestamp
 * @param attempts how often a version was tried
 */
public record CommitOutcome(TableState state, CommitPlan plan, long timestampMillis, int attempts) {}
