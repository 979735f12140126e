package io.neuralake.maintain;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.internal.exec.Traced;
import io.neuralake.internal.plan.Doomed;
import io.neuralake.internal.plan.VacuumJob;
import io.neuralake.internal.txn.TableContext;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Deletes files in a table's folder that no version within the retention needs: those that were
 * removed from the table longer ago, and those that never became part of it. An immutable value:
 * each method returns a refined one, {@link #run} acts. Thread-safe.
 *
 * <pre>{@code
 * signals.vacuum().dryRun();
 * signals.vacuum().run();
 * }</pre>
 *
 * <p><b>What stays.</b> Files of the newest version, of the versions that {@link #keepVersions}
 * asks for, and files whose removal is not older than the retention; every file that was written
 * within it, as a writer may be at work on it; files and folders whose names begin with a dot or an
 * underscore, other than folders of partitions and of change data; and whatever lies outside of the
 * table's folder, as in a shallow clone. Versions that need a deleted file cannot be read any more.
 *
 * <p><b>What goes besides.</b> Temporary files and commits that writers have left behind when they
 * died, and pending multipart uploads, both if they are older than the retention.
 *
 * <p><b>Time.</b> The age of files counts by the storage's clock or this process's, whichever is
 * behind; the age of removals by what their writers have put down.
 *
 * <p><b>Cost.</b> The log, one listing of the table's folder, one request per 1,000 deleted files
 * on S3, and a handful besides. Memory is about 16 bytes for each file that stays.
 *
 * <p><b>Conflicts.</b> None. A restore to a version beyond the retention at the same time may lose
 * files of it.
 */
public final class Vacuum {

  private final TableContext table;
  private final VacuumJob job;
  private final ProgressListener listener;

  private Vacuum(TableContext table, VacuumJob job, ProgressListener listener) {
    this.table = table;
    this.job = job;
    this.listener = listener;
  }

  /** For {@code NeuralTable}. */
  public Vacuum(TableContext table) {
    this(table, VacuumJob.DEFAULT, ProgressListener.NONE);
  }

  /**
   * How long files stay after they were removed; the default is the table's property {@code
   * delta.deletedFileRetentionDuration}, or 168 hours. A longer one than the table's costs a
   * request for each commit within it, because checkpoints forget removed files after the table's
   * own.
   *
   * @throws InvalidRequestException if it is negative
   */
  public Vacuum retain(Duration retention) {
    if (retention.isNegative()) {
      throw new InvalidRequestException(
          table.table() + ": a retention of " + retention + " is negative. Give zero or more.");
    }
    return with(
        new VacuumJob(
            retention,
            job.checked(),
            job.keepVersions(),
            job.lite(),
            job.logged(),
            job.perSecond()));
  }

  /**
   * Accepts that {@link #retain} is shorter than what the table says. Only safe if nobody writes to
   * the table meanwhile, and nobody reads older versions: files that are just being written may be
   * deleted.
   */
  public Vacuum allowShortRetention() {
    return with(
        new VacuumJob(
            job.retention(), false, job.keepVersions(), job.lite(), job.logged(), job.perSecond()));
  }

  /**
   * Keeps the files of the newest versions, however old; at the cost of a request for each.
   *
   * @param versions how many, one or more; the default is one
   */
  public Vacuum keepVersions(int versions) {
    if (versions < 1) {
      throw new InvalidRequestException(
          table.table()
              + ": "
              + versions
              + " versions cannot be kept; the newest one always is. Give one or more.");
    }
    return with(
        new VacuumJob(
            job.retention(), job.checked(), versions, job.lite(), job.logged(), job.perSecond()));
  }

  /**
   * Deletes only what commits have removed since the last vacuum, without a listing. What never
   * became part of the table stays, as do pending uploads. As Spark's {@code VACUUM LITE}, and from
   * where that has stopped.
   */
  public Vacuum lite() {
    return with(
        new VacuumJob(
            job.retention(),
            job.checked(),
            job.keepVersions(),
            true,
            job.logged(),
            job.perSecond()));
  }

  /**
   * Writes two versions without changes, {@code VACUUM START} and {@code VACUUM END}, so that the
   * history tells of the vacuum; the first says how much will go, for which the folder is listed
   * twice. Off unless asked for.
   */
  public Vacuum logged() {
    return with(
        new VacuumJob(
            job.retention(), job.checked(), job.keepVersions(), job.lite(), true, job.perSecond()));
  }

  /**
   * Deletes no more files in a second, so that others on the storage are not slowed down.
   *
   * @param files how many, more than zero
   */
  public Vacuum deletesPerSecond(double files) {
    if (!(files > 0)) {
      throw new InvalidRequestException(
          table.table() + ": " + files + " deletes per second are too few. Give more than zero.");
    }
    return with(
        new VacuumJob(
            job.retention(), job.checked(), job.keepVersions(), job.lite(), job.logged(), files));
  }

  /**
   * Reports how many files are deleted of those found so far; there are no rows. A listener that
   * throws cancels the vacuum: what is deleted by then stays deleted.
   */
  public Vacuum listener(ProgressListener progress) {
    return new Vacuum(table, job, progress);
  }

  /** What {@link #run} would delete; changes nothing. */
  public VacuumResult dryRun() {
    return dryRun(file -> {});
  }

  /**
   * What {@link #run} would delete; changes nothing.
   *
   * @param inventory takes each file, in no particular order, in this thread
   */
  public VacuumResult dryRun(Consumer<? super VacuumFile> inventory) {
    return run(true, inventory);
  }

  /**
   * Deletes.
   *
   * @throws InvalidRequestException if the retention is shorter than the table's and that was not
   *     {@linkplain #allowShortRetention allowed}; or, of a lite vacuum, if commits since the last
   *     vacuum are gone from the log
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CorruptTableException if the log names a file whose place cannot be
   *     told; nothing is deleted then
   * @throws io.neuralake.error.StorageException if the storage fails, or the thread is interrupted;
   *     what is deleted by then stays deleted, and the vacuum may be run again
   */
  public VacuumResult run() {
    return run(false, file -> {});
  }

  private VacuumResult run(boolean dryRun, Consumer<? super VacuumFile> inventory) {
    Consumer<Doomed> each = file -> inventory.accept(file(file));
    VacuumJob.Result result =
        Traced.call(
            "vacuum", table.table(), () -> job.run(table, dryRun, each, listener), done -> -1);
    Map<VacuumFile.Kind, VacuumResult.Total> deleted = new EnumMap<>(VacuumFile.Kind.class);
    result
        .totals()
        .byKind()
        .forEach(
            (kind, total) ->
                deleted.put(
                    VacuumFile.Kind.valueOf(kind.name()),
                    new VacuumResult.Total(total.files(), total.bytes())));
    return new VacuumResult(
        dryRun, result.version(), result.before(), result.listed(), deleted, result.uploads());
  }

  private static VacuumFile file(Doomed file) {
    return new VacuumFile(
        file.path(),
        VacuumFile.Kind.valueOf(file.kind().name()),
        file.bytes(),
        Instant.ofEpochMilli(file.modifiedMillis()));
  }

  private Vacuum with(VacuumJob refined) {
    return new Vacuum(table, refined, listener);
  }
}
