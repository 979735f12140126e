package io.neuralake.testkit.chaos;

import java.time.Duration;

/** How time passes for {@link Rule}s that delay: really, or as a test pleases. */
@FunctionalInterface
public interface Delayer {
  /**
   * Returns when the time is over.
   *
   * @param duration how long the request waits
   * @throws InterruptedException if the thread is interrupted; the request then fails
   */
  void await(Duration duration) throws InterruptedException;
}
