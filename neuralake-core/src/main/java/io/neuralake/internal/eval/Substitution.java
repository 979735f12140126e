package io.neuralake.internal.eval;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts known values in the place of columns and computes what becomes constant. */
final class Substitution {
  private final Map<String, ? extends @Nullable Object> values;

  /**
   * @param values canonical values, possibly null, by the logical name of a top-level column
   */
  Substitution(Map<String, ? extends @Nullable Object> values) {
    this.values = values;
  }

  BoundExpr apply(BoundExpr expr) {
    if (expr instanceof BoundExpr.Column column) {
      String name = column.path().get(0);
      if (column.path().size() > 1 || !values.containsKey(name)) {
        return expr;
      }
      return new BoundExpr.Literal(
          Values.held(values.get(name), column.type()), column.type(), false);
    }
    List<BoundExpr> children = expr.children();
    List<BoundExpr> replaced = children.stream().map(this::apply).toList();
    boolean same = true;
    for (int i = 0; i < children.size(); i++) {
      same &= children.get(i) == replaced.get(i);
    }
    return same ? expr : Folding.fold(rebuild(expr, replaced));
  }

  private static BoundExpr rebuild(BoundExpr expr, List<BoundExpr> children) {
    BoundExpr first = children.get(0);
    if (expr instanceof BoundExpr.Compare compare) {
      return new BoundExpr.Compare(compare.comparator(), first, children.get(1));
    }
    if (expr instanceof BoundExpr.Arithmetic arithmetic) {
      return new BoundExpr.Arithmetic(
          arithmetic.operator(), first, children.get(1), arithmetic.type());
    }
    if (expr instanceof BoundExpr.Negate) {
      return new BoundExpr.Negate(first);
    }
    if (expr instanceof BoundExpr.Abs) {
      return new BoundExpr.Abs(first);
    }
    if (expr instanceof BoundExpr.Logic logic) {
      return new BoundExpr.Logic(logic.and(), children);
    }
    if (expr instanceof BoundExpr.Not) {
      return new BoundExpr.Not(first);
    }
    if (expr instanceof BoundExpr.IsNull) {
      return new BoundExpr.IsNull(first);
    }
    if (expr instanceof BoundExpr.In) {
      return new BoundExpr.In(first, children.subList(1, children.size()));
    }
    if (expr instanceof BoundExpr.Like like) {
      return new BoundExpr.Like(first, like.pattern());
    }
    if (expr instanceof BoundExpr.Cast cast) {
      return new BoundExpr.Cast(first, cast.type());
    }
    if (expr instanceof BoundExpr.Coalesce coalesce) {
      return new BoundExpr.Coalesce(children, coalesce.type());
    }
    if (expr instanceof BoundExpr.Length) {
      return new BoundExpr.Length(first);
    }
    if (expr instanceof BoundExpr.DatePart date) {
      return new BoundExpr.DatePart(date.part(), first);
    }
    if (expr instanceof BoundExpr.ChangeCase change) {
      return new BoundExpr.ChangeCase(change.upper(), first);
    }
    BoundExpr.Case caseWhen = (BoundExpr.Case) expr;
    int conditions = caseWhen.conditions().size();
    return new BoundExpr.Case(
        children.subList(0, conditions),
        children.subList(conditions, children.size()),
        caseWhen.type());
  }
}
