package io.neuralake.ingest;

/** A piece of work of a {@link TableService}. */
@FunctionalInterface
public interface ServiceWork {

  /**
   * Does it. If it throws, it is called again after a pause.
   *
   * @throws Exception what it fails with
   */
  void run(ServiceRun run) throws Exception;
}
