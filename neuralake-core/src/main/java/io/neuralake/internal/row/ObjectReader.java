package io.neuralake.internal.row;

import org.jspecify.annotations.Nullable;

/** Reads the cells of one bound column as the objects of a target form. */
interface ObjectReader {
  @Nullable Object read(int row);
}
