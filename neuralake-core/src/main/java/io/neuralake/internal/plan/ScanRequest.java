package io.neuralake.internal.plan;

import io.neuralake.expr.Expr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scan is to return. Immutable.
 *
 * @param columns top-level columns in the order wanted, null for all
 * @param filter which rows, null for all
 * @param limit rows at most, -1 for all
 * @param batchRows rows of a batch at most
 * @param parallelism files that are read at the same time
 */
public record ScanRequest(
    @Nullable List<String> columns,
    @Nullable Expr filter,
    long limit,
    int batchRows,
    int parallelism) {

  private static final int MAX_DEFAULT_PARALLELISM = 4;

  /** Everything, in batches of 8192 rows. */
  public static final ScanRequest ALL = new ScanRequest(null, null, -1, 8192, defaultParallelism());

  private static int defaultParallelism() {
    return Math.min(MAX_DEFAULT_PARALLELISM, Runtime.getRuntime().availableProcessors());
  }

  /** The same with only some columns. */
  public ScanRequest withColumns(List<String> wanted) {
    return new ScanRequest(List.copyOf(wanted), filter, limit, batchRows, parallelism);
  }

  /** The same with another predicate besides. */
  public ScanRequest and(Expr predicate) {
    Expr both = filter == null ? predicate : filter.and(predicate);
    return new ScanRequest(columns, both, limit, batchRows, parallelism);
  }

  /** The same with another limit. */
  public ScanRequest withLimit(long rows) {
    return new ScanRequest(columns, filter, rows, batchRows, parallelism);
  }

  /** The same with other batches. */
  public ScanRequest withBatchRows(int rows) {
    return new ScanRequest(columns, filter, limit, rows, parallelism);
  }

  /** The same with another number of readers. */
  public ScanRequest withParallelism(int readers) {
    return new ScanRequest(columns, filter, limit, batchRows, readers);
  }
}
