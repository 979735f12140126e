package io.neuralake.write;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.plan.MergeJob;
import io.neuralake.internal.plan.MergeSpec;
import io.neuralake.internal.plan.RewriteJob;
import io.neuralake.internal.plan.RowSource;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.read.Scan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Merges rows of a source into a table: updates and deletes rows that match, inserts those that do
 * not, in one version. An immutable value: each method returns a refined one, {@link #commit} acts,
 * once, because the source is consumed.
 *
 * <pre>{@code
 * table.merge(changes).on("t.id = s.id")
 *     .whenMatched("s.deleted").delete()
 *     .whenMatched().updateAll()
 *     .whenNotMatched("NOT s.deleted").insertAll()
 *     .commit();
 * }</pre>
 *
 * <p><b>Rules</b> (those of Spark). Of each kind, the first clause whose condition is true for a
 * row applies, in the order in which they were added; only the last one of a kind may be without a
 * condition. It is an error if several rows of the source would change the same row of the table,
 * unless the only {@code whenMatched} clause deletes without a condition. Columns of the table are
 * named {@code t.x}, of the source {@code s.x} ({@link #as} changes the aliases), or plainly where
 * only one of them has the name. Equality with null is never true; {@code <=>} matches nulls.
 *
 * <p><b>Work.</b> Files are left out by partition values, statistics and the ranges of the source's
 * keys (values compared with {@code =} or {@code <=>}). Of the others only the columns that
 * conditions need are read at first; a file is rewritten, or gets a deletion vector where the table
 * enables them, only if rows of it change. A condition without keys compares every row with every
 * row.
 *
 * <p><b>Memory.</b> The source is read once, and kept in memory up to {@link #sourceMemory}, beyond
 * that in a temporary file. Files of the table are streamed, a few at a time.
 *
 * <p><b>Conflicts.</b> Of two operations that change the same row, or insert rows that the other
 * would have matched, one wins; the other is done again on the newest version.
 */
public final class Merge extends WriteOperation<Merge> {

  private final TableContext table;
  private final BiFunction<MergeSpec, MergeJob.Options, RewriteJob.Result> source;
  private final MergeSpec spec;
  private final MergeJob.Options options;
  private final AtomicBoolean used;

  private Merge(
      TableContext table,
      BiFunction<MergeSpec, MergeJob.Options, RewriteJob.Result> source,
      MergeSpec spec,
      MergeJob.Options options,
      AtomicBoolean used) {
    super(table.table());
    this.table = table;
    this.source = source;
    this.spec = spec;
    this.options = options;
    this.used = used;
  }

  private Merge(
      TableContext table, BiFunction<MergeSpec, MergeJob.Options, RewriteJob.Result> source) {
    this(table, source, MergeSpec.EMPTY, MergeJob.Options.DEFAULT, new AtomicBoolean());
  }

  /** For {@code NeuralTable}: a merge of rows. */
  public Merge(TableContext table, Supplier<RowSource> rows) {
    this(table, (spec, options) -> MergeJob.run(table, rows, spec, options));
  }

  /** For {@code NeuralTable}: a merge of what a scan finds when it is committed. */
  public Merge(TableContext table, Scan scan) {
    this(table, (spec, options) -> MergeJob.runScan(table, scan::arrow, spec, options));
  }

  private Merge with(MergeSpec changed) {
    return new Merge(table, source, changed, options, used);
  }

  private Merge with(MergeJob.Options changed) {
    return new Merge(table, source, spec, changed, used);
  }

  @Override
  CommitOptions options() {
    return options.commit();
  }

  @Override
  Merge with(CommitOptions changed) {
    return with(options.withCommit(changed));
  }

  /** Other names for the table (default {@code t}) and the source (default {@code s}). */
  public Merge as(String target, String source) {
    if (target.isEmpty() || source.isEmpty() || target.equalsIgnoreCase(source)) {
      throw new InvalidRequestException(
          table.table()
              + ": a merge needs two different aliases, not '"
              + target
              + "' and '"
              + source
              + "'.");
    }
    return with(spec.withAliases(target, source));
  }

  /** When a row of the source matches one of the table. */
  public Merge on(Expr condition) {
    return with(spec.withCondition(condition));
  }

  /** Like {@link #on(Expr)}, from SQL text such as {@code t.id = s.id AND t.day > '2026-01-01'}. */
  public Merge on(String sql) {
    return on(Expr.sql(sql));
  }

  /** What becomes of all (other) rows of the table that match a row of the source. */
  public Matched whenMatched() {
    return new Matched(this, MergeSpec.Rows.MATCHED, null);
  }

  /** What becomes of rows of the table that match a row of the source, where this is true. */
  public Matched whenMatched(Expr condition) {
    return new Matched(this, MergeSpec.Rows.MATCHED, condition);
  }

  /** Like {@link #whenMatched(Expr)}, from SQL text. */
  public Matched whenMatched(String sql) {
    return whenMatched(Expr.sql(sql));
  }

  /** What becomes of all (other) rows of the source that match no row of the table. */
  public NotMatched whenNotMatched() {
    return new NotMatched(this, null);
  }

  /** What becomes of rows of the source that match no row of the table, where this is true. */
  public NotMatched whenNotMatched(Expr condition) {
    return new NotMatched(this, condition);
  }

  /** Like {@link #whenNotMatched(Expr)}, from SQL text. */
  public NotMatched whenNotMatched(String sql) {
    return whenNotMatched(Expr.sql(sql));
  }

  /**
   * What becomes of all (other) rows of the table that match no row of the source. Every file of
   * the table is read, except those that no condition of such clauses can be true for.
   */
  public NotMatchedBySource whenNotMatchedBySource() {
    return new NotMatchedBySource(this, MergeSpec.Rows.NOT_MATCHED_BY_SOURCE, null);
  }

  /**
   * What becomes of rows of the table that match no row of the source, where this is true; see
   * {@link #whenNotMatchedBySource()}.
   */
  public NotMatchedBySource whenNotMatchedBySource(Expr condition) {
    return new NotMatchedBySource(this, MergeSpec.Rows.NOT_MATCHED_BY_SOURCE, condition);
  }

  /** Like {@link #whenNotMatchedBySource(Expr)}, from SQL text. */
  public NotMatchedBySource whenNotMatchedBySource(String sql) {
    return whenNotMatchedBySource(Expr.sql(sql));
  }

  /**
   * Adds columns that the source has and the table lacks, if {@code updateAll} or {@code insertAll}
   * take them; columns that the source lacks keep their values, and are null (or have their
   * default) in inserted rows. Without this the source must have all columns, and others of it are
   * ignored there.
   */
  public Merge evolveSchema() {
    return with(spec.evolving());
  }

  /**
   * How many bytes of the source's rows are held in memory; more are put into a temporary file.
   * Default: 256 MiB, at most a quarter of the heap. Besides, each row takes about 24 bytes of
   * heap.
   *
   * @param bytes one or more
   */
  public Merge sourceMemory(long bytes) {
    if (bytes < 1) {
      throw new InvalidRequestException(
          table.table() + ": the source needs at least one byte, not " + bytes + ".");
    }
    return with(options.withSourceBytes(bytes));
  }

  /**
   * The columns of rows that do not say themselves which they have: maps, and no rows at all.
   * Default: those of the table.
   */
  public Merge sourceSchema(StructType columns) {
    return with(options.withSourceSchema(columns));
  }

  /** Tells a listener of progress; it can cancel the merge. */
  public Merge listener(ProgressListener listener) {
    return with(options.withListener(listener));
  }

  /**
   * Merges.
   *
   * @return {@code committed()} is false if there was nothing to change, or the {@link
   *     #transaction} was recorded before
   * @throws InvalidRequestException if a condition, a value or a row does not fit the table, a rule
   *     above is broken, or the source, which can be read once, was merged before
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if others changed rows that the merge has
   *     read and it could not be planned again, or others won until the deadline
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether the
   *     commit took effect; look before you merge the same rows again
   * @throws io.neuralake.error.StorageException if the storage fails
   */
  @Override
  public CommitResult commit() {
    if (used.getAndSet(true)) {
      throw new InvalidRequestException(
          table.table() + ": this source was merged before; hand it in again to merge it twice.");
    }
    return Results.of(table, options.commit(), source.apply(spec, options));
  }

  /** A condition on rows of the table that waits for what becomes of them. */
  public static sealed class NotMatchedBySource permits Matched {
    private final Merge merge;
    private final MergeSpec.Rows rows;
    private final @Nullable Expr condition;

    private NotMatchedBySource(Merge merge, MergeSpec.Rows rows, @Nullable Expr condition) {
      this.merge = merge;
      this.rows = rows;
      this.condition = condition;
    }

    final Merge then(MergeSpec.Action action, @Nullable Map<String, Expr> values) {
      return merge.with(merge.spec.with(new MergeSpec.Clause(rows, condition, action, values)));
    }

    /** They are deleted. */
    public Merge delete() {
      return then(MergeSpec.Action.DELETE, null);
    }

    /**
     * Some of their columns are set.
     *
     * @param values by column name: an {@link Expr}, or SQL text of one
     */
    public Merge update(Map<String, ?> values) {
      return then(MergeSpec.Action.UPDATE, expressions(values));
    }
  }

  /** A condition on pairs of rows that waits for what becomes of them. */
  public static final class Matched extends NotMatchedBySource {
    private Matched(Merge merge, MergeSpec.Rows rows, @Nullable Expr condition) {
      super(merge, rows, condition);
    }

    /** All columns get the values that the source has in the column of the same name. */
    public Merge updateAll() {
      return then(MergeSpec.Action.UPDATE, null);
    }
  }

  /** A condition on rows of the source that waits for what becomes of them. */
  public static final class NotMatched {
    private final Merge merge;
    private final @Nullable Expr condition;

    private NotMatched(Merge merge, @Nullable Expr condition) {
      this.merge = merge;
      this.condition = condition;
    }

    private Merge then(@Nullable Map<String, Expr> values) {
      return merge.with(
          merge.spec.with(
              new MergeSpec.Clause(
                  MergeSpec.Rows.NOT_MATCHED, condition, MergeSpec.Action.INSERT, values)));
    }

    /** They are inserted, each column by name. */
    public Merge insertAll() {
      return then(null);
    }

    /**
     * Rows with these values are inserted. Other columns are null, or have their default.
     *
     * @param values by column name: an {@link Expr}, or SQL text of one
     */
    public Merge insert(Map<String, ?> values) {
      return then(expressions(values));
    }
  }

  private static Map<String, Expr> expressions(Map<String, ?> values) {
    if (values.isEmpty()) {
      throw new InvalidRequestException("A clause of a merge needs at least one column to set.");
    }
    Map<String, Expr> expressions = new LinkedHashMap<>();
    values.forEach(
        (column, value) ->
            expressions.put(column, value instanceof String sql ? Expr.sql(sql) : Expr.lit(value)));
    return expressions;
  }
}
