/**
 * The comparison: neuralake and its peers do the same work on the same files in the same run.
 *
 * <p>{@link io.neuralake.benchmarks.columnar.ColumnarComparison} starts each contestant in a JVM of
 * its own and lets them take turns, so that neither one's compiled code nor the machine's mood
 * favours anybody.
 */
@NullMarked
package io.neuralake.benchmarks.columnar;

import org.jspecify.annotations.NullMarked;
