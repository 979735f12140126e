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
    long added = 0;
    if (result.outcome().plan() != null) {
      added =
          result.outcome().plan().actions().stream().filter(Action.Add.class::isInstance).count();
    }
    RewriteTotals replaced = result.replaced();
    CommitResult.Changes changes =
        replaced == null
            ? new CommitResult.Changes(added, 0, 0, result.rows(), 0, 0, result.bytes(), 0)
            : new CommitResult.Changes(
                added - marked(replaced),
                replaced.filesRemoved(),
                marked(replaced),
                result.rows(),
                replaced.rows().deleted(),
                0,
                result.bytes() + replaced.bytesAdded(),
                replaced.bytesRemoved());
    return of(
        table, options, result.outcome(), changes, phases(result.writing(), result.committing()));
  }

  static CommitResult of(TableContext table, CommitOptions options, CommitOutcome outcome) {
    long added = 0;
    long removed = 0;
    long bytesAdded = 0;
    long bytesRemoved = 0;
    if (outcome.plan() != null) {
      for (Action action : outcome.plan().actions()) {
        if (action instanceof Action.Add add) {
          added++;
          bytesAdded += add.file().size();
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
        new CommitResult.Changes(added, removed, 0, 0, 0, 0, bytesAdded, bytesRemoved),
        Map.of());
  }

  private static long marked(RewriteTotals totals) {
    return totals.vectorsAdded() + totals.vectorsUpdated();
  }

  private static Map<String, Duration> phases(Duration writing, Duration committing) {
    return Map.of("write", writing, "commit", committing);
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
                marked(totals),
                totals.rows().inserted(),
                totals.rows().deleted(),
                totals.rows().updated(),
                totals.bytesAdded(),
                totals.bytesRemoved()),
        phases(result.writing(), result.committing()));
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
