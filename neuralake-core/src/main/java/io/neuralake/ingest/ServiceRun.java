package io.neuralake.ingest;

/** What a piece of work of a {@link TableService} is given while it runs. Thread-safe. */
public interface ServiceRun {

  /** Whether it should come to an end: the service stops, or another process has the lease. */
  boolean stopping();

  /** A writer whose lag the service's health tells, until this run ends. */
  void watch(StreamWriter<?> writer);
}
