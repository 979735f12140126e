package io.neuralake.internal.plan;

import io.neuralake.internal.eval.Selection;

/** Ascending row indexes of one batch. Not thread-safe. */
final class RowIndexes {

  private final int[] rows;
  private int count;

  RowIndexes(int capacity) {
    this.rows = new int[capacity];
  }

  static RowIndexes of(Selection selection) {
    RowIndexes selected = new RowIndexes(selection.toArray());
    selected.count = selected.rows.length;
    return selected;
  }

  private RowIndexes(int[] rows) {
    this.rows = rows;
  }

  static RowIndexes all(int rowCount) {
    RowIndexes all = new RowIndexes(rowCount);
    for (int i = 0; i < rowCount; i++) {
      all.add(i);
    }
    return all;
  }

  void add(int row) {
    rows[count++] = row;
  }

  int[] rows() {
    return rows;
  }

  int count() {
    return count;
  }
}
