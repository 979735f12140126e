package io.neuralake.internal.plan;

import io.neuralake.expr.Expr;
import org.jspecify.annotations.Nullable;

/**
 * What to do to the files of a table. Immutable.
 *
 * @param predicate over partition columns, null for all partitions
 * @param packing which files are written again together
 * @param layout how rows are sorted, null for not at all
 * @param maxGroups how many groups at most
 * @param parallelism groups at a time; 0 for what the lake's task executor does
 */
public record OptimizeSpec(
    @Nullable Expr predicate,
    Packing packing,
    @Nullable Layout layout,
    int maxGroups,
    int parallelism) {

  /** All partitions, with defaults. */
  public static final OptimizeSpec DEFAULT =
      new OptimizeSpec(null, Packing.DEFAULT, null, Integer.MAX_VALUE, 0);

  /** The same on fewer partitions. */
  public OptimizeSpec where(Expr condition) {
    return new OptimizeSpec(
        predicate == null ? condition : predicate.and(condition),
        packing,
        layout,
        maxGroups,
        parallelism);
  }

  public OptimizeSpec withPacking(Packing changed) {
    return new OptimizeSpec(predicate, changed, layout, maxGroups, parallelism);
  }

  public OptimizeSpec withLayout(@Nullable Layout changed) {
    return new OptimizeSpec(predicate, packing, changed, maxGroups, parallelism);
  }

  public OptimizeSpec withMaxGroups(int groups) {
    return new OptimizeSpec(predicate, packing, layout, groups, parallelism);
  }

  public OptimizeSpec withParallelism(int groups) {
    return new OptimizeSpec(predicate, packing, layout, maxGroups, groups);
  }
}
