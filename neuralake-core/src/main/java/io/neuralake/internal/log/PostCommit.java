package io.neuralake.internal.log;

import io.delta.kernel.exceptions.KernelEngineException;
import io.neuralake.error.NeuralLakeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work after a commit, off its path: checkpoints, version checksums, clean-up of the log, and
 * compacted commits. A failure is logged and harms nobody: the next interval tries again.
 * Thread-safe.
 */
public final class PostCommit {

  private static final Logger LOG = LoggerFactory.getLogger(PostCommit.class);

  private final Executor background;
  private final Clock clock;
  private final Supplier<UUID> names;
  private final int compactEvery;

  /** The newest version of each table that waits for a checkpoint, or is getting one. */
  private final Map<String, Long> wanted = new ConcurrentHashMap<>();

  /**
   * The work of a lake.
   *
   * @param names of sidecars and manifests of checkpoints
   * @param compactEvery how many commits become one file between checkpoints, zero for none
   */
  public PostCommit(Executor background, Clock clock, Supplier<UUID> names, int compactEvery) {
    this.background = background;
    this.clock = clock;
    this.names = names;
    this.compactEvery = compactEvery;
  }

  /** Schedules what the number of a version that was just committed calls for. */
  public void committed(TableLog log, long version, long checkpointInterval) {
    if (version == 0) {
      return;
    }
    if (version % checkpointInterval == 0) {
      if (wanted.merge(log.table(), version, Math::max) == version) {
        schedule(log, version, () -> checkpointWanted(log, version));
      }
    } else if (compactEvery > 1 && version % compactEvery == 0) {
      // A checkpoint in between ends the run: readers begin there.
      long first = Math.max(version - compactEvery, version - version % checkpointInterval) + 1;
      if (first < version) {
        schedule(log, version, () -> compact(log, first, version));
      }
    }
  }

  private void schedule(TableLog log, long version, Runnable work) {
    try {
      background.execute(work);
    } catch (RejectedExecutionException e) {
      wanted.remove(log.table(), version);
      LOG.debug("{}: closing, nothing is done after version {}", log.table(), version);
    }
  }

  /** Passes over versions that a newer one has made superfluous meanwhile. */
  private void checkpointWanted(TableLog log, long version) {
    if (Long.valueOf(version).equals(wanted.get(log.table()))) {
      try {
        checkpoint(log, version);
      } finally {
        wanted.remove(log.table(), version);
      }
    }
  }

  private void compact(TableLog log, long first, long last) {
    if (wanted.getOrDefault(log.table(), -1L) < last) {
      attempt(log, "compacting commits up to " + last, () -> compacted(log, first, last));
    }
  }

  private static void compacted(TableLog log, long first, long last) throws IOException {
    if (!new CompactedCommits(log).write(first, last)) {
      LOG.debug("{}: commits {} to {} were not compacted", log.table(), first, last);
    }
  }

  /**
   * Writes a checkpoint and a checksum of a version, and deletes what of the log has expired; false
   * if the checkpoint was not possible.
   */
  public boolean checkpoint(TableLog log, long version) {
    boolean written =
        attempt(
            log,
            "writing a checkpoint of version " + version,
            () -> new Checkpoint(log.at(version), clock.instant(), names).write());
    if (written) {
      attempt(
          log,
          "writing a checksum of version " + version,
          () ->
              log.at(version).writeChecksum(clock)); // it reads the checkpoint, not what that read
      attempt(
          log,
          "cleaning up the log",
          () -> new LogCleanup(log, log.at(version), clock.instant()).run());
    }
    return written;
  }

  @FunctionalInterface
  private interface Work {
    void run() throws IOException;
  }

  private static boolean attempt(TableLog log, String doing, Work work) {
    try {
      work.run();
      return true;
    } catch (IOException | UncheckedIOException | NeuralLakeException | KernelEngineException e) {
      String why = KernelErrors.translate(log.table(), doing, e).getMessage();
      LOG.warn("The next interval tries again: {}", why);
    } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
      LOG.warn("{}: {} failed", log.table(), doing, e);
    }
    return false;
  }
}
