package io.neuralake.ingest;

/**
 * Takes rows that do not fit. Called in the thread that has handed the row in, before the write
 * returns; after a restart it may be given the same row again.
 *
 * @param <T> the kind of row
 */
@FunctionalInterface
public interface DeadLetters<T> {

  /**
   * A row is left out.
   *
   * @param row as it was handed in
   * @param reason what is wrong with it
   */
  void accept(T row, RuntimeException reason);
}
