package io.neuralake.ingest;

import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.exec.Traced;
import io.neuralake.write.Append;
import io.neuralake.write.CommitResult;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes batches, several at a time, and commits them one after the other. Thread-safe. */
final class StreamCommits {
  private static final Logger LOG = LoggerFactory.getLogger(StreamCommits.class);

  private final NeuralTable table;
  private final @Nullable ExactlyOnce exactlyOnce;
  private final int attempts;
  private final IngestMetrics metrics;
  private volatile @Nullable RuntimeException broken;

  StreamCommits(
      NeuralTable table, @Nullable ExactlyOnce exactlyOnce, int attempts, IngestMetrics metrics) {
    this.table = table;
    this.exactlyOnce = exactlyOnce;
    this.attempts = attempts;
    this.metrics = metrics;
  }

  /** What a batch has failed with that no later one may pass; null if all is well. */
  @Nullable RuntimeException broken() {
    return broken;
  }

  /**
   * Makes a batch durable.
   *
   * @throws RuntimeException what it has failed with for good
   */
  WriteReceipt write(StreamBatch<?> batch) {
    try {
      CommitResult result =
          Traced.call("flush", table.location(), () -> commit(batch), CommitResult::version);
      if (exactlyOnce != null && !result.committed()) {
        exactlyOnce.requireOwn(batch);
      }
      long rows = batch.rows().rows();
      metrics.written(result, rows);
      return new WriteReceipt(result.version(), result.timestamp(), rows);
    } catch (RuntimeException | Error e) {
      RuntimeException failure =
          e instanceof RuntimeException known
              ? known
              : new CommitStateUnknownException( // memory ran out, say, perhaps in the middle
                  table.location() + ": it is not known whether a batch was committed: " + e, e);
      if (exactlyOnce != null && broken == null) {
        broken = failure;
      }
      metrics.failed();
      throw failure;
    }
  }

  private CommitResult commit(StreamBatch<?> batch) {
    for (int attempt = 1; ; attempt++) {
      try {
        Append append = batch.rows().append().beforeCommit(() -> awaitTurn(batch));
        return (exactlyOnce == null ? append : exactlyOnce.number(append, batch)).commit();
      } catch (CommitStateUnknownException e) {
        if (exactlyOnce == null || !again(attempt, e)) {
          throw e;
        }
      } catch (StorageException | CommitConflictException e) {
        if (!again(attempt, e)) {
          throw e;
        }
      }
    }
  }

  private boolean again(int attempt, RuntimeException e) {
    boolean again = attempt < attempts && broken == null && !Thread.currentThread().isInterrupted();
    if (again) {
      metrics.retried();
      LOG.info("{}: attempt {} at a batch failed: {}", table.location(), attempt, e.getMessage());
    }
    return again;
  }

  /** Waits for the batch before, which with exactly once must not have failed. */
  private void awaitTurn(StreamBatch<?> batch) {
    try {
      batch.turn.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          table.location() + ": interrupted before a batch was committed; nothing is visible.", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it never ends so
    }
    RuntimeException earlier = broken;
    if (earlier != null) {
      throw new InvalidRequestException(
          table.location()
              + ": an earlier batch failed, which this one must not pass: "
              + earlier.getMessage()
              + " Open a writer anew and go on after resumedAt().",
          earlier);
    }
  }
}
