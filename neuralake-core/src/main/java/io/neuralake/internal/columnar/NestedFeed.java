package io.neuralake.internal.columnar;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What structs and lists have in common. */
abstract class NestedFeed implements ColumnFeed {
  /** Rows that are taken apart at once. */
  private static final int ROWS_AT_ONCE = 128;

  final String name;
  final boolean nullable;
  private final @Nullable LeafStats stats;
  private final Entries rows = new Entries();

  NestedFeed(String name, boolean nullable, @Nullable LeafStats stats) {
    this.name = name;
    this.nullable = nullable;
    this.stats = stats;
  }

  @Override
  public final void writeRows(int from, int to) throws IOException {
    for (int start = from; start < to; start += ROWS_AT_ONCE) {
      rows.rows(start, Math.min(to, start + ROWS_AT_ONCE));
      write(rows);
    }
  }

  /**
   * Counts a null.
   *
   * @param index where the vector has it; negative if something around is null
   */
  final void countNull(int index) {
    if (index >= 0 && !nullable) {
      throw new InvalidRequestException(
          "column " + name + " must not be null, but the value at " + index + " is");
    }
    if (stats != null) {
      stats.addNulls(1);
    }
  }
}
