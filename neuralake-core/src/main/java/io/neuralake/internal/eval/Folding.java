package io.neuralake.internal.eval;

import io.neuralake.error.InvalidRequestException;

/** Computes operations on constants once. */
final class Folding {
  private Folding() {}

  /**
   * The constant that an operation on constants gives, or the operation itself. An operation that
   * fails is kept, for it fails only where a row needs it.
   */
  static BoundExpr fold(BoundExpr expr) {
    // A cast that changes nothing leaves a column, which has no operands but is no constant.
    if (expr.children().isEmpty()
        || !expr.children().stream().allMatch(child -> child instanceof BoundExpr.Literal)) {
      return expr;
    }
    try {
      Object value = RowEvaluator.held(expr, path -> null);
      return new BoundExpr.Literal(value, expr.type(), false);
    } catch (InvalidRequestException e) {
      return expr;
    }
  }
}
