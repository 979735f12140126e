package io.neuralake.write;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.plan.Assignment;
import io.neuralake.internal.plan.EditRows;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;

/**
 * Gives rows other values. An immutable value: each method returns a refined one, {@link #commit}
 * acts.
 *
 * <p>Values are expressions over the row as it was, so that {@code set("a", "b").set("b", "a")}
 * swaps. They are stored as Spark stores them: numbers become other numbers where they fit, dates
 * and times each other, anything text. Generated columns follow; constraints are checked. A row is
 * updated if the condition is true for it.
 *
 * <p>Files without a match stay as they are. Where the table wants rows marked ({@code
 * delta.enableDeletionVectors}) the old rows get a deletion vector and the new ones a file of their
 * own, else files with a match are written again. Where the table records its changes ({@code
 * delta.enableChangeDataFeed}), they are written too.
 *
 * <p><b>Conflicts.</b> As for {@link Delete}.
 */
public final class Update extends WriteOperation<Update> {

  private final TableContext table;
  private final EditRows edit;
  private final ProgressListener listener;

  private Update(TableContext table, EditRows edit, ProgressListener listener) {
    super(table.table());
    this.table = table;
    this.edit = edit;
    this.listener = listener;
  }

  /** For {@code NeuralTable}. */
  public Update(TableContext table) {
    this(table, EditRows.DELETE, ProgressListener.NONE);
  }

  @Override
  CommitOptions options() {
    return edit.options();
  }

  @Override
  Update with(CommitOptions changed) {
    return new Update(table, edit.withOptions(changed), listener);
  }

  /**
   * A new value for a column.
   *
   * @param column its name; of a field of a struct, dotted. A null struct of which a field is set
   *     is null no more
   * @param value SQL text over the table's columns, as {@link Expr#sql} reads it
   */
  public Update set(String column, String value) {
    return set(column, Expr.sql(value));
  }

  /** A new value for a column. */
  public Update set(String column, Expr value) {
    return new Update(table, edit.with(new Assignment(column, value)), listener);
  }

  /**
   * Only rows for which the condition is true; a second one narrows it further.
   *
   * @param condition SQL text over the table's columns, as {@link Expr#sql} reads it
   */
  public Update where(String condition) {
    return where(Expr.sql(condition));
  }

  /** Only rows for which the condition is true; a second one narrows it further. */
  public Update where(Expr condition) {
    return new Update(table, edit.where(condition), listener);
  }

  /** Reports how far the operation is; a listener that throws cancels it. */
  public Update listener(ProgressListener progress) {
    return new Update(table, edit, progress);
  }

  /**
   * Updates the rows, in one version.
   *
   * @return {@code committed()} is false if no row matches, or the {@link #transaction} was
   *     recorded before
   * @throws InvalidRequestException if condition or values do not fit the table, a row would break
   *     a constraint, or the table's property {@code delta.appendOnly} forbids it
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
    if (edit.assignments().isEmpty()) {
      throw new InvalidRequestException(
          table.table() + ": nothing to update; set a column before commit().");
    }
    return Results.of(table, edit.options(), edit.run(table, listener));
  }
}
