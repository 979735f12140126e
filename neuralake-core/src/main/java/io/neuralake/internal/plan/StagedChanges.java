package io.neuralake.internal.plan;

import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DeletionVector;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.txn.TableContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * What one plan changes: files that go, and what its tasks have written. It is committed as a
 * whole, or discarded. Not thread-safe.
 */
final class StagedChanges {

  private final TableContext table;
  private final ProgressListener listener;
  private final long begun;
  private final List<DataFile> removed = new ArrayList<>();
  private final List<RewriteResult> results = new ArrayList<>();
  private final List<String> vectorFiles = new ArrayList<>();

  /** Rows of the removed files; -1 once that is not known. */
  private long removedRows;

  private int filesTotal;
  private int filesDone;
  private long changedRows;
  private long bytes;

  StagedChanges(TableContext table, ProgressListener listener) {
    this.table = table;
    this.listener = listener;
    this.begun = table.runtime().clock().millis();
  }

  /**
   * Takes a whole file out of the table, without opening it.
   *
   * @param rows its live rows, -1 if the log does not say
   */
  void remove(DataFile file, long rows) {
    removed.add(file);
    removedRows = rows < 0 || removedRows < 0 ? -1 : removedRows + rows;
    changedRows += Math.max(0, rows);
    filesTotal++;
    filesDone++;
  }

  /**
   * Runs tasks; their results are part of the change from then on.
   *
   * @return the results, in no particular order
   */
  List<RewriteResult> run(List<? extends FileTask<RewriteResult>> tasks) {
    filesTotal += tasks.size();
    report();
    List<RewriteResult> done = new ArrayList<>(tasks.size());
    boolean[] going = {true};
    try {
      table
          .runtime()
          .tasks()
          .<RewriteResult>run(
              tasks,
              TaskHost.of(table),
              result -> {
                results.add(result); // before anything can fail: its files must not be forgotten
                done.add(result);
                filesDone++;
                changedRows += result.counts().changed();
                bytes += result.bytes();
                if (going[0]) {
                  going[0] = false;
                  report();
                  going[0] = true;
                }
              });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          table.table() + ": interrupted while data files were rewritten; nothing is visible.", e);
    }
    return done;
  }

  private void report() {
    listener.progress(new ProgressListener.Progress(filesDone, filesTotal, changedRows, bytes));
  }

  /** Whether anything changes. */
  boolean isEmpty() {
    return removed.isEmpty()
        && results.stream().allMatch(r -> r.file() == null && r.adds().isEmpty());
  }

  /** Whether the version says row by row what has changed. */
  boolean hasChangeFiles() {
    return results.stream().anyMatch(result -> !result.changes().isEmpty());
  }

  /** Paths, as they stand in the log, of the files that change. */
  List<String> touched() {
    List<String> paths = new ArrayList<>();
    removed.forEach(file -> paths.add(file.path()));
    results.stream()
        .map(RewriteResult::file)
        .filter(Objects::nonNull)
        .forEach(file -> paths.add(file.path()));
    return paths;
  }

  /** The actions that make it visible; writes the file of large deletion vectors. */
  List<Action> actions() {
    long now = table.runtime().clock().millis();
    List<Action> actions = new ArrayList<>();
    removed.forEach(file -> actions.add(new Action.Remove(file, now, true)));
    for (RewriteResult result : results) {
      if (result.file() != null) {
        actions.add(new Action.Remove(result.file(), now, true));
      }
    }
    marked().forEach(file -> actions.add(new Action.Add(file, true)));
    for (RewriteResult result : results) {
      result.adds().forEach(file -> actions.add(new Action.Add(file, true)));
      result.changes().forEach(file -> actions.add(new Action.Cdc(file)));
    }
    return actions;
  }

  private List<DataFile> marked() {
    List<DataFile> marked = new ArrayList<>();
    List<DeletionVector> vectors = new ArrayList<>();
    for (RewriteResult result : results) {
      DataFile file = result.marked();
      if (file != null && file.deletionVector() != null) {
        marked.add(file);
        vectors.add(file.deletionVector());
      }
    }
    if (marked.isEmpty()) {
      return marked;
    }
    UUID id = table.runtime().newUuid();
    vectorFiles.add(DeletionVectors.fileName(id));
    try {
      vectors = DeletionVectors.store(table.log().store(), table.table(), id, vectors);
    } catch (IOException e) {
      throw KernelErrors.translate(table.table(), "writing deletion vectors", e);
    }
    for (int i = 0; i < marked.size(); i++) {
      marked.set(i, marked.get(i).withDeletionVector(marked.get(i).stats(), vectors.get(i)));
    }
    return marked;
  }

  /** What it comes to. */
  RewriteTotals totals() {
    long elapsed = table.runtime().clock().millis() - begun;
    return RewriteTotals.of(removed, removedRows, results, elapsed);
  }

  /** Deletes what was written, for a plan that certainly is not visible. Never throws. */
  void discard() {
    List<String> paths = new ArrayList<>(vectorFiles);
    for (RewriteResult result : results) {
      result.adds().forEach(file -> paths.add(file.path()));
      result.changes().forEach(file -> paths.add(file.path()));
    }
    removed.clear();
    results.clear();
    vectorFiles.clear();
    discard(table, paths);
  }

  /** Deletes files by their paths in the log, even if the thread is interrupted. Never throws. */
  static void discard(TableContext table, List<String> paths) {
    boolean interrupted = Thread.interrupted(); // cleaning up must not fail because of it
    try {
      StagedFiles.delete(table.log().store(), table.table(), paths);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
