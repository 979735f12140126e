package io.neuralake.internal.eval;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a bound expression for one row of Java values, with the same code as for batches. Meant
 * for constants and partition values. Immutable and thread-safe.
 */
public final class RowEvaluator {
  private final BoundExpr expr;

  public RowEvaluator(BoundExpr expr) {
    this.expr = expr;
  }

  /**
   * Evaluates.
   *
   * @param row canonical values (see {@link io.neuralake.internal.columnar.FileStats}; binary:
   *     {@code byte[]}) by logical column name as the schema spells it, a map of the same kind for
   *     a struct; a missing column is null
   * @return the canonical value of the result ({@link io.neuralake.expr.Binary} for binary), or
   *     null
   * @throws io.neuralake.error.InvalidRequestException on overflow, division by zero, a cast that
   *     fails, or a value whose class does not fit the column
   */
  public @Nullable Object evaluate(Map<String, ?> row) {
    return Values.canonical(held(expr, path -> value(row, path)), expr.type());
  }

  private static @Nullable Object value(Map<String, ?> row, List<String> path) {
    Object value = row;
    for (String name : path) {
      value = value instanceof Map<?, ?> fields ? fields.get(name) : null;
    }
    return value;
  }

  /** Gives the canonical value of a column in one row. */
  interface Row {
    @Nullable Object value(List<String> path);
  }

  /** Evaluates to a held value. */
  static @Nullable Object held(BoundExpr expr, Row row) {
    LaneEvaluator.Source source =
        column -> {
          Object value = Values.held(row.value(column.path()), column.type());
          return Lane.of(Kind.of(column.type()), new Object[] {value}, true);
        };
    return new LaneEvaluator(1, source).evaluate(expr).get(0);
  }
}
