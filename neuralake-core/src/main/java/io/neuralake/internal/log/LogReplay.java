package io.neuralake.internal.log;

import io.delta.kernel.internal.replay.DeltaLogFile;
import io.delta.kernel.utils.FileStatus;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Finds the live files of a version (Delta protocol, "Action Reconciliation"): reads commits and
 * compacted commits from the newest on, then the checkpoint; what a newer file named is dead or
 * known. It holds one batch, and the names in the commits behind the checkpoint. Not thread-safe.
 */
final class LogReplay implements Closeable {

  /** Where live files are found. */
  interface Source extends Closeable {
    /** The next live file, null at the end. */
    @Nullable DataFile next() throws IOException;
  }

  /**
   * A file of the log.
   *
   * @param size bytes if known, else zero or less
   * @param checkpoint whether it is part of a checkpoint, in which nothing is removed or repeated
   * @param manifest whether it may name sidecars
   */
  record LogFile(String location, long size, boolean checkpoint, boolean manifest) {

    static LogFile of(FileStatus file) {
      DeltaLogFile.LogType type = DeltaLogFile.forFileStatus(file).getLogType();
      return new LogFile(
          StoreFileIO.location(file.getPath()),
          file.getSize(),
          type != DeltaLogFile.LogType.COMMIT && type != DeltaLogFile.LogType.LOG_COMPACTION,
          type == DeltaLogFile.LogType.CHECKPOINT_CLASSIC
              || type == DeltaLogFile.LogType.V2_CHECKPOINT_MANIFEST);
    }
  }

  private final LogEngine log;
  private final boolean withStats;
  private final Collection<FileStatus> newestFirst;
  private final Deque<LogFile> pending = new ArrayDeque<>();
  private final FileKeys seen = new FileKeys();
  private boolean begun;
  private @Nullable Source current;

  /**
   * A replay; nothing is read yet.
   *
   * @param newestFirst commits, compacted commits and the files of a checkpoint, newest first
   * @param withStats whether statistics are wanted
   */
  LogReplay(LogEngine log, Collection<FileStatus> newestFirst, boolean withStats) {
    this.log = log;
    this.withStats = withStats;
    this.newestFirst = newestFirst;
    newestFirst.forEach(file -> pending.add(LogFile.of(file)));
  }

  /** The next live file, null at the end. */
  @Nullable DataFile next() throws IOException {
    if (!begun) {
      begun = true;
      log.files().expect(newestFirst);
    }
    while (true) {
      if (current != null) {
        DataFile file = current.next();
        if (file != null) {
          return file;
        }
        close();
      }
      LogFile file = pending.poll();
      if (file == null) {
        return null;
      }
      current =
          file.location().endsWith(".json")
              ? new JsonFiles(log, file, withStats, seen, this::addSidecar)
              : new CheckpointFiles(log, file, withStats, seen, this::addSidecar);
    }
  }

  private void addSidecar(String path, long size) {
    pending.add(new LogFile(LogPaths.sidecar(log.table(), path), size, true, false));
  }

  @Override
  public void close() throws IOException {
    if (current != null) {
      Source done = current;
      current = null;
      done.close();
    }
  }
}
