package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.Invariants;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * CHECK constraints that a change of a table adds: the rows that are there have to satisfy them.
 */
final class NewConstraints {

  private NewConstraints() {}

  /**
   * Looks for rows that break them.
   *
   * @param state the table as it is
   * @param after its metadata after the change
   * @return the rows that were looked for: a concurrent append must not bring one
   * @throws InvalidRequestException if there is a row that breaks one; it names the row's values
   */
  static CommitPlan.Reads check(TableContext table, TableState state, TableMetadata after) {
    List<Invariants.Condition> added =
        new ArrayList<>(Invariants.constraints(after.configuration()));
    added.removeAll(Invariants.constraints(state.requireMetadata().configuration()));
    if (added.isEmpty()) {
      return CommitPlan.Reads.NOTHING;
    }
    LogSnapshot snapshot = table.log().at(state.version());
    List<BoundExpr> wanted = new ArrayList<>();
    for (Invariants.Condition condition : added) {
      Expr holds = bound(condition, after, table.table());
      Expr violation = new Expr.Or(List.of(new Expr.Not(holds), new Expr.IsNull(holds)));
      refuseViolations(table, snapshot, condition, violation);
      wanted.add(Binder.of(after.schema()).predicate(violation));
    }
    return CommitPlan.Reads.of(wanted, Set.of());
  }

  private static Expr bound(Invariants.Condition condition, TableMetadata after, String table) {
    try {
      Expr holds = Expr.sql(condition.sql());
      Binder.of(after.schema()).predicate(holds);
      return holds;
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(
          table
              + ": constraint '"
              + condition.name()
              + "' ("
              + condition.sql()
              + ") cannot be added: "
              + e.getMessage(),
          e);
    }
  }

  private static void refuseViolations(
      TableContext table, LogSnapshot snapshot, Invariants.Condition condition, Expr violation) {
    ScanRequest request = ScanRequest.ALL.and(violation);
    try (BufferAllocator allocator =
            table.runtime().allocator().newChildAllocator("constraint", 0, Long.MAX_VALUE);
        ScanRun<VectorSchemaRoot> run =
            new ScanRun<>(
                snapshot,
                table.log().store(),
                request.withParallelism(1).withLimit(1),
                allocator,
                table.runtime().workers(),
                new ScanCounters(),
                columns -> BatchForm.ARROW)) {
      try (VectorSchemaRoot row = run.next()) {
        if (row != null) {
          long rows =
              Counting.count(snapshot, table.log().store(), request, allocator, new ScanCounters());
          throw new InvalidRequestException(
              table.table()
                  + ": constraint '"
                  + condition.name()
                  + "' ("
                  + condition.sql()
                  + ") cannot be added, because it is not true of "
                  + (rows == 1 ? "one row" : rows + " rows")
                  + " of version "
                  + snapshot.version()
                  + ", such as "
                  + text(row)
                  + ". Correct or delete them first.");
        }
      }
    }
  }

  private static String text(VectorSchemaRoot row) {
    StringBuilder text = new StringBuilder("{");
    for (FieldVector vector : row.getFieldVectors()) {
      text.append(text.length() == 1 ? "" : ", ").append(vector.getName()).append('=');
      String value = String.valueOf(vector.getObject(0));
      text.append(value.length() > 100 ? value.substring(0, 100) + ".." : value);
    }
    return text.append('}').toString();
  }
}
