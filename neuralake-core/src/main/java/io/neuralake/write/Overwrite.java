package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.plan.RowSource;
import io.neuralake.internal.plan.WriteJob;
import io.neuralake.internal.plan.WriteOptions;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Replaces all rows of a table, or those that {@link #where} or {@link #dynamicPartitions} says, in
 * one version; older versions stay readable. An immutable value: each method returns a refined one,
 * {@link #commit} acts, once, because rows are consumed.
 *
 * <p><b>Conflicts.</b> The version that it makes holds these rows only, as far as it replaces: what
 * others commit meanwhile is replaced too, by planning again on the newest version. {@link
 * #isolation} can spare rows that were appended meanwhile.
 */
public final class Overwrite extends WriteOperation<Overwrite> {

  private final TableContext table;
  private final Supplier<RowSource> source;
  private final WriteOptions options;
  private final AtomicBoolean used;

  private Overwrite(
      TableContext table, Supplier<RowSource> source, WriteOptions options, AtomicBoolean used) {
    super(table.table());
    this.table = table;
    this.source = source;
    this.options = options;
    this.used = used;
  }

  /** For {@code NeuralTable}. */
  public Overwrite(TableContext table, Supplier<RowSource> source) {
    this(table, source, WriteOptions.OVERWRITE, new AtomicBoolean());
  }

  private Overwrite with(WriteOptions changed) {
    return new Overwrite(table, source, changed, used);
  }

  @Override
  CommitOptions options() {
    return options.commit();
  }

  @Override
  Overwrite with(CommitOptions changed) {
    return with(options.withCommit(changed));
  }

  /**
   * Adds columns that the rows have and the table lacks, nested ones too; they are null in the rows
   * that are there. Where the table has type widening enabled, types may grow too.
   */
  public Overwrite evolveSchema() {
    return with(options.evolving());
  }

  /**
   * Replaces only the rows for which a condition is true; each new row must satisfy it too. Files
   * of which only some rows are replaced are written again, or get a deletion vector, as {@link
   * Delete} does it. A second condition narrows it further.
   *
   * @param condition SQL text over the table's columns, as {@link Expr#sql} reads it
   */
  public Overwrite where(String condition) {
    return where(Expr.sql(condition));
  }

  /** Replaces only the rows for which a condition is true; see {@link #where(String)}. */
  public Overwrite where(Expr condition) {
    return with(options.replacing(condition));
  }

  /**
   * Replaces only the partitions that the new rows have; the others stay. Without rows nothing is
   * done. The table must be partitioned.
   */
  public Overwrite dynamicPartitions() {
    return with(options.replacingPartitions());
  }

  /**
   * Takes the rows' schema in place of the table's. The partition columns stay, and must be among
   * the new columns.
   */
  public Overwrite overwriteSchema() {
    return with(options.replacingSchema());
  }

  /**
   * What becomes of rows that others append while the rows are being written. {@code SERIALIZABLE},
   * the default whatever the table's property says: they are replaced too. {@code
   * WRITE_SERIALIZABLE}: they stay, as if they had been appended afterwards (Spark does so), unless
   * the append had read something, or the overwrite changes the schema.
   */
  public Overwrite isolation(IsolationLevel level) {
    return with(options.commit().withIsolation(level));
  }

  /**
   * Reports how many of the files have been rewritten that hold rows to replace and others; a
   * listener that throws cancels the overwrite.
   */
  public Overwrite listener(ProgressListener progress) {
    return with(options.withListener(progress));
  }

  /**
   * About how large a data file becomes before the next one is begun. Default: the property {@code
   * delta.targetFileSize}, else 128 MiB.
   *
   * @param bytes one or more
   */
  public Overwrite targetFileSize(long bytes) {
    if (bytes < 1) {
      throw new InvalidRequestException(
          table.table() + ": a file needs at least one byte, not " + bytes + ".");
    }
    return with(options.withTargetFileBytes(bytes));
  }

  /**
   * Writes the rows as one version.
   *
   * @return {@code committed()} is false if the {@link #transaction} was recorded before, and the
   *     rows were not used then, or their files are deleted; and if no row comes and a part without
   *     rows is to be replaced
   * @throws InvalidRequestException if a row or the rows' schema does not fit, naming row, column,
   *     expected and found; if a row does not satisfy the condition of {@link #where}; or if the
   *     rows, which can be read once, were written before
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
    if (options.replaceSchema() && options.replacesPart()) {
      throw new InvalidRequestException(
          table.table()
              + ": overwriteSchema() replaces the whole table; it does not go together with where() or"
              + " dynamicPartitions().");
    }
    return Results.of(table, options.commit(), WriteJob.run(table, source, options));
  }
}
