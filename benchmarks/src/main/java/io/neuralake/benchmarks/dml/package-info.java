/**
 * The comparison of row changes: merges, deletes and updates by neuralake and by Spark, in turns.
 *
 * <p>{@link io.neuralake.benchmarks.dml.DmlComparison} runs it.
 */
@NullMarked
package io.neuralake.benchmarks.dml;

import org.jspecify.annotations.NullMarked;
