package io.neuralake.internal.eval;

/** The rows of a batch for which a condition is true, in ascending order. Immutable. */
public final class Selection {
  private final int rowCount;
  private final int[] rows;

  Selection(int rowCount, int[] rows) {
    this.rowCount = rowCount;
    this.rows = rows;
  }

  /** The number of rows that are selected. */
  public int size() {
    return rows.length;
  }

  /** Whether every row of the batch is selected. */
  public boolean isAll() {
    return rows.length == rowCount;
  }

  /** Whether no row is selected. */
  public boolean isEmpty() {
    return rows.length == 0;
  }

  /**
   * The index in the batch of a selected row.
   *
   * @param position from 0 to less than {@link #size()}
   */
  public int row(int position) {
    return rows[position];
  }

  /** The indexes of the selected rows, as a copy. */
  public int[] toArray() {
    return rows.clone();
  }
}
