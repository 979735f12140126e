package io.neuralake.write;

import io.neuralake.internal.plan.RepairJob;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.List;

/**
 * Makes a table readable again after files of it were deleted by hand, or by a vacuum that was told
 * to delete too much: takes the entries of files that are gone out of the table. Their rows are
 * lost; so are those of files whose deletion vector is gone, as nobody can tell any more which of
 * them were deleted. An immutable value: each method returns a refined one, {@link #commit} acts.
 * Thread-safe.
 *
 * <pre>{@code
 * signals.repair().dryRun().forEach(System.out::println);
 * signals.repair().commit();
 * }</pre>
 *
 * <p>Older versions still name the files. Reading changes leaves out the version that a repair
 * makes.
 *
 * <p><b>Cost.</b> The log, and one listing of the table, whatever the number of files; one request
 * more for each file that lies outside of the table's folder, as in a shallow clone.
 *
 * <p><b>Conflicts.</b> It loses against a concurrent commit only if that removed one of the same
 * files, and is planned again then.
 */
public final class Repair extends WriteOperation<Repair> {

  private final TableContext table;
  private final RepairJob job;

  /**
   * A file of which something is gone.
   *
   * @param path as it stands in the log
   * @param bytes its size, as the log has it
   * @param dataFile whether the data file is gone
   * @param deletionVector whether its deletion vector is gone
   */
  public record Missing(String path, long bytes, boolean dataFile, boolean deletionVector) {}

  private Repair(TableContext table, RepairJob job) {
    super(table.table());
    this.table = table;
    this.job = job;
  }

  /** For {@code NeuralTable}. */
  public Repair(TableContext table) {
    this(table, new RepairJob(CommitOptions.NONE));
  }

  @Override
  CommitOptions options() {
    return job.options();
  }

  @Override
  Repair with(CommitOptions options) {
    return new Repair(table, new RepairJob(options));
  }

  /**
   * What {@link #commit} would take out of the newest version; changes nothing.
   *
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.StorageException if the storage fails
   */
  public List<Missing> dryRun() {
    return RepairJob.missing(table, table.latest()).stream()
        .map(
            gone -> new Missing(gone.file().path(), gone.file().size(), gone.data(), gone.vector()))
        .toList();
  }

  /**
   * Repairs.
   *
   * @return {@code committed()} is false if nothing is gone
   * @throws io.neuralake.error.InvalidRequestException if the table is append-only
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if others won until the deadline
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether the
   *     commit took effect
   * @throws io.neuralake.error.StorageException if the storage fails; nothing is taken out then
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, job.options(), job.commit(table));
  }
}
