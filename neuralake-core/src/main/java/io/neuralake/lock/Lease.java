package io.neuralake.lock;

import io.neuralake.error.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease that is held, and renewed in the background at a third of its time, until it is closed or
 * lost. Its holder asks {@link #isHeld} or {@link #requireHeld} between steps of its work, and
 * stops when it is lost: another may be at it by then. Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private enum State {
    HELD,
    LOST,
    CLOSED
  }

  private final Leases leases;
  private final String table;
  private final String lock;
  private final long token;
  private final Duration time;
  private final Runnable onLost;
  private State state = State.HELD;
  private Instant until;
  private @Nullable ScheduledFuture<?> renewal;

  Lease(
      Leases leases,
      String table,
      String lock,
      long token,
      Duration time,
      Instant until,
      Runnable onLost) {
    this.leases = leases;
    this.table = table;
    this.lock = lock;
    this.token = token;
    this.time = time;
    this.until = until;
    this.onLost = onLost;
  }

  synchronized void renewedBy(ScheduledFuture<?> task) {
    renewal = task;
  }

  Duration time() {
    return time;
  }

  /** What the lease is about. */
  public String table() {
    return table;
  }

  /** Which lease of the table it is. */
  public String lock() {
    return lock;
  }

  /**
   * The fencing token: greater than that of every earlier holder. Who receives work from holders
   * refuses that of a smaller token than it has seen.
   */
  public long token() {
    return token;
  }

  /**
   * Whether it is held at this moment by the holder's clock: neither lost, closed, nor past its
   * time, as after a pause of the process.
   */
  public synchronized boolean isHeld() {
    return state == State.HELD && leases.now().isBefore(until);
  }

  /**
   * Fails if it is not held.
   *
   * @throws StorageException if it was lost or closed
   */
  public void requireHeld() {
    if (!isHeld()) {
      throw new StorageException(
          table
              + ": lease "
              + lock
              + " (token "
              + token
              + ") is not held any more; another may have taken it over. Stop this work and acquire"
              + " the lease again.");
    }
  }

  /** Renews it, or finds that it is lost. Runs every third of its time. */
  void renew() {
    Instant next = leases.now().plus(time);
    String failure;
    try {
      if (!isHeld()) {
        failure = "it ran out";
      } else if (leases.provider().renew(table, lock, token, next)) {
        failure = extend(next) ? "" : "it ran out while it was being renewed";
      } else {
        failure = "another has taken it over";
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: lease {} could not be renewed: {}", table, lock, e.toString());
      failure = isHeld() ? "" : "it ran out before it could be renewed";
    }
    if (!failure.isEmpty() && leave(State.LOST)) {
      LOG.warn("{}: lease {} (token {}) is lost: {}", table, lock, token, failure);
      leases.lost();
      onLost.run();
    }
  }

  private synchronized boolean extend(Instant next) {
    boolean inTime = isHeld();
    until = inTime ? next : until;
    return inTime || state == State.CLOSED;
  }

  private synchronized boolean leave(State reason) {
    if (state != State.HELD) {
      return false;
    }
    state = reason;
    if (renewal != null) {
      renewal.cancel(false);
    }
    return true;
  }

  /** Stops renewing and gives it back, so that another need not wait for its expiry. Idempotent. */
  @Override
  public void close() {
    if (leave(State.CLOSED)) {
      try {
        leases.provider().release(table, lock, token);
      } catch (IOException | RuntimeException e) {
        LOG.info("{}: lease {} was not given back and will expire: {}", table, lock, e.toString());
      }
    }
  }
}
