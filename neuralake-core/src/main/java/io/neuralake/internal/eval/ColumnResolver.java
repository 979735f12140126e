package io.neuralake.internal.eval;

import java.util.List;

/** Finds the column that a name in an expression means. */
@FunctionalInterface
public interface ColumnResolver {
  /**
   * Resolves a name.
   *
   * @param path the parts of the name as written
   * @return the column, spelled as in the schema
   * @throws io.neuralake.error.InvalidRequestException if there is no such column, or more than one
   */
  BoundExpr.Column resolve(List<String> path);
}
