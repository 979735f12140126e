package io.neuralake.lock;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Acquires leases and keeps them renewed, so that one process of a fleet does a piece of work at a
 * time:
 *
 * <pre>{@code
 * Optional<Lease> lease = leases.tryAcquire(table, "compactor", Duration.ofSeconds(30), () -> {});
 * if (lease.isPresent()) {
 *   try (Lease held = lease.get()) {
 *     while (work.remains() && held.isHeld()) work.next();
 *   }
 * }
 * }</pre>
 *
 * <p>Leases save work; they never decide about a commit. Thread-safe.
 */
public final class Leases implements AutoCloseable {
  private static final Duration SHORTEST = Duration.ofMillis(300);
  private static final int TRIES = 3;

  private final LeaseProvider provider;
  private final Clock clock;
  private final Supplier<UUID> owners;
  private final ScheduledExecutorService scheduler;
  private final boolean ownScheduler;
  private final LockMetrics metrics;

  /**
   * Leases of a provider, renewed by a daemon thread {@code neuralake-lease-renewal}.
   *
   * @param provider closed with this
   * @param clock usually {@code Clock.systemUTC()}
   * @param owners names of holders, usually {@code UUID::randomUUID}
   */
  public Leases(LeaseProvider provider, Clock clock, Supplier<UUID> owners) {
    this(provider, clock, owners, null, LockMetrics.none());
  }

  /**
   * Like the other, with a scheduler and a place for metrics.
   *
   * @param scheduler runs renewals; not closed with this; null for one of its own
   */
  public Leases(
      LeaseProvider provider,
      Clock clock,
      Supplier<UUID> owners,
      @Nullable ScheduledExecutorService scheduler,
      LockMetrics metrics) {
    this.provider = provider;
    this.clock = clock;
    this.owners = owners;
    this.ownScheduler = scheduler == null;
    this.scheduler = scheduler == null ? newScheduler() : scheduler;
    this.metrics = metrics;
  }

  private static ScheduledExecutorService newScheduler() {
    ScheduledThreadPoolExecutor renewals =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "neuralake-lease-renewal");
              thread.setDaemon(true);
              return thread;
            });
    renewals.setRemoveOnCancelPolicy(true);
    return renewals;
  }

  /**
   * Takes a lease if nobody holds it.
   *
   * @param table what it is about, such as the location of a table; all must spell it the same way
   * @param lock which of its leases, such as {@code compactor}
   * @param time how long it lasts without renewal, 300 ms at least: what others wait for if this
   *     process dies, and how long this process may be paused without losing it
   * @param onLost called once if it is lost, by the thread that renews
   * @return the lease, to be closed; empty if another holds it, or the answers take so long that it
   *     would be half over
   * @throws IOException if it cannot be told; if it was taken, it expires
   */
  public Optional<Lease> tryAcquire(String table, String lock, Duration time, Runnable onLost)
      throws IOException {
    if (time.compareTo(SHORTEST) < 0) {
      throw new InvalidRequestException(
          table + ": a lease must last " + SHORTEST.toMillis() + " ms at least, not " + time + ".");
    }
    for (int i = 0; i < TRIES; i++) {
      Instant asked = clock.instant();
      Instant until = asked.plus(time);
      Optional<LeaseProvider.Grant> grant =
          provider.tryAcquire(table, lock, owners.get().toString(), asked, until);
      Duration took = Duration.between(asked, clock.instant());
      metrics.leaseAsked(took, grant.isPresent());
      if (grant.isEmpty()) {
        return Optional.empty();
      }
      if (took.compareTo(time.dividedBy(2)) < 0) {
        if (grant.get().takenOver()) {
          metrics.leaseTakenOver();
        }
        long token = grant.get().token();
        return Optional.of(renewed(new Lease(this, table, lock, token, time, until, onLost)));
      }
      // Half over before it is known: the first request had to connect. The next one need not.
      provider.release(table, lock, grant.get().token());
    }
    return Optional.empty();
  }

  private Lease renewed(Lease lease) {
    long third = lease.time().dividedBy(3).toNanos();
    lease.renewedBy(
        scheduler.scheduleAtFixedRate(lease::renew, third, third, TimeUnit.NANOSECONDS));
    return lease;
  }

  Instant now() {
    return clock.instant();
  }

  LeaseProvider provider() {
    return provider;
  }

  void lost() {
    metrics.leaseLost();
  }

  /** Ends renewals; leases that are still open expire. Idempotent. */
  @Override
  public void close() {
    if (ownScheduler) {
      scheduler.shutdownNow();
    }
    provider.close();
  }
}
