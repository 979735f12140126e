package io.neuralake.internal.plan;

import java.util.function.Supplier;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/**
 * Where the rows of a merge come from, opened when it is committed.
 *
 * @param rows gives the rows
 * @param scan gives a reader of our own, which is closed after the merge; null if the rows are the
 *     caller's
 */
public record MergeSource(
    @Nullable Supplier<RowSource> rows, @Nullable Supplier<ArrowReader> scan) {

  /** Rows of the caller's. */
  public static MergeSource of(Supplier<RowSource> rows) {
    return new MergeSource(rows, null);
  }

  /** The rows of a reader that is opened for the merge alone. */
  public static MergeSource ofScan(Supplier<ArrowReader> scan) {
    return new MergeSource(null, scan);
  }
}
