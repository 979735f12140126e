/** Parquet to Arrow and Arrow to Parquet, with statistics. */
@NullMarked
package io.neuralake.internal.columnar;

import org.jspecify.annotations.NullMarked;
