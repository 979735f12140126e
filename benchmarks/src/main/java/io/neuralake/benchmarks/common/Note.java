package io.neuralake.benchmarks.common;

/**
 * A figure that was measured beside the table and has no target.
 *
 * @param work what was done
 * @param contestant by whom
 * @param unit of the figure
 * @param figure how much
 */
public record Note(String work, String contestant, String unit, double figure) {}
