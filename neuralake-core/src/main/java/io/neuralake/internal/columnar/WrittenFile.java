package io.neuralake.internal.columnar;

/**
 * A data file that was written.
 *
 * @param bytes size of the file
 * @param rows rows in it
 * @param stats statistics for the log
 */
public record WrittenFile(long bytes, long rows, FileStats stats) {}
