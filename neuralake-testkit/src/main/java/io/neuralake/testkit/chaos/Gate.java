package io.neuralake.testkit.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A place on the wire where requests wait until a test lets them go on: it makes an interleaving
 * certain where a delay makes it likely.
 *
 * <p>Thread-safe. A gate opens once and stays open.
 */
public final class Gate {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  /** Makes a closed gate. */
  public Gate() {}

  /**
   * Waits until a request is held here, or has passed.
   *
   * @param timeout the longest wait
   * @throws IllegalStateException if none comes in time
   * @throws InterruptedException if the thread is interrupted
   */
  public void awaitArrival(Duration timeout) throws InterruptedException {
    if (!arrived.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException(
          "No request came to the gate within "
              + timeout
              + "; check that a rule of the proxy holds such requests and that the client talks to"
              + " the proxy");
    }
  }

  boolean arrivedWithin(Duration time) throws InterruptedException {
    return arrived.await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Lets all requests held here, and all later ones, go on. Idempotent. */
  public void open() {
    opened.countDown();
  }

  void pass() throws InterruptedException {
    arrived.countDown();
    opened.await();
  }
}
