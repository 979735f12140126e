package io.neuralake.internal.log;

import io.delta.kernel.exceptions.KernelEngineException;
import io.neuralake.error.NeuralLakeException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work after a commit, off its path: checkpoints and version checksums. A failure is logged and
 * harms nobody: the next interval tries again. Thread-safe.
 */
public final class PostCommit {

  private static final Logger LOG = LoggerFactory.getLogger(PostCommit.class);

  private final Executor background;

  /** The newest version of each table that waits for a checkpoint, or is getting one. */
  private final Map<String, Long> wanted = new ConcurrentHashMap<>();

  public PostCommit(Executor background) {
    this.background = background;
  }

  /** Schedules a checkpoint of a version that was just committed, if its number calls for one. */
  public void committed(TableLog log, long version, long checkpointInterval) {
    if (version == 0 || version % checkpointInterval != 0) {
      return;
    }
    if (wanted.merge(log.table(), version, Math::max) == version) {
      try {
        background.execute(() -> checkpointWanted(log, version));
      } catch (RejectedExecutionException e) {
        wanted.remove(log.table(), version);
        LOG.debug("{}: closing, checkpoint of version {} is left out", log.table(), version);
      }
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

  /** Writes a checkpoint and a checksum of a version; false if that was not possible. */
  public static boolean checkpoint(TableLog log, long version) {
    try {
      LogSnapshot snapshot = log.at(version);
      snapshot.writeCheckpoint();
      snapshot.writeChecksum();
      return true;
    } catch (io.delta.kernel.exceptions.CheckpointAlreadyExistsException e) {
      return true; // another writer was faster
    } catch (IOException | NeuralLakeException | KernelEngineException e) {
      String why =
          KernelErrors.translate(log.table(), "writing a checkpoint of version " + version, e)
              .getMessage();
      LOG.warn("No checkpoint, the next interval tries again: {}", why);
    } catch (RuntimeException | AssertionError | StackOverflowError | OutOfMemoryError e) {
      LOG.warn("{}: no checkpoint of version {}", log.table(), version, e);
    }
    return false;
  }
}
