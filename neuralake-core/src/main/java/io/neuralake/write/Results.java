package io.neuralake.write;

import io.neuralake.internal.log.Action;
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
    long bytes = 0;
    if (outcome.plan() != null) {
      for (Action action : outcome.plan().actions()) {
        bytes += action instanceof Action.Add add ? add.file().size() : 0;
      }
    }
    return of(table, options, outcome, 0, bytes, Map.of());
  }

  private static CommitResult of(
      TableContext table,
      CommitOptions options,
      CommitOutcome outcome,
      long rows,
      long bytes,
      Map<String, Duration> phases) {
    long version = outcome.state().version();
    if (outcome.plan() == null) {
      version = table.holder(outcome.state(), options.transaction()).orElse(version);
    }
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
    return new CommitResult(
        version,
        Instant.ofEpochMilli(outcome.timestampMillis()),
        outcome.plan() != null,
        new CommitResult.Changes(added, removed, rows, bytes, bytesRemoved),
        outcome.attempts(),
        phases);
  }
}
