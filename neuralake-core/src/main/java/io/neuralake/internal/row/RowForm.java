package io.neuralake.internal.row;

/** A form that values are read into; bound to the vectors of a batch it reads them. Immutable. */
interface RowForm {

  /**
   * A reader for one column.
   *
   * @throws BadCell if the column's type does not fit the form
   */
  ColumnReader bind(CellReader cell);
}
