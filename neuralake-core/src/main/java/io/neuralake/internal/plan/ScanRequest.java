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
 */
public record ScanRequest(
    @Nullable List<String> columns, @Nullable Expr filter, long limit, int batchRows) {

  /** Everything, in batches of 8192 rows. */
  public static final ScanRequest ALL = new ScanRequest(null, null, -1, 8192);
}
