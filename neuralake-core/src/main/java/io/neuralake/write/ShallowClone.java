package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.plan.CloneJob;
import io.neuralake.internal.plan.Timestamps;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.time.Instant;

/**
 * Makes a new table with the rows, columns, partitioning and properties of another, by reference:
 * no data file is read or copied. From then on both go their own ways: what is written to one does
 * not show in the other. An immutable value: each method returns a refined one, {@link #commit}
 * acts. Thread-safe.
 *
 * <pre>{@code
 * lake.table("s3://lab/trial").cloneOf(signals).atVersion(12).commit();
 * }</pre>
 *
 * <p>The clone's log names the source's files by their full location, so both must be in reach of
 * whoever reads the clone. It is only as durable as the source: a vacuum of the source deletes
 * files that the source does not need any more, whether clones need them or not. Writing to the
 * clone never touches the source's files. History, row ids and the progress of applications are not
 * taken along.
 *
 * <p><b>Cost.</b> The source's log, and one commit.
 */
public final class ShallowClone extends WriteOperation<ShallowClone> {

  private final TableContext table;
  private final CloneJob job;

  private ShallowClone(TableContext table, CloneJob job) {
    super(table.table());
    this.table = table;
    this.job = job;
  }

  /** For {@code NeuralTable}: of the newest version. */
  public ShallowClone(TableContext table, TableContext source) {
    this(table, new CloneJob(source, -1, null, CommitOptions.NONE));
  }

  @Override
  CommitOptions options() {
    return job.options();
  }

  @Override
  ShallowClone with(CommitOptions options) {
    return new ShallowClone(
        table, new CloneJob(job.source(), job.version(), job.moment(), options));
  }

  /** Which version of the source, instead of the newest. */
  public ShallowClone atVersion(long version) {
    if (version < 0) {
      throw new InvalidRequestException(
          job.source().table() + ": versions count from 0, there is no version " + version + ".");
    }
    return new ShallowClone(table, new CloneJob(job.source(), version, null, job.options()));
  }

  /** The version of the source that was the newest at a moment. */
  public ShallowClone atTime(Instant moment) {
    return new ShallowClone(table, new CloneJob(job.source(), -1, moment, job.options()));
  }

  /**
   * Like {@link #atTime(Instant)}, from ISO 8601 text; {@code NeuralTable.asOf(String)} says how it
   * is read.
   */
  public ShallowClone atTime(String moment) {
    return atTime(Timestamps.parse(moment));
  }

  /**
   * Clones.
   *
   * @return the changes count files and bytes, not rows
   * @throws io.neuralake.error.InvalidRequestException if there is a table here, or no such version
   *     of the source (any more)
   * @throws io.neuralake.error.TableNotFoundException if the source is no table
   * @throws io.neuralake.error.UnsupportedTableException if the source has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether it
   *     worked
   * @throws io.neuralake.error.StorageException if the storage fails
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, job.options(), job.commit(table));
  }
}
