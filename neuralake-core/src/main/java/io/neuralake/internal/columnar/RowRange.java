package io.neuralake.internal.columnar;

/**
 * Rows of a row group, counted from its first.
 *
 * @param from the first
 * @param to the first behind them
 */
record RowRange(int from, int to) {}
