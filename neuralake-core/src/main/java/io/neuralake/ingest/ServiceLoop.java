package io.neuralake.ingest;

import io.neuralake.lock.Lease;
import io.neuralake.lock.Leases;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A piece of work that is done again and again, or again after it has failed; where there are
 * leases, by the process that holds its own. Thread-safe.
 */
final class ServiceLoop implements ServiceRun {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLoop.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration LEASE_TIME = Duration.ofSeconds(60);

  /**
   * Where it runs.
   *
   * @param table location of the table
   * @param leases null if every process may do the work
   * @param onFailure is told the name of what has failed
   */
  record Place(
      String table,
      Clock clock,
      ScheduledExecutorService scheduler,
      @Nullable Leases leases,
      Consumer<String> onFailure) {}

  private final Place place;
  private final String name;
  private final @Nullable Duration every;
  private final boolean elected;
  private final ServiceWork work;
  private final List<StreamWriter<?>> watched = new CopyOnWriteArrayList<>();
  private Health.State state = Health.State.WAITING;
  private int failures;
  private @Nullable Instant lastSuccess;
  private @Nullable String lastFailure;
  private @Nullable Lease lease;
  private @Nullable Thread thread;
  private @Nullable Future<?> pending;
  private volatile boolean stopping;

  /**
   * A piece of work.
   *
   * @param every pause between two times; null if it is done once
   * @param elected whether one process does it at a time
   */
  ServiceLoop(
      Place place, String name, @Nullable Duration every, boolean elected, ServiceWork work) {
    this.place = place;
    this.name = name;
    this.every = every;
    this.elected = elected && place.leases() != null;
    this.work = work;
  }

  void start() {
    next(Duration.ZERO);
  }

  private void next(Duration pause) {
    try {
      Future<?> turn =
          place.scheduler().schedule(this::turn, pause.toNanos(), TimeUnit.NANOSECONDS);
      synchronized (this) {
        pending = turn;
      }
    } catch (RejectedExecutionException e) {
      enter(Health.State.ENDED); // the service stops
    }
  }

  private void turn() {
    if (!begin()) {
      return;
    }
    try {
      if (!mayRun()) {
        enter(Health.State.STANDBY);
        next(every == null ? FIRST_PAUSE : every);
        return;
      }
      work.run(this);
      succeeded();
    } catch (Throwable e) { // nothing may end the loop
      failed(e);
    } finally {
      watched.clear();
      end();
    }
  }

  private synchronized boolean begin() {
    if (stopping) {
      state = Health.State.ENDED;
      return false;
    }
    state = Health.State.RUNNING;
    thread = Thread.currentThread();
    return true;
  }

  private synchronized void end() {
    thread = null;
    boolean ignored = Thread.interrupted(); // it was meant for the work
    if (stopping) {
      state = Health.State.ENDED;
      release();
    }
    notifyAll();
  }

  private synchronized void enter(Health.State next) {
    state = next;
  }

  private boolean mayRun() throws IOException {
    Leases leases = place.leases();
    if (!elected || leases == null) {
      return true;
    }
    Lease held = lease();
    if (held != null && held.isHeld()) {
      return true;
    }
    Lease taken = leases.tryAcquire(place.table(), name, LEASE_TIME, () -> {}).orElse(null);
    synchronized (this) {
      lease = taken;
    }
    return taken != null;
  }

  private synchronized @Nullable Lease lease() {
    return lease;
  }

  private void succeeded() {
    synchronized (this) {
      failures = 0;
      lastSuccess = place.clock().instant();
      state = every == null ? Health.State.ENDED : Health.State.WAITING;
    }
    if (every != null) {
      next(every);
    } else {
      giveBack();
    }
  }

  private void failed(Throwable e) {
    if (stopping()) {
      LOG.info("{}: {} was stopped: {}", place.table(), name, e.toString());
      if (!stopping) { // the lease is lost: another does the work now
        enter(Health.State.STANDBY);
        next(FIRST_PAUSE);
      }
      return;
    }
    Duration pause;
    synchronized (this) {
      failures++;
      lastFailure = e.toString();
      state = Health.State.FAILING;
      Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
    LOG.warn("{}: {} failed, next try in {}", place.table(), name, pause, e);
    place.onFailure().accept(name);
    next(pause);
  }

  private synchronized void giveBack() {
    release();
  }

  private void release() {
    Lease held = lease;
    lease = null;
    if (held != null) {
      held.close();
    }
  }

  @Override
  public boolean stopping() {
    Lease held = lease();
    return stopping || (held != null && !held.isHeld());
  }

  @Override
  public void watch(StreamWriter<?> writer) {
    watched.add(writer);
  }

  /** How long rows wait in the writers that are watched. */
  Duration lag() {
    return watched.stream().map(StreamWriter::lag).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  synchronized Health.Loop health() {
    return new Health.Loop(
        name, state, failures, Optional.ofNullable(lastSuccess), Optional.ofNullable(lastFailure));
  }

  /** Asks it to end. */
  void stop() {
    stopping = true;
    synchronized (this) {
      if (pending != null) {
        pending.cancel(false);
      }
      if (thread == null) {
        state = Health.State.ENDED;
        release();
      }
    }
  }

  /** Waits until it has ended; when the time is up, interrupts it. */
  synchronized boolean awaitEnd(Instant deadline) throws InterruptedException {
    while (thread != null) {
      long millis = Duration.between(place.clock().instant(), deadline).toMillis();
      if (millis <= 0) {
        thread.interrupt();
        return false;
      }
      wait(millis);
    }
    return true;
  }
}
