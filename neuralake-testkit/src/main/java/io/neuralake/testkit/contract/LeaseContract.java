package io.neuralake.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.lock.LeaseProvider;
import io.neuralake.lock.LeaseProvider.Grant;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link LeaseProvider} must do, as its Javadoc says. Extend it, in a class whose name
 * the build takes for a test. Time is what the suite says, so nothing waits.
 */
@Timeout(120)
public abstract class LeaseContract {
  private static final String TABLE = "s3://lab/signals";
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final int ASKERS = 8;

  private LeaseProvider leases;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");

  /**
   * Makes a provider without leases.
   *
   * @return a new instance, which the suite closes
   */
  protected abstract LeaseProvider newProvider();

  @BeforeEach
  void open() {
    leases = newProvider();
  }

  @AfterEach
  void close() {
    leases.close();
  }

  private Optional<Grant> ask(String lock) throws IOException {
    return leases.tryAcquire(TABLE, lock, UUID.randomUUID().toString(), now, now.plus(TIME));
  }

  private Grant take(String lock) throws IOException {
    return ask(lock).orElseThrow(() -> new AssertionError("lease " + lock + " is not free"));
  }

  /** Of those who ask at once exactly one gets it. */
  @Test
  protected void oneHolderAtATime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(ASKERS);
    try {
      long last = Long.MIN_VALUE;
      for (int round = 0; round < 4; round++) {
        CyclicBarrier start = new CyclicBarrier(ASKERS);
        List<Callable<Optional<Grant>>> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
          askers.add(
              () -> {
                start.await();
                return ask("compactor");
              });
        }
        List<Grant> grants = new ArrayList<>();
        for (Future<Optional<Grant>> asker : threads.invokeAll(askers)) {
          asker.get().ifPresent(grants::add);
        }
        assertThat(grants)
            .as("holders in round %d; two would do the same work twice", round)
            .hasSize(1);
        assertThat(grants.get(0).token()).as("token in round %d", round).isGreaterThan(last);
        last = grants.get(0).token();
        now = now.plus(TIME).plusMillis(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** A lease is free again after its time, and not before; its new holder knows of the old. */
  @Test
  protected void anAbandonedLeaseIsTakenOverAfterItsTime() throws IOException {
    Grant first = take("compactor");
    assertThat(first.takenOver()).as("whether the first holder took it over").isFalse();
    now = now.plus(TIME).minusMillis(1);
    assertThat(ask("compactor")).as("a lease just before its time is over").isEmpty();
    now = now.plusMillis(2);
    Grant second = take("compactor");
    assertThat(second.takenOver()).as("whether it was taken over").isTrue();
    assertThat(second.token())
        .as("the second token; it fences off the first holder only if it is greater")
        .isGreaterThan(first.token());
  }

  /** A renewed lease stays with its holder. */
  @Test
  protected void renewalKeepsOthersAway() throws IOException {
    Grant held = take("compactor");
    for (int i = 0; i < 5; i++) {
      now = now.plus(TIME.dividedBy(3).multipliedBy(2));
      assertThat(leases.renew(TABLE, "compactor", held.token(), now.plus(TIME)))
          .as("renewal %d of the newest holder", i)
          .isTrue();
      assertThat(ask("compactor")).as("another asks after renewal %d", i).isEmpty();
    }
  }

  /** Who was away for too long cannot renew, nor free what is another's now. */
  @Test
  protected void anOldHolderChangesNothing() throws IOException {
    Grant old = take("compactor");
    now = now.plus(TIME).plusMillis(1);
    Grant current = take("compactor");
    assertThat(leases.renew(TABLE, "compactor", old.token(), now.plus(TIME)))
        .as("renewal by a holder whose lease was taken over: it would work beside the new one")
        .isFalse();
    leases.release(TABLE, "compactor", old.token());
    assertThat(ask("compactor")).as("the lease after its old holder released it").isEmpty();
    assertThat(leases.renew(TABLE, "compactor", current.token(), now.plus(TIME))).isTrue();
  }

  /** What is given back is free at once, its tokens go on growing, and it cannot be renewed. */
  @Test
  protected void aReleasedLeaseIsFree() throws IOException {
    Grant first = take("compactor");
    leases.release(TABLE, "compactor", first.token());
    leases.release(TABLE, "compactor", first.token());
    assertThat(leases.renew(TABLE, "compactor", first.token(), now.plus(TIME)))
        .as("renewal of a lease that was given back")
        .isFalse();
    Grant second = take("compactor");
    assertThat(second.takenOver())
        .as("whether a lease that was given back counts as abandoned")
        .isFalse();
    assertThat(second.token()).isGreaterThan(first.token());
  }

  /** Leases of other names and of other tables have nothing to do with each other. */
  @Test
  protected void leasesAreIndependent() throws IOException {
    Grant compactor = take("compactor");
    Grant vacuum = take("vacuum");
    assertThat(leases.tryAcquire(TABLE + "2", "compactor", "x", now, now.plus(TIME))).isPresent();
    leases.release(TABLE, "compactor", compactor.token());
    assertThat(ask("vacuum")).as("the vacuum's lease after the compactor's was released").isEmpty();
    assertThat(leases.renew(TABLE, "vacuum", vacuum.token(), now.plus(TIME))).isTrue();
  }
}
