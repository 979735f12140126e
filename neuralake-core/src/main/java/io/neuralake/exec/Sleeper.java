package io.neuralake.exec;

import java.time.Duration;

/** How a retry waits: really, or as a test pleases. Thread-safe. */
@FunctionalInterface
public interface Sleeper {
  /**
   * Returns when the time is over.
   *
   * @throws InterruptedException if the thread is interrupted; the operation then fails
   */
  void sleep(Duration duration) throws InterruptedException;
}
