package io.neuralake.internal.txn;

import org.jspecify.annotations.Nullable;

/**
 * How a transaction ended.
 *
 * @param state the table right after it
 * @param plan what was committed, null if there was nothing to do
 * @param timestampMillis when, by the writer's clock or the in-commit timestamp
 * @param attempts how often a version was tried
 */
public record CommitOutcome(
    TableState state, @Nullable CommitPlan plan, long timestampMillis, int attempts) {}
