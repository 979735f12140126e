package io.neuralake.internal.plan;

import io.neuralake.exec.IsolationLevel;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.txn.CommitOptions;
import org.jspecify.annotations.Nullable;

/**
 * How rows are written.
 *
 * @param replaced which rows go, null for none
 * @param evolve whether new columns may be added to the table
 * @param replaceSchema whether the rows' schema replaces the table's
 * @param targetFileBytes size at which files are closed, 0 for the table's property or 128 MiB
 * @param beforeCommit runs between writing the files and committing them, null for nothing
 * @param commit what the caller says of the commit
 */
public record WriteOptions(
    ReplacedRows.@Nullable Scope replaced,
    boolean evolve,
    boolean replaceSchema,
    long targetFileBytes,
    @Nullable Runnable beforeCommit,
    CommitOptions commit) {

  /** A plain append. */
  public static final WriteOptions APPEND =
      new WriteOptions(null, false, false, 0, null, CommitOptions.NONE);

  /** A plain overwrite of the whole table: its version holds its rows, and no others. */
  public static final WriteOptions OVERWRITE =
      new WriteOptions(
          ReplacedRows.Scope.ALL,
          false,
          false,
          0,
          null,
          CommitOptions.NONE.withIsolation(IsolationLevel.SERIALIZABLE));

  public WriteOptions evolving() {
    return new WriteOptions(replaced, true, replaceSchema, targetFileBytes, beforeCommit, commit);
  }

  public WriteOptions replacingSchema() {
    return new WriteOptions(replaced, evolve, true, targetFileBytes, beforeCommit, commit);
  }

  public WriteOptions withTargetFileBytes(long bytes) {
    return new WriteOptions(replaced, evolve, replaceSchema, bytes, beforeCommit, commit);
  }

  /** Runs an action once the files are written. */
  public WriteOptions before(Runnable action) {
    return new WriteOptions(replaced, evolve, replaceSchema, targetFileBytes, action, commit);
  }

  /** Replaces only rows of a condition that the new rows satisfy. */
  public WriteOptions replacing(Expr condition) {
    ReplacedRows.Scope scope = scope();
    Expr both = scope.condition() == null ? condition : scope.condition().and(condition);
    return with(new ReplacedRows.Scope(both, false, scope.listener()));
  }

  /** Replaces only the partitions that the new rows have. */
  public WriteOptions replacingPartitions() {
    return with(new ReplacedRows.Scope(null, true, scope().listener()));
  }

  /** Reports the progress of replacing rows. */
  public WriteOptions withListener(ProgressListener listener) {
    ReplacedRows.Scope scope = scope();
    return with(new ReplacedRows.Scope(scope.condition(), scope.ownPartitions(), listener));
  }

  private ReplacedRows.Scope scope() {
    return replaced == null ? ReplacedRows.Scope.ALL : replaced;
  }

  private WriteOptions with(ReplacedRows.Scope scope) {
    return new WriteOptions(scope, evolve, replaceSchema, targetFileBytes, beforeCommit, commit);
  }

  /** Whether rows are replaced. */
  boolean overwrite() {
    return replaced != null;
  }

  /** Whether only some rows of the table are replaced. */
  public boolean replacesPart() {
    return replaced != null && replaced.isPart();
  }

  public WriteOptions withCommit(CommitOptions options) {
    return new WriteOptions(
        replaced, evolve, replaceSchema, targetFileBytes, beforeCommit, options);
  }
}
