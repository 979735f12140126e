/**
 * The comparison of maintenance: what keeps tables healthy, by neuralake and by Spark, in turns.
 *
 * <p>{@link io.neuralake.benchmarks.maintenance.MaintenanceComparison} runs it.
 */
@NullMarked
package io.neuralake.benchmarks.maintenance;

import org.jspecify.annotations.NullMarked;
