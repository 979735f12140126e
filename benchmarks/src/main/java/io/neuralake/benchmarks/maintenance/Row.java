package io.neuralake.benchmarks.maintenance;

/** One kind of work that is compared. */
@FunctionalInterface
interface Row {

  /** Measures it, and adds what was found to the report. */
  void measure(Stage stage) throws Exception;
}
