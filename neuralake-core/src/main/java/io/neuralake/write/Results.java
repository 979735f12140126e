package io.neuralake.write;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.plan.WriteJob;
import io.neuralake.internal.txn.CommitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Makes results out of outcomes. */
final class Results {

  private Results() {}

  static CommitResult of(WriteJob.Result result) {
    return of(
        result.outcome(),
        result.rows(),
        result.bytes(),
        Map.of("write", result.writing(), "commit", result.committing()));
  }

  static CommitResult of(
      CommitOutcome outcome, long rows, long bytes, Map<String, Duration> phases) {
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
        outcome.state().version(),
        Instant.ofEpochMilli(outcome.timestampMillis()),
        outcome.plan() != null,
        new CommitResult.Changes(added, removed, rows, bytes, bytesRemoved),
        outcome.attempts(),
        phases);
  }
}
