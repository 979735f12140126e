/** Evaluates expressions on Arrow batches, and on statistics for data skipping. */
@NullMarked
package io.neuralake.internal.eval;

import org.jspecify.annotations.NullMarked;
