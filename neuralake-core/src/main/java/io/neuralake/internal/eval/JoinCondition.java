package io.neuralake.internal.eval;

import io.neuralake.expr.Expr.Comparator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The condition of a join, taken apart. Immutable and thread-safe.
 *
 * @param whole the condition
 * @param keys conjuncts that compare a value of the target with one of the source for equality
 * @param targetOnly conjuncts that read no column of the source
 * @param sourceOnly conjuncts that read columns of the source only
 * @param exact whether equal hashes of keys mean that all other conjuncts than {@code targetOnly}
 *     and {@code sourceOnly} are true
 */
public record JoinCondition(
    BoundExpr whole,
    List<Key> keys,
    List<BoundExpr> targetOnly,
    List<BoundExpr> sourceOnly,
    boolean exact) {

  /**
   * A pair of values that must be equal.
   *
   * @param target reads the target only
   * @param source reads the source only
   * @param nullSafe whether null equals null
   */
  public record Key(BoundExpr target, BoundExpr source, boolean nullSafe) {}

  /** Takes a condition apart that was bound by a {@link JoinResolver}. */
  public static JoinCondition of(BoundExpr condition) {
    List<Key> keys = new ArrayList<>();
    List<BoundExpr> targetOnly = new ArrayList<>();
    List<BoundExpr> sourceOnly = new ArrayList<>();
    boolean rest = false;
    for (BoundExpr conjunct : conjuncts(condition)) {
      boolean target = conjunct.columns().stream().anyMatch(c -> !JoinResolver.isSource(c));
      boolean source = conjunct.columns().stream().anyMatch(JoinResolver::isSource);
      Key key = key(conjunct);
      if (!source) {
        targetOnly.add(conjunct);
      } else if (!target) {
        sourceOnly.add(conjunct);
      } else if (key != null) {
        keys.add(key);
      } else {
        rest = true;
      }
    }
    boolean exact =
        !rest
            && keys.size() == 1
            && !keys.get(0).nullSafe()
            && Kind.of(keys.get(0).target().type()) == Kind.LONG;
    return new JoinCondition(condition, keys, targetOnly, sourceOnly, exact);
  }

  private static List<BoundExpr> conjuncts(BoundExpr condition) {
    if (condition instanceof BoundExpr.Logic logic && logic.and()) {
      return logic.children().stream().flatMap(child -> conjuncts(child).stream()).toList();
    }
    return List.of(condition);
  }

  private static @Nullable Key key(BoundExpr conjunct) {
    if (!(conjunct instanceof BoundExpr.Compare compare)
        || (compare.comparator() != Comparator.EQ
            && compare.comparator() != Comparator.EQ_NULL_SAFE)) {
      return null;
    }
    boolean nullSafe = compare.comparator() == Comparator.EQ_NULL_SAFE;
    BoundExpr left = compare.left();
    BoundExpr right = compare.right();
    if (readsOnly(left, false) && readsOnly(right, true)) {
      return new Key(left, right, nullSafe);
    }
    return readsOnly(left, true) && readsOnly(right, false) ? new Key(right, left, nullSafe) : null;
  }

  private static boolean readsOnly(BoundExpr expr, boolean source) {
    return !expr.columns().isEmpty()
        && expr.columns().stream().allMatch(c -> JoinResolver.isSource(c) == source);
  }

  /** All of some conditions as one; null if there are none. */
  public static @Nullable BoundExpr all(List<BoundExpr> conditions) {
    return conditions.isEmpty()
        ? null
        : conditions.size() == 1 ? conditions.get(0) : new BoundExpr.Logic(true, conditions);
  }
}
