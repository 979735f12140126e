package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.plan.RowSource;
import io.neuralake.internal.plan.WriteJob;
import io.neuralake.internal.plan.WriteOptions;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Appends rows to a table. An immutable value: each method returns a refined one, {@link #commit}
 * acts, once, because rows are consumed.
 *
 * <p><b>Conflicts.</b> An append reads nothing, so it never conflicts with other appends, deletes
 * or compactions: a lost race is rebased and tried again with jittered backoff. A change of the
 * table's schema is tolerated as long as the rows still fit. Until {@code commit} returns nothing
 * is visible; after an exception other than {@code CommitStateUnknownException} nothing ever will
 * be, and the data files are removed.
 *
 * <p><b>Group commit.</b> Appends of several threads that come while a commit to the table is under
 * way share the next version, each with its own result; see {@link io.neuralake.exec.GroupCommit}.
 * An interrupt ends the wait: before the rows are on their way nothing of them will be visible,
 * afterwards the outcome is unknown.
 */
public final class Append extends WriteOperation<Append> {

  private final TableContext table;
  private final Supplier<RowSource> source;
  private final WriteOptions options;
  private final AtomicBoolean used;

  private Append(
      TableContext table, Supplier<RowSource> source, WriteOptions options, AtomicBoolean used) {
    super(table.table());
    this.table = table;
    this.source = source;
    this.options = options;
    this.used = used;
  }

  /** For {@code NeuralTable}. */
  public Append(TableContext table, Supplier<RowSource> source) {
    this(table, source, WriteOptions.APPEND, new AtomicBoolean());
  }

  private Append with(WriteOptions changed) {
    return new Append(table, source, changed, used);
  }

  @Override
  CommitOptions options() {
    return options.commit();
  }

  @Override
  Append with(CommitOptions changed) {
    return with(options.withCommit(changed));
  }

  /**
   * Adds columns that the rows have and the table lacks, nested ones too; they are null in the rows
   * that are there. Where the table has type widening enabled, types may grow too.
   */
  public Append evolveSchema() {
    return with(options.evolving());
  }

  /**
   * About how large a data file becomes before the next one is begun. Default: the property {@code
   * delta.targetFileSize}, else 128 MiB.
   *
   * @param bytes one or more
   */
  public Append targetFileSize(long bytes) {
    if (bytes < 1) {
      throw new InvalidRequestException(
          table.table() + ": a file needs at least one byte, not " + bytes + ".");
    }
    return with(options.withTargetFileBytes(bytes));
  }

  /**
   * Records how far another application is, such as a source that rows come from, with the rows.
   * Unlike {@link #transaction} it decides about nothing.
   *
   * @param appId names it; not empty
   * @param version its progress; not negative
   * @see io.neuralake.NeuralTable#transactionVersion
   */
  public Append progress(String appId, long version) {
    return with(options().withProgress(checked(appId, version), version));
  }

  /**
   * Runs an action in the committing thread when the data files are written, before they are
   * committed. If it throws, nothing is committed, the files are removed, and {@link #commit}
   * throws the same.
   */
  public Append beforeCommit(Runnable action) {
    return with(options.before(action));
  }

  /**
   * Writes the rows, all of them in one version.
   *
   * @return {@code committed()} is false only if the {@link #transaction} was recorded before; the
   *     rows were not used then, or their files are deleted
   * @throws InvalidRequestException if a row or the rows' schema does not fit, naming row, column,
   *     expected and found; or if the rows, which can be read once, were written before
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if the table was changed so that the written
   *     files no longer fit, or others won until the deadline
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether the
   *     commit took effect; look before you write the same rows again
   * @throws io.neuralake.error.StorageException if the storage fails
   */
  @Override
  public CommitResult commit() {
    if (used.getAndSet(true)) {
      throw new InvalidRequestException(
          table.table()
              + ": these rows were written before; hand them in again to write them twice.");
    }
    return Results.of(table, options.commit(), WriteJob.run(table, source, options));
  }
}
