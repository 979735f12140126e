package io.neuralake.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeasesTest {
  private static final Duration TIME = Duration.ofSeconds(30);

  private final InProcessLeases provider = new InProcessLeases();
  private final List<String> told = new ArrayList<>();
  private final TestClock clock = new TestClock();
  private final Renewals renewals = new Renewals();
  private boolean unreachable;
  private final Leases leases =
      new Leases(new Unreachable(), clock, UUID::randomUUID, renewals, new Told());

  @AfterEach
  void close() {
    leases.close();
    renewals.shutdownNow();
  }

  private Optional<Lease> ask() throws IOException {
    return leases.tryAcquire("t", "compactor", TIME, () -> told.add("onLost"));
  }

  @Test
  void isRenewedAtAThirdOfItsTimeAndReleasedAtClose() throws IOException {
    Lease lease = ask().orElseThrow();
    assertThat(renewals.periodNanos).isEqualTo(TIME.dividedBy(3).toNanos());
    for (int i = 0; i < 10; i++) {
      clock.pass(TIME.dividedBy(3));
      renewals.run();
      assertThat(lease.isHeld()).isTrue();
      lease.requireHeld();
      assertThat(ask()).isEmpty();
    }
    lease.close();
    lease.close();
    assertThat(lease.isHeld()).isFalse();
    assertThat(renewals.future.isCancelled()).isTrue();
    Lease next = ask().orElseThrow();
    assertThat(next.token()).isGreaterThan(lease.token());
    assertThat(told).doesNotContain("onLost", "taken over", "lost");
  }

  @Test
  void isLostToWhoTookItOver() throws IOException {
    Lease lease = ask().orElseThrow();
    provider.release("t", "compactor", lease.token()); // as if by hand
    provider.tryAcquire("t", "compactor", "other", clock.instant(), clock.instant().plus(TIME));
    clock.pass(TIME.dividedBy(3));
    assertThat(lease.isHeld()).as("it cannot know yet").isTrue();
    renewals.run();
    renewals.run();
    assertThat(lease.isHeld()).isFalse();
    assertThat(told).containsExactly("asked true", "lost", "onLost");
    assertThatThrownBy(lease::requireHeld)
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("t: lease compactor (token 1) is not held any more");
    lease.close();
    assertThat(ask()).as("closing a lost lease frees nothing").isEmpty();
  }

  @Test
  void aPauseLongerThanItsTimeEndsItForGood() throws IOException {
    Lease lease = ask().orElseThrow();
    clock.pass(TIME);
    assertThat(lease.isHeld()).as("at once, before any renewal runs").isFalse();
    renewals.run();
    assertThat(lease.isHeld()).isFalse();
    clock.pass(Duration.ofMillis(1));
    assertThat(ask()).isPresent();
    assertThat(told).containsExactly("asked true", "lost", "onLost", "asked true", "taken over");
  }

  @Test
  void renewalsThatFailAreTriedAgainUntilItRunsOut() throws IOException {
    Lease lease = ask().orElseThrow();
    unreachable = true;
    clock.pass(TIME.dividedBy(3));
    renewals.run();
    assertThat(lease.isHeld()).isTrue();
    unreachable = false;
    clock.pass(TIME.dividedBy(3));
    renewals.run();
    unreachable = true;
    clock.pass(TIME.minusMillis(1));
    renewals.run();
    assertThat(lease.isHeld()).isTrue();
    clock.pass(Duration.ofMillis(1));
    renewals.run();
    assertThat(lease.isHeld()).isFalse();
    assertThat(told).containsExactly("asked true", "lost", "onLost");
    lease.close();
  }

  @Test
  void tooShortATimeIsRefused() {
    assertThatThrownBy(() -> leases.tryAcquire("t", "x", Duration.ofMillis(299), () -> {}))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("t: a lease must last 300 ms at least");
  }

  private final class Unreachable implements LeaseProvider {
    @Override
    public Optional<Grant> tryAcquire(
        String table, String lock, String owner, Instant now, Instant until) {
      return provider.tryAcquire(table, lock, owner, now, until);
    }

    @Override
    public boolean renew(String table, String lock, long token, Instant until) throws IOException {
      if (unreachable) {
        throw new IOException("unreachable");
      }
      return provider.renew(table, lock, token, until);
    }

    @Override
    public void release(String table, String lock, long token) {
      provider.release(table, lock, token);
    }
  }

  private final class Told implements LockMetrics {
    @Override
    public void leaseAsked(Duration took, boolean granted) {
      if (granted) {
        told.add("asked true");
      }
    }

    @Override
    public void leaseTakenOver() {
      told.add("taken over");
    }

    @Override
    public void leaseLost() {
      told.add("lost");
    }
  }

  /** Runs a renewal when the test says so. */
  private static final class Renewals extends ScheduledThreadPoolExecutor {
    private final List<Runnable> tasks = new ArrayList<>();
    private long periodNanos;
    private ScheduledFuture<?> future;

    Renewals() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long delay, long period, TimeUnit unit) {
      tasks.add(task);
      periodNanos = unit.toNanos(period);
      future = schedule(() -> {}, 1, TimeUnit.DAYS);
      return future;
    }

    void run() {
      tasks.forEach(Runnable::run);
    }
  }

  private static final class TestClock extends Clock {
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
