package io.neuralake.internal.plan;

import io.neuralake.expr.Expr;
import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.log.RowPositions;
import io.neuralake.internal.meta.TableMetadata;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the rows for which a predicate is true, or gives them other values.
 *
 * @param predicate which rows, null for all
 * @param assignments the new values; none to delete the rows
 */
record RowEdit(@Nullable Expr predicate, List<Assignment> assignments) implements RowChange {

  private static final long serialVersionUID = 1L;

  RowEdit {
    assignments = List.copyOf(assignments);
  }

  @Override
  public Bound bind(TaskTable table, TableMetadata metadata, TaskHost host) {
    BoundExpr bound = predicate == null ? null : Binder.of(metadata.schema()).predicate(predicate);
    return new Edit(
        bound,
        assignments.isEmpty() ? null : Assignments.of(assignments, metadata, table.location()));
  }

  private static final class Edit implements Bound {
    private final Set<String> columns = new LinkedHashSet<>();
    private final @Nullable FileSkipping skipping;
    private final @Nullable BatchEvaluator evaluator;
    private final @Nullable Assignments assignments;

    Edit(@Nullable BoundExpr predicate, @Nullable Assignments assignments) {
      this.assignments = assignments;
      this.skipping = predicate == null ? null : new FileSkipping(predicate);
      this.evaluator = predicate == null ? null : new BatchEvaluator(predicate);
      if (predicate != null) {
        predicate.columns().forEach(path -> columns.add(path.get(0)));
      }
    }

    @Override
    public Set<String> columns() {
      return columns;
    }

    @Override
    public @Nullable PartFilter within(Map<String, @Nullable Object> partitionValues) {
      return skipping == null ? null : skipping.within(partitionValues);
    }

    @Override
    public void look(VectorSchemaRoot batch, long[] positions, Found found) {
      RowPositions into = assignments == null ? found.deleted() : found.updated();
      if (evaluator == null) {
        for (long position : positions) {
          into.add(position);
        }
        return;
      }
      Selection selected = evaluator.filter(batch);
      for (int i = 0; i < selected.size(); i++) {
        into.add(positions[selected.row(i)]);
      }
    }

    @Override
    public VectorSchemaRoot update(
        VectorSchemaRoot rows, long[] positions, BufferAllocator allocator) {
      if (assignments == null) {
        throw new IllegalStateException("rows are deleted, not updated");
      }
      return assignments.apply(rows, allocator);
    }
  }
}
