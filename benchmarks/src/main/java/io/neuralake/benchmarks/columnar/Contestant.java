package io.neuralake.benchmarks.columnar;

/** An engine in the JVM of a {@link Worker}. Used by one thread; it may start others. */
interface Contestant extends AutoCloseable {

  /**
   * Does work once.
   *
   * @return rows (or files) handled, which the comparison checks
   * @throws UnsupportedOperationException if the engine has no such work
   */
  long run(Work work) throws Exception;

  /** Bytes that the last work put into Arrow memory; 0 where that is unknown. */
  default long arrowBytes() {
    return 0;
  }

  @Override
  void close() throws Exception;

  /** The exception for work that an engine does not have. */
  default UnsupportedOperationException unsupported(Work work) {
    return new UnsupportedOperationException(
        getClass().getSimpleName() + " has no " + work.title());
  }
}
