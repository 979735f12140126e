package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitsAhead;
import io.neuralake.internal.log.KeptFiles;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LastVacuum;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.Transaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files that no version within the retention needs.
 *
 * @param retention how long files are kept after they were removed, null for what the table says
 * @param checked whether a shorter retention than the table's is refused
 * @param keepVersions how many of the newest versions keep their files, however old
 * @param lite whether only what the log names is deleted, without a listing
 * @param logged whether the history tells of it
 * @param perSecond how many files are deleted in a second at most; infinite for no limit
 */
public record VacuumJob(
    @Nullable Duration retention,
    boolean checked,
    int keepVersions,
    boolean lite,
    boolean logged,
    double perSecond) {

  /** As it is unless something else is said. */
  public static final VacuumJob DEFAULT =
      new VacuumJob(null, true, 1, false, false, Double.POSITIVE_INFINITY);

  private static final Logger LOG = LoggerFactory.getLogger(VacuumJob.class);
  private static final Duration TOLERATED_SKEW = Duration.ofMinutes(5);

  /**
   * What was done, or would be.
   *
   * @param version the newest version, whose files are kept
   * @param before files were deleted if they were older than this
   * @param listed how many files the listing had
   * @param totals what was deleted
   * @param uploads how many pending uploads were dropped
   */
  public record Result(
      long version, Instant before, long listed, VacuumTotals totals, long uploads) {}

  /**
   * Does it.
   *
   * @param dryRun whether to change nothing
   * @param found takes each file that is deleted, or would be
   */
  public Result run(
      TableContext table,
      boolean dryRun,
      Consumer<? super Doomed> found,
      ProgressListener listener) {
    return new Run(this, table, dryRun, listener).run(found);
  }

  static StorageException interrupted(String table, InterruptedException e) {
    return new StorageException(
        table + ": interrupted; what was deleted by then stays deleted. Run it again.", e);
  }

  private static final class Run {
    private final VacuumJob job;
    private final TableContext table;
    private final TableLog log;
    private final boolean dryRun;
    private final ProgressListener listener;
    private final LogSnapshot snapshot;
    private final Duration configured;
    private final long version;
    private final long before;
    private final VacuumScope scope;
    private final KeptFiles kept;

    Run(VacuumJob job, TableContext table, boolean dryRun, ProgressListener listener) {
      this.job = job;
      this.table = table;
      this.log = table.log();
      this.dryRun = dryRun;
      this.listener = listener;
      this.snapshot = table.latest();
      ProtocolRules.checkWritable(snapshot.protocol(), table.table());
      this.version = snapshot.version();
      this.configured = snapshot.metadata().properties().deletedFileRetention();
      Duration retention = job.retention == null ? configured : job.retention;
      if (job.checked && retention.compareTo(configured) < 0) {
        throw tooShort(retention);
      }
      this.before = before(retention);
      this.scope = VacuumScope.of(table.table(), snapshot.metadata(), version);
      this.kept = KeptFiles.of(snapshot, before);
      keepOlder(retention);
    }

    private InvalidRequestException tooShort(Duration retention) {
      return new InvalidRequestException(
          table.table()
              + ": a retention of "
              + retention
              + " is shorter than the "
              + configured
              + " that the table's property delta.deletedFileRetentionDuration says, so that"
              + " readers of older versions and writers that are at work could lose files. Retain"
              + " longer, or, if there are none of them, say so by allowShortRetention().");
    }

    /** By our clock or that of the storage, whichever is behind: both have dated files. */
    private long before(Duration retention) {
      Instant now = table.runtime().clock().instant();
      try {
        Instant theirs = log.store().now(table.table());
        Duration ahead = Duration.between(theirs, now);
        if (ahead.abs().compareTo(TOLERATED_SKEW) > 0) {
          LOG.warn(
              "{}: this process's clock shows {}, the storage's {}; the earlier one counts",
              table.table(),
              now,
              theirs);
        }
        now = ahead.isNegative() ? now : theirs;
      } catch (IOException e) {
        if (!dryRun || KernelErrors.isInterrupt(e)) {
          throw KernelErrors.translate(table.table(), "asking the storage for the time", e);
        }
        LOG.debug("{}: the storage cannot be asked for the time", table.table(), e);
      }
      Duration longest = Duration.between(Instant.EPOCH, now);
      return retention.compareTo(longest) > 0 ? 0 : now.minus(retention).toEpochMilli();
    }

    /**
     * Checkpoints forget removed files after the table's own retention. What is to be kept beyond
     * that, the commits tell.
     */
    private void keepOlder(Duration retention) {
      long oldest =
          job.keepVersions > 1 ? Math.max(0, version - job.keepVersions + 1) : version + 1;
      long recent = version + 1;
      if (retention.compareTo(configured) > 0) {
        for (TableLog.CommitFile commit : log.commitFiles(0, version)) {
          recent = commit.millis() >= before ? Math.min(recent, commit.version()) : recent;
        }
      }
      long first = Math.min(oldest, recent);
      List<TableLog.CommitFile> there =
          first > version ? List.of() : log.commitFiles(first, version);
      if (!there.isEmpty()) {
        long removals = Math.min(oldest + 1, recent);
        forEachCommit(
            there.get(0).version(),
            version,
            commit -> {
              if (commit.version() >= removals) {
                kept.keep(commit);
              } else {
                kept.keepChanges(commit);
              }
            });
      }
    }

    private void forEachCommit(long first, long last, Consumer<CommitContent> action) {
      try {
        CommitsAhead commits = log.commitsFrom(first, true);
        for (long next = first; next <= last; next++) {
          Optional<CommitContent> commit = commits.next();
          if (commit.isEmpty()) {
            throw new InvalidRequestException(
                table.table()
                    + ": version "
                    + next
                    + " was cleaned up from the log meanwhile. Run the vacuum again.");
          }
          action.accept(commit.get());
        }
      } catch (IOException e) {
        throw KernelErrors.translate(table.table(), "reading its commits", e);
      }
    }

    Result run(Consumer<? super Doomed> found) {
      if (dryRun || !job.logged) {
        return sweep(dryRun, found);
      }
      Result planned = sweep(true, file -> {});
      commit(
          "VACUUM START",
          startParameters(),
          Map.of(
              "numFilesToDelete", Long.toString(planned.totals().files()),
              "sizeOfDataToDelete", Long.toString(planned.totals().bytes())));
      Result done;
      try {
        done = sweep(false, found);
      } catch (RuntimeException e) {
        try {
          commit("VACUUM END", Map.of("status", "FAILED"), Map.of());
        } catch (RuntimeException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
      commit(
          "VACUUM END",
          Map.of("status", "COMPLETED"),
          Map.of(
              "numDeletedFiles",
              Long.toString(done.totals().files()),
              "numVacuumedDirectories",
              "0"));
      return done;
    }

    private Map<String, String> startParameters() {
      Map<String, String> parameters = new LinkedHashMap<>();
      parameters.put("retentionCheckEnabled", Boolean.toString(job.checked));
      parameters.put("defaultRetentionMillis", Long.toString(configured.toMillis()));
      if (job.retention != null) {
        parameters.put("specifiedRetentionMillis", Long.toString(job.retention.toMillis()));
      }
      return parameters;
    }

    private void commit(
        String operation, Map<String, String> parameters, Map<String, String> metrics) {
      Transaction.run(
          table,
          table.stateForWriting(),
          state ->
              new CommitPlan(
                  operation,
                  parameters,
                  metrics,
                  CommitPlan.Reads.NOTHING,
                  null,
                  null,
                  List.of(),
                  CommitOptions.NONE),
          Engine.INFO);
    }

    private Result sweep(boolean dry, Consumer<? super Doomed> found) {
      VacuumTotals totals = new VacuumTotals(found);
      VacuumDeletes deletes =
          new VacuumDeletes(table, kept, version, job.perSecond, listener, totals);
      Consumer<Doomed> each = dry ? totals : deletes;
      VacuumListing listing = new VacuumListing(table, scope, kept, before);
      long uploads = 0;
      long cleanedTo;
      if (job.lite) {
        cleanedTo = eachRemoved(each);
      } else {
        try {
          listing.run(each);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw interrupted(table.table(), e);
        }
        cleanedTo = upTo(listing.firstRecentCommit());
        uploads = dropUploads(dry);
      }
      if (!dry) {
        deletes.finish();
        if (cleanedTo >= 0) {
          LastVacuum.write(log, cleanedTo);
        }
      }
      return new Result(version, Instant.ofEpochMilli(before), listing.listed(), totals, uploads);
    }

    /** The last version whose removed files are all to go, if that is one not old enough. */
    private long upTo(long firstRecent) {
      return Math.min(Math.min(firstRecent - 1, version), version - job.keepVersions + 1);
    }

    /** The files that old commits have removed, as far as no vacuum has deleted them before. */
    private long eachRemoved(Consumer<Doomed> found) {
      OptionalLong last = LastVacuum.read(log);
      long first = last.isPresent() ? Math.max(0, Math.min(last.getAsLong(), version) + 1) : 0;
      long firstRecent = Long.MAX_VALUE;
      List<TableLog.CommitFile> commits = log.commitFiles(first, version);
      for (TableLog.CommitFile commit : commits) {
        firstRecent =
            commit.millis() >= before ? Math.min(firstRecent, commit.version()) : firstRecent;
      }
      if (first <= version && (commits.isEmpty() || commits.get(0).version() != first)) {
        throw new InvalidRequestException(
            table.table()
                + ": version "
                + first
                + " is not in the log any more, so that nobody can tell which files it removed."
                + " Run a full vacuum, without lite(), once.");
      }
      long end = upTo(firstRecent);
      KeptFiles seen = new KeptFiles(table.table());
      if (first <= end) {
        forEachCommit(first, end, commit -> eachRemoved(commit, seen, found));
      }
      return Math.max(end, first - 1);
    }

    private void eachRemoved(CommitContent commit, KeptFiles seen, Consumer<Doomed> found) {
      for (CommitContent.Removed removed : commit.removes()) {
        take(KeptFiles.relative(table.table(), removed.path()), removed.file().size(), seen, found);
        take(KeptFiles.relative(table.table(), removed.file().deletionVector()), 0, seen, found);
      }
      commit
          .changes()
          .forEach(
              file ->
                  take(KeptFiles.relative(table.table(), file.path()), file.size(), seen, found));
    }

    private void take(Optional<String> path, long bytes, KeptFiles seen, Consumer<Doomed> found) {
      VacuumScope.Kind kind = path.map(scope::kind).orElse(null);
      if (path.isPresent() && kind != null && !kept.contains(path.get()) && seen.keep(path.get())) {
        found.accept(new Doomed(path.get(), bytes, 0, kind));
      }
    }

    private long dropUploads(boolean dry) {
      long dropped = 0;
      try {
        Iterator<FileStore.Upload> uploads = log.store().uploads(table.table());
        while (uploads.hasNext()) {
          FileStore.Upload upload = uploads.next();
          if (upload.startedMillis() < before) {
            if (!dry) {
              log.store().abort(upload);
            }
            dropped++;
          }
        }
      } catch (IOException | UncheckedIOException e) {
        if (KernelErrors.isInterrupt(e)) {
          throw KernelErrors.translate(table.table(), "dropping pending uploads", e);
        }
        // Not all storages can list them, and credentials may be for files alone.
        LOG.warn("{}: pending uploads are left alone", table.table(), e);
      }
      return dropped;
    }
  }
}
