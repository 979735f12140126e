package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Guards everything that recurses into expressions from running out of stack. */
final class ExprDepth {
  private static final int MAX_NODES = 500_000;

  private record Level(Expr expr, int depth) {}

  private ExprDepth() {}

  /**
   * Refuses expressions that are too deep or too large. Operands can be shared (BETWEEN and CASE
   * repeat theirs), so a small object graph or a short text can stand for a very large tree.
   */
  static void check(Expr root) {
    int nodes = 0;
    Deque<Level> open = new ArrayDeque<>();
    open.push(new Level(root, 1));
    while (!open.isEmpty()) {
      Level level = open.pop();
      if (level.depth() > SqlExpressions.MAX_DEPTH) {
        throw tooDeep();
      }
      if (++nodes > MAX_NODES) {
        throw new InvalidRequestException(
            "The expression has more than " + MAX_NODES + " parts. Split it, or use fewer values.");
      }
      for (Expr child : level.expr().children()) {
        open.push(new Level(child, level.depth() + 1));
      }
    }
  }

  static InvalidRequestException tooDeep() {
    return new InvalidRequestException(
        "The expression is nested more than "
            + SqlExpressions.MAX_DEPTH
            + " levels deep. Use IN lists or chains of AND and OR, which count as one level, or"
            + " fewer parentheses.");
  }
}
