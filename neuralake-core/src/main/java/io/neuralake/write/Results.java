package io.neuralake.write;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.plan.RewriteJob;
import io.neuralake.internal.plan.RewriteTotals;
import io.neuralake.internal.plan.WriteJob;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.TableContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Makes results out of outcomes. */
final class Results {

  private Results() {}

  static CommitResult of(TableContext table, CommitOptions options, WriteJob.Result result) {
    return of(
        table,
        options,
        result.outcome(),
        result.rows(),
        result.bytes(),
        Map.of("write", result.writing(), "commit", result.committing()));
  }

  static CommitResult of(TableContext table, CommitOptions options, CommitOutcome outcome) {
    return of(table, options, outcome, 0, 0, Map.of());
  }

  static CommitResult of(TableContext table, CommitOptions options, RewriteJob.Result result) {
    RewriteTotals totals = result.totals();
    boolean done = result.outcome().plan() != null;
    return of(
        table,
        options,
        result.outcome(),
        !done
            ? CommitResult.Changes.NONE
            : new CommitResult.Changes(
                totals.filesAdded(),
                totals.filesRemoved(),
                totals.vectorsAdded() + totals.vectorsUpdated(),
                totals.rows().inserted(),
                totals.rows().deleted(),
                totals.rows().updated(),
                totals.bytesAdded(),
                totals.bytesRemoved()),
        Map.of("write", result.writing(), "commit", result.committing()));
  }

  private static CommitResult of(
      TableContext table,
      CommitOptions options,
      CommitOutcome outcome,
      long rows,
      long bytes,
      Map<String, Duration> phases) {
    long added = 0;
    long removed = 0;
    long bytesRemoved = 0;
    if (outcome.plan() != null) {
      for (Action action : outcome.plan().actions()) {
        if (action instanceof Action.Add) {
          added++;
        } else if (action instanceof Action.Remove remove) {
          removed++;
          bytesRemoved += remove.file().size();
        }
      }
    }
    return of(
        table,
        options,
        outcome,
        new CommitResult.Changes(
            added, removed, 0, rows, removed > 0 ? -1 : 0, 0, bytes, bytesRemoved),
        phases);
  }

  private static CommitResult of(
      TableContext table,
      CommitOptions options,
      CommitOutcome outcome,
      CommitResult.Changes changes,
      Map<String, Duration> phases) {
    long version = outcome.state().version();
    if (outcome.plan() == null) {
      version = table.holder(outcome.state(), options.transaction()).orElse(version);
    }
    return new CommitResult(
        version,
        Instant.ofEpochMilli(outcome.timestampMillis()),
        outcome.plan() != null,
        changes,
        outcome.attempts(),
        phases);
  }
}
