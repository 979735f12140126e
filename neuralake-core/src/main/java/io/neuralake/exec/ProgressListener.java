package io.neuralake.exec;

/**
 * Watches a long operation. It is called in the thread that runs the operation, one call at a time.
 * An exception that it throws cancels the operation and comes out of it: nothing of it is visible
 * then, and its files are removed.
 */
@FunctionalInterface
public interface ProgressListener {

  /** Listens to nothing. */
  ProgressListener NONE = progress -> {};

  /**
   * How far an operation is. If others commit what it must not ignore, it is planned again, and
   * counts from the start.
   *
   * @param filesDone data files that are looked through, and rewritten where need be
   * @param filesTotal data files to look through
   * @param rows rows of those done that were deleted, updated or inserted
   * @param bytes bytes written so far
   */
  record Progress(int filesDone, int filesTotal, long rows, long bytes) {}

  /** After planning, and after each file. */
  void progress(Progress progress);
}
