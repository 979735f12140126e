package io.neuralake.internal.row;

import org.jspecify.annotations.Nullable;

/** Reads a loaded cell that is not null, by its position, as an object of a target form. */
interface ObjectReader {
  @Nullable Object read(int i);
}
