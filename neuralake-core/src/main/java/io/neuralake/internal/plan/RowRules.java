package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.meta.Invariants;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.row.RowChecks;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What a table demands of every row: NOT NULL, invariants, CHECK constraints. Not thread-safe. */
final class RowRules {

  /** Nothing is demanded. */
  static final RowRules NONE = new RowRules(new StructType(), List.of());

  private final StructType schema;
  private final List<Rule> rules;

  private RowRules(StructType schema, List<Rule> rules) {
    this.schema = schema;
    this.rules = rules;
  }

  private record Rule(Invariants.Condition condition, BatchEvaluator evaluator) {}

  /**
   * The rules of a table.
   *
   * @throws UnsupportedTableException if one cannot be evaluated, so that rows must not be written
   */
  static RowRules of(TableMetadata metadata, String table) {
    List<Rule> rules = new ArrayList<>();
    for (Invariants.Condition condition : Invariants.of(metadata, table)) {
      try {
        rules.add(
            new Rule(
                condition,
                new BatchEvaluator(
                    Binder.of(metadata.schema()).predicate(Expr.sql(condition.sql())))));
      } catch (NeuralLakeException e) {
        throw new UnsupportedTableException(
            table
                + ": neuralake cannot check the constraint '"
                + condition.name()
                + "' ("
                + condition.sql()
                + "): "
                + e.getMessage()
                + " Write with an engine that can, or drop the constraint.",
            e);
      }
    }
    return new RowRules(metadata.schema(), rules);
  }

  /** Whether there is any condition besides NOT NULL. */
  boolean hasConditions() {
    return !rules.isEmpty();
  }

  /** The conditions of a table, for comparison. */
  static List<Invariants.Condition> conditions(TableMetadata metadata) {
    return Invariants.of(metadata, metadata.id());
  }

  /**
   * Checks a batch in canonical mapping.
   *
   * @param firstRow number of its first row among all rows of the write
   * @throws InvalidRequestException naming the first row that breaks a rule
   */
  void check(VectorSchemaRoot batch, long firstRow) {
    RowChecks.notNull(batch, schema, firstRow);
    for (Rule rule : rules) {
      Selection satisfied = rule.evaluator().filter(batch);
      if (!satisfied.isAll()) {
        throw new InvalidRequestException(
            "row "
                + (firstRow + firstUnselected(satisfied))
                + " breaks the constraint '"
                + rule.condition().name()
                + "': "
                + rule.condition().sql()
                + " is not true");
      }
    }
  }

  static int firstUnselected(Selection selection) {
    int row = 0;
    while (row < selection.size() && selection.row(row) == row) {
      row++;
    }
    return row;
  }
}
