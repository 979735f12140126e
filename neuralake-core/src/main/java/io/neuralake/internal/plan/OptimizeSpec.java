package io.neuralake.internal.plan;

import io.neuralake.expr.Expr;
import org.jspecify.annotations.Nullable;

/**
 * What to do to the files of a table. Immutable.
 *
 * @param predicate over partition columns, null for all partitions
 * @param packing which files are written again together
 * @param maxGroups how many groups at most
 * @param parallelism groups at a time; 0 for what the lake's task executor does
 */
public record OptimizeSpec(
    @Nullable Expr predicate, Packing packing, int maxGroups, int parallelism) {

  /** All partitions, with defaults. */
  public static final OptimizeSpec DEFAULT =
      new OptimizeSpec(null, Packing.DEFAULT, Integer.MAX_VALUE, 0);

  /** The same on fewer partitions. */
  public OptimizeSpec where(Expr condition) {
    return new OptimizeSpec(
        predicate == null ? condition : predicate.and(condition), packing, maxGroups, parallelism);
  }

  public OptimizeSpec withPacking(Packing changed) {
    return new OptimizeSpec(predicate, changed, maxGroups, parallelism);
  }

  public OptimizeSpec withMaxGroups(int groups) {
    return new OptimizeSpec(predicate, packing, groups, parallelism);
  }

  public OptimizeSpec withParallelism(int groups) {
    return new OptimizeSpec(predicate, packing, maxGroups, groups);
  }
}
