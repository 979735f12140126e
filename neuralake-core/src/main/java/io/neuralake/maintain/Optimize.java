package io.neuralake.maintain;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.expr.Expr;
import io.neuralake.internal.exec.Traced;
import io.neuralake.internal.order.Curve;
import io.neuralake.internal.plan.Layout;
import io.neuralake.internal.plan.OptimizeJob;
import io.neuralake.internal.plan.OptimizeSpec;
import io.neuralake.internal.plan.OptimizeTotals;
import io.neuralake.internal.plan.Packing;
import io.neuralake.internal.txn.TableContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes small files again as fewer and larger ones, and leaves out the rows that deletion vectors
 * name. No row changes. An immutable value: each method returns a refined one, {@link #run} acts.
 *
 * <pre>{@code
 * signals.optimize().where("day >= DATE '2026-11-01'").run();
 * }</pre>
 *
 * <p>Files of a partition are put into groups of about the target's size. Each group is a task of
 * the lake's {@link io.neuralake.exec.TaskExecutor}, which streams, and is committed as soon as it
 * is done (together with others while they are small): a crash, a cancellation or a failure loses
 * what is not committed yet, and what is committed stays.
 *
 * <p><b>Conflicts.</b> Appends never matter. A group of which others have changed a file, or all if
 * the table's schema or properties have changed, is planned again on the newest version, a few
 * times; what is left then is for next time, and the result counts it.
 *
 * <p><b>Memory.</b> For each group that is under way the buffers of a file that is written, and the
 * batches and at most 16 MiB of each of the four files that are read at a time.
 */
public final class Optimize {

  private static final int MOST_COLUMNS = 10;

  private final TableContext table;
  private final OptimizeSpec spec;
  private final ProgressListener listener;

  private Optimize(TableContext table, OptimizeSpec spec, ProgressListener listener) {
    this.table = table;
    this.spec = spec;
    this.listener = listener;
  }

  /** For {@code NeuralTable}. */
  public Optimize(TableContext table) {
    this(table, OptimizeSpec.DEFAULT, ProgressListener.NONE);
  }

  private Optimize with(OptimizeSpec changed) {
    return new Optimize(table, changed, listener);
  }

  private Optimize with(Packing packing) {
    return with(spec.withPacking(packing));
  }

  /**
   * Only the partitions for which the condition is true; a second one narrows it further.
   *
   * @param condition SQL text over the table's partition columns, as {@link Expr#sql} reads it
   */
  public Optimize where(String condition) {
    return where(Expr.sql(condition));
  }

  /** Only the partitions for which the condition is true; a second one narrows it further. */
  public Optimize where(Expr condition) {
    return with(spec.where(condition));
  }

  /**
   * Size of new files, in bytes. Without it, the table's property {@code delta.targetFileSize}, or
   * else 128 MiB.
   */
  public Optimize targetFileSize(long bytes) {
    require(bytes > 0, "a target size of " + bytes + " bytes");
    Packing now = spec.packing();
    return with(
        new Packing(bytes, now.minBytes(), now.minFiles(), now.sizeRatio(), now.purgeRatio()));
  }

  /** Files below this are small, in bytes. Without it, three quarters of the target size. */
  public Optimize minFileSize(long bytes) {
    require(bytes >= 0, "a minimum size of " + bytes + " bytes");
    Packing now = spec.packing();
    return with(
        new Packing(now.targetBytes(), bytes, now.minFiles(), now.sizeRatio(), now.purgeRatio()));
  }

  /** A group of fewer small files stays as it is. Default 2. */
  public Optimize minFiles(int files) {
    require(files >= 1, "groups of " + files + " files");
    Packing now = spec.packing();
    return with(
        new Packing(now.targetBytes(), now.minBytes(), files, now.sizeRatio(), now.purgeRatio()));
  }

  /**
   * Leaves the largest file of a group out if the others together come to less than this share of
   * it, and so on. With 0.5, who optimizes again and again writes a row a few times, not each time.
   * Default 0.
   */
  public Optimize sizeRatio(double share) {
    require(share >= 0, "a size ratio of " + share);
    Packing now = spec.packing();
    return with(
        new Packing(now.targetBytes(), now.minBytes(), now.minFiles(), share, now.purgeRatio()));
  }

  /**
   * Files of whose rows a larger share is deleted by a deletion vector are written again, whatever
   * their size. Default 0.05; 0 purges all.
   */
  public Optimize purgeAbove(double share) {
    require(share >= 0, "a share of deleted rows of " + share);
    Packing now = spec.packing();
    return with(
        new Packing(now.targetBytes(), now.minBytes(), now.minFiles(), now.sizeRatio(), share));
  }

  /**
   * Sorts the rows of each partition along a Z-order curve through these columns, and spreads them
   * over files of the target's size: a scan that asks for a range of any of them opens few files.
   * All files are written again, each partition by one commit.
   *
   * @param columns one to ten top-level columns of any type but structs, arrays and maps
   */
  public Optimize zOrderBy(String... columns) {
    return along(Curve.Z_ORDER, columns);
  }

  /** As {@link #zOrderBy}, along a Hilbert curve, which keeps neighbours closer together. */
  public Optimize hilbertBy(String... columns) {
    return along(Curve.HILBERT, columns);
  }

  private Optimize along(Curve curve, String... columns) {
    require(
        columns.length >= 1 && columns.length <= MOST_COLUMNS,
        columns.length + " columns to sort by (one to " + MOST_COLUMNS + ")");
    Layout now = spec.layout();
    return with(
        spec.withLayout(
            new Layout(
                curve, List.of(columns), now == null ? Layout.DEFAULT_MEMORY : now.memory())));
  }

  /**
   * Memory for {@link #zOrderBy} and {@link #hilbertBy}, which come before, in bytes: what does not
   * fit is put into a temporary file, which takes the rows of a partition as Arrow has them.
   * Default 256 MiB.
   */
  public Optimize sortMemory(long bytes) {
    Layout now = spec.layout();
    require(bytes > 0, bytes + " bytes of memory to sort");
    if (now == null) {
      throw new InvalidRequestException(
          table.table() + ": say by what to sort before you say in how much memory.");
    }
    return with(spec.withLayout(new Layout(now.curve(), now.columns(), bytes)));
  }

  /** Stops after so many groups. Default: all. */
  public Optimize maxGroups(int groups) {
    require(groups >= 1, groups + " groups");
    return with(spec.withMaxGroups(groups));
  }

  /**
   * Groups that are worked on at a time. Default: as many as there are processors, or one where
   * rows are sorted, which takes all processors. Where the lake was given a task executor of its
   * own, that one decides.
   */
  public Optimize parallelism(int groups) {
    require(groups >= 1, "a parallelism of " + groups);
    return with(spec.withParallelism(groups));
  }

  /**
   * Reports how many files are written again, their rows, and the bytes of the new ones; a listener
   * that throws ends the operation, and what is committed stays.
   */
  public Optimize listener(ProgressListener progress) {
    return new Optimize(table, spec, progress);
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new InvalidRequestException(table.table() + ": cannot optimize with " + what + ".");
    }
  }

  /**
   * Does it.
   *
   * @throws InvalidRequestException if the condition does not fit the table, or reads other columns
   *     than partition columns
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   * @throws io.neuralake.error.UnsupportedTableException if the table has a feature that neuralake
   *     cannot write
   * @throws io.neuralake.error.CommitConflictException if others won until the deadline of the
   *     retries
   * @throws io.neuralake.error.CommitStateUnknownException if the storage does not say whether a
   *     commit took effect
   * @throws io.neuralake.error.StorageException if the storage fails, or the thread is interrupted
   */
  public OptimizeResult run() {
    Instant begun = table.runtime().clock().instant();
    OptimizeTotals totals =
        Traced.call(
            "optimize",
            table.table(),
            () -> new OptimizeJob(table, spec, listener).run(),
            done ->
                done.versions().isEmpty() ? -1 : done.versions().get(done.versions().size() - 1));
    return new OptimizeResult(
        totals.versions(),
        totals.files(),
        totals.groups(),
        totals.skippedGroups(),
        totals.added().size(),
        totals.removed().size(),
        totals.vectorsRemoved(),
        totals.rows(),
        totals.bytesAdded(),
        totals.bytesRemoved(),
        Duration.between(begun, table.runtime().clock().instant()));
  }
}
