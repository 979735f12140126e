package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.PartFilter;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.log.FileFacts;
import io.neuralake.internal.log.LogSnapshot;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** A predicate on the rows of a snapshot: on batches, and on what the log says of whole files. */
final class RowFilter {

  private final FileFacts facts;
  private final Set<String> columns;
  private final FileSkipping skipping;
  private final BatchEvaluator evaluator;

  private RowFilter(FileFacts facts, BoundExpr predicate) {
    this.facts = facts;
    this.columns = new LinkedHashSet<>();
    predicate.columns().forEach(path -> columns.add(path.get(0)));
    this.skipping = new FileSkipping(predicate);
    this.evaluator = new BatchEvaluator(predicate);
  }

  /**
   * Fits a predicate to a snapshot's schema.
   *
   * @throws InvalidRequestException if it does not fit
   */
  static RowFilter bind(Expr predicate, LogSnapshot snapshot) {
    return bind(predicate, TableView.of(snapshot));
  }

  /** Like {@link #bind(Expr, LogSnapshot)}. */
  static RowFilter bind(Expr predicate, TableView view) {
    StructType schema = view.metadata().schema();
    try {
      return new RowFilter(
          new FileFacts(view.table(), view.metadata()), Binder.of(schema).predicate(predicate));
    } catch (InvalidRequestException e) {
      throw new InvalidRequestException(
          view.table() + ", version " + view.version() + ": " + e.getMessage(), e);
    }
  }

  /** A predicate that fits a snapshot's schema, or what becomes of it. */
  static RowFilter of(BoundExpr predicate, LogSnapshot snapshot) {
    return new RowFilter(new FileFacts(snapshot.table(), snapshot.metadata()), predicate);
  }

  /** The top-level columns that it reads. */
  Set<String> columns() {
    return columns;
  }

  /** What partition values alone say of a file. */
  boolean mayMatchPartition(Map<String, @Nullable Object> partition) {
    return skipping.judge(partition, null, facts::physical).mayMatch();
  }

  /** What partition values and statistics say of a file. */
  FileSkipping.Verdict judge(Map<String, @Nullable Object> partition, @Nullable FileStats stats) {
    return skipping.judge(partition, stats, facts::physical);
  }

  /** The predicate as it is asked of the parts of a file. */
  PartFilter within(Map<String, @Nullable Object> partition) {
    return skipping.within(partition);
  }

  /** The rows of a batch for which the predicate is true. */
  Selection select(VectorSchemaRoot batch) {
    return evaluator.filter(batch);
  }
}
