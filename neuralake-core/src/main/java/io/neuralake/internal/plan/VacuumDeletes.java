package io.neuralake.internal.plan;

import io.neuralake.exec.ProgressListener;
import io.neuralake.exec.ProgressListener.Progress;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitsAhead;
import io.neuralake.internal.log.KeptFiles;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.store.Locations;
import io.neuralake.internal.txn.TableContext;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Deletes what a vacuum has found, in batches, a few at a time, not faster than is allowed. Before
 * each wave of batches it looks whether commits have come that need one of the files. Used once;
 * not thread-safe.
 */
final class VacuumDeletes implements Consumer<Doomed> {

  /** What one request of S3 deletes. */
  private static final int BATCH = 1_000;

  private static final int BATCHES_OF_A_WAVE = 8;

  /** What one request deletes. */
  private record Batch(List<Doomed> files) implements Serializable {}

  private final TableContext table;
  private final LakeRuntime runtime;
  private final KeptFiles kept;
  private final double perSecond;
  private final ProgressListener listener;
  private final VacuumTotals totals;
  private final int batch;
  private List<Doomed> pending = new ArrayList<>();
  private long nextVersion;
  private long found;
  private Instant free = Instant.MIN;

  /**
   * Deletes nothing yet.
   *
   * @param version up to which {@code kept} knows what is needed
   * @param perSecond files, infinite for as fast as it goes
   * @param totals is told what was deleted
   */
  VacuumDeletes(
      TableContext table,
      KeptFiles kept,
      long version,
      double perSecond,
      ProgressListener listener,
      VacuumTotals totals) {
    this.table = table;
    this.runtime = table.runtime();
    this.kept = kept;
    this.nextVersion = version + 1;
    this.perSecond = perSecond;
    this.listener = listener;
    this.totals = totals;
    this.batch = (int) Math.max(1, Math.min(BATCH, perSecond));
  }

  /** Deletes a file, now or with the next. */
  @Override
  public void accept(Doomed file) {
    found++;
    pending.add(file);
    if (pending.size() >= BATCHES_OF_A_WAVE * batch) {
      wave();
    }
  }

  /** Deletes what is left. */
  void finish() {
    if (!pending.isEmpty()) {
      wave();
    }
  }

  private void wave() {
    noticeCommits();
    List<Doomed> files = pending.stream().filter(file -> !kept.contains(file.path())).toList();
    pending = new ArrayList<>();
    List<FileTask<Batch>> batches = new ArrayList<>();
    for (int from = 0; from < files.size(); from += batch) {
      Batch part = new Batch(files.subList(from, Math.min(files.size(), from + batch)));
      batches.add(host -> delete(part));
    }
    try {
      new BoundedTasks(runtime.workers(), BATCHES_OF_A_WAVE)
          .run(batches, TaskHost.of(table), this::deleted);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw VacuumJob.interrupted(table.table(), e);
    }
  }

  private void deleted(Batch done) {
    done.files().forEach(totals);
    listener.progress(
        new Progress(
            (int) Math.min(Integer.MAX_VALUE, totals.files()),
            (int) Math.min(Integer.MAX_VALUE, found),
            0,
            totals.bytes()));
  }

  private Batch delete(Batch doomed) {
    List<Doomed> files = doomed.files();
    try {
      pace(files.size());
      table
          .log()
          .store()
          .delete(files.stream().map(f -> Locations.child(table.table(), f.path())).toList());
      return doomed;
    } catch (IOException e) {
      throw KernelErrors.translate(
          table.table(), "deleting files that no version needs; what is gone stays gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw VacuumJob.interrupted(table.table(), e);
    }
  }

  /** Waits until so many files more may be deleted. */
  private void pace(int files) throws InterruptedException {
    if (Double.isInfinite(perSecond)) {
      return;
    }
    Duration wait;
    synchronized (this) {
      Instant now = runtime.clock().instant();
      Instant start = free.isAfter(now) ? free : now;
      free = start.plusNanos((long) (files / perSecond * 1e9));
      wait = Duration.between(now, start);
    }
    if (!wait.isZero()) {
      runtime.sleeper().sleep(wait);
    }
  }

  /** A restore, say, needs old files again. */
  private void noticeCommits() {
    try {
      CommitsAhead newer = table.log().commitsFrom(nextVersion, true);
      for (Optional<CommitContent> next = newer.next(); next.isPresent(); next = newer.next()) {
        kept.keep(next.get());
        nextVersion = next.get().version() + 1;
      }
    } catch (IOException e) {
      throw KernelErrors.translate(table.table(), "looking for new versions", e);
    }
  }
}
