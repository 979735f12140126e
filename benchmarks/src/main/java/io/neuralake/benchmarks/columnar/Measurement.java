package io.neuralake.benchmarks.columnar;

/**
 * One run of one work.
 *
 * @param nanos how long it took
 * @param cpuNanos processor time of the whole process meanwhile, collector and compiler included;
 *     unlike {@code nanos} hardly touched by what else the machine does
 * @param rows rows or files handled
 * @param heapBytes heap that the reading or writing threads allocated; 0 where unknown
 * @param arrowBytes Arrow memory that the rows filled; 0 where unknown
 */
record Measurement(long nanos, long cpuNanos, long rows, long heapBytes, long arrowBytes) {}
