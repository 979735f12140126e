package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.plan.RestoreJob;
import io.neuralake.internal.plan.Timestamps;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.time.Instant;

/**
 * Makes an older version of a table the newest again, by one more version with the old one's files,
 * schema, partitioning and properties. The versions in between stay readable; no data file is read
 * or written. An immutable value: each method returns a refined one, {@link #commit} acts.
 * Thread-safe.
 *
 * <pre>{@code
 * signals.restore().toVersion(12).commit();
 * }</pre>
 *
 * <p>The protocol is never lowered, identity columns go on with numbers that were never given out,
 * and row ids are those of the old version.
 *
 * <p><b>Conflicts.</b> What others commit meanwhile is undone too, by planning again on the newest
 * version.
 *
 * <p><b>Cost.</b> The log of both versions, and to see that the files are still there one request
 * each if they are few, else a listing of the table.
 */
public final class Restore extends WriteOperation<Restore> {

  private final TableContext table;
  private final RestoreJob job;

  private Restore(TableContext table, RestoreJob job) {
    super(table.table());
    this.table = table;
    this.job = job;
  }

  /** For {@code NeuralTable}. */
  public Restore(TableContext table) {
    this(table, new RestoreJob(-1, null, false, CommitOptions.NONE));
  }

  @Override
  CommitOptions options() {
    return job.options();
  }

  @Override
  Restore with(CommitOptions options) {
    return new Restore(
        table, new RestoreJob(job.version(), job.moment(), job.ignoreMissing(), options));
  }

  /** Which version becomes the newest again. */
  public Restore toVersion(long version) {
    if (version < 0) {
      throw new InvalidRequestException(
          table.table() + ": versions count from 0, there is no version " + version + ".");
    }
    return new Restore(table, new RestoreJob(version, null, job.ignoreMissing(), job.options()));
  }

  /** The version that was the newest at a moment. */
  public Restore toTime(Instant moment) {
    return new Restore(table, new RestoreJob(-1, moment, job.ignoreMissing(), job.options()));
  }

  /**
   * The version that was the newest at a moment in ISO 8601 text; {@code NeuralTable.asOf(String)}
   * says how it is read.
   *
   * @throws InvalidRequestException if it is not such a text
   */
  public Restore toTime(String moment) {
    return toTime(Timestamps.parse(moment));
  }

  /** Leaves out files that are gone, and with them their rows, instead of failing. */
  public Restore ignoringMissingFiles() {
    return new Restore(table, new RestoreJob(job.version(), job.moment(), true, job.options()));
  }

  /**
   * Restores.
   *
   * @return {@code committed()} is false if that version is the newest, or nothing differs from it;
   *     the changes count files and bytes, not rows
   * @throws InvalidRequestException if the version does not exist (any more), or files of it are
   *     gone, naming them; if neither version nor time is given; or if the table is append-only and
   *     rows would go
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if others won until the deadline
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether the
   *     commit took effect
   * @throws io.neuralake.error.StorageException if the storage fails
   */
  @Override
  public CommitResult commit() {
    if (job.version() < 0 && job.moment() == null) {
      throw new InvalidRequestException(
          table.table() + ": say what to restore, by toVersion or toTime.");
    }
    return Results.of(table, job.options(), job.commit(table));
  }
}
