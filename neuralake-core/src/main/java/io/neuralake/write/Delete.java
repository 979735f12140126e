package io.neuralake.write;

import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.plan.EditRows;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;

/**
 * Deletes rows. An immutable value: each method returns a refined one, {@link #commit} acts.
 *
 * <p>A row is deleted if the condition is true for it; rows for which it is null stay. Files of
 * which partition values or statistics say that all rows match are taken out without being opened,
 * files without a match stay as they are. Of the others, those that the table wants marked ({@code
 * delta.enableDeletionVectors}) get a deletion vector, and the rest are written again without the
 * deleted rows. Where the table records its changes ({@code delta.enableChangeDataFeed}), they are
 * written too.
 *
 * <p><b>Conflicts.</b> Rows that others append meanwhile do not matter unless the table is {@code
 * Serializable} and they could match. If others change one of the same files, the operation is
 * planned and done again on the newest version, up to {@link
 * io.neuralake.exec.RetryPolicy#maxReplans} times.
 */
public final class Delete extends WriteOperation<Delete> {

  private final TableContext table;
  private final EditRows edit;
  private final ProgressListener listener;

  private Delete(TableContext table, EditRows edit, ProgressListener listener) {
    super(table.table());
    this.table = table;
    this.edit = edit;
    this.listener = listener;
  }

  /** For {@code NeuralTable}. */
  public Delete(TableContext table) {
    this(table, EditRows.DELETE, ProgressListener.NONE);
  }

  @Override
  CommitOptions options() {
    return edit.options();
  }

  @Override
  Delete with(CommitOptions changed) {
    return new Delete(table, edit.withOptions(changed), listener);
  }

  /**
   * Only rows for which the condition is true; a second one narrows it further.
   *
   * @param condition SQL text over the table's columns, as {@link Expr#sql} reads it
   */
  public Delete where(String condition) {
    return where(Expr.sql(condition));
  }

  /** Only rows for which the condition is true; a second one narrows it further. */
  public Delete where(Expr condition) {
    return new Delete(table, edit.where(condition), listener);
  }

  /** Reports how far the operation is; a listener that throws cancels it. */
  public Delete listener(ProgressListener progress) {
    return new Delete(table, edit, progress);
  }

  /**
   * Deletes the rows, in one version.
   *
   * @return {@code committed()} is false if no row matches, or the {@link #transaction} was
   *     recorded before
   * @throws io.neuralake.error.InvalidRequestException if the condition does not fit the table, or
   *     the table's property {@code delta.appendOnly} forbids it
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if others won again and again; nothing is
   *     visible
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether the
   *     commit took effect
   * @throws io.neuralake.error.StorageException if the storage fails, or the thread is interrupted
   */
  @Override
  public CommitResult commit() {
    return Results.of(table, edit.options(), edit.run(table, listener));
  }
}
