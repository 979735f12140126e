package io.neuralake.internal.store;

import java.io.InterruptedIOException;

/** How an interrupt leaves a {@link FileStore}: as an exception, with the thread's flag set. */
final class Interrupts {
  private Interrupts() {}

  static void check(String location) throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(location + ": interrupted before the storage was asked.");
    }
  }

  /** Sets the thread's flag again. */
  static InterruptedIOException of(String location, Throwable cause) {
    Thread.currentThread().interrupt();
    var interrupted =
        new InterruptedIOException(
            location + ": interrupted; the request may or may not have taken effect.");
    interrupted.initCause(cause);
    return interrupted;
  }
}
