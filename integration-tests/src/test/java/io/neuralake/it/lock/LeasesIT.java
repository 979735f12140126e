package io.neuralake.it.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.Lease;
import io.neuralake.lock.LeaseProvider;
import io.neuralake.lock.Leases;
import io.neuralake.lock.dynamodb.DynamoDbLeases;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.contract.LeaseContract;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.process.JavaProcess;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every kind of lease keeps the contract; one in DynamoDB also across processes. */
@Timeout(120)
class LeasesIT {
  private static final Duration TIME = Duration.ofSeconds(3);
  private static final Duration LONG = Duration.ofSeconds(60);

  private static LeaseProvider inDynamoDb(String table, URI endpoint) {
    return DynamoDbLeases.of(LockTables.settings("unused", endpoint).leaseTable(table));
  }

  private static Leases leases(String table) {
    return new Leases(
        inDynamoDb(table, EmbeddedDynamoDb.shared().endpoint()),
        Clock.systemUTC(),
        UUID::randomUUID);
  }

  @Nested
  class InProcess extends LeaseContract {
    @Override
    protected LeaseProvider newProvider() {
      return new InProcessLeases();
    }
  }

  @Nested
  class InDynamoDb extends LeaseContract {
    @Override
    protected LeaseProvider newProvider() {
      EmbeddedDynamoDb server = EmbeddedDynamoDb.shared();
      return inDynamoDb(server.uniqueTable("leases"), server.endpoint());
    }
  }

  /** With answers lost, requests sent twice, and throttling. */
  @Nested
  class InDynamoDbInTrouble extends LeaseContract {
    private HttpFaultProxy proxy;

    @Override
    protected LeaseProvider newProvider() {
      EmbeddedDynamoDb server = EmbeddedDynamoDb.shared();
      proxy = HttpFaultProxy.inFrontOf(server.endpoint());
      proxy.inject(Rule.when("POST", ".*").every(5).dropResponseAfterEffect());
      proxy.inject(Rule.when("POST", ".*").every(7).duplicateRequest());
      proxy.inject(Rule.when("POST", ".*").every(11).respond(400, LockTables.THROTTLED));
      return inDynamoDb(server.uniqueTable("leases"), proxy.endpoint());
    }

    @AfterEach
    void calm() {
      proxy.close();
    }
  }

  /** Holds a lease until it is lost: endpoint, lock table. */
  static final class Holder {
    private static final CountDownLatch TOLD = new CountDownLatch(1);

    private Holder() {}

    public static void main(String[] args) throws Exception {
      try (Leases leases =
              new Leases(
                  inDynamoDb(args[1], URI.create(args[0])), Clock.systemUTC(), UUID::randomUUID);
          Lease lease = leases.tryAcquire("t", "compactor", TIME, TOLD::countDown).orElseThrow()) {
        System.out.println("token " + lease.token());
        while (lease.isHeld()) {
          TimeUnit.MILLISECONDS.sleep(5);
        }
        System.out.println("stopped");
        TOLD.await();
        lease.close();
        System.out.println("closed");
      }
    }
  }

  @Test
  void aHolderThatWasStoppedLosesItAndDisturbsNobody() throws Exception {
    EmbeddedDynamoDb server = EmbeddedDynamoDb.shared();
    String table = server.uniqueTable("leases");
    try (Leases leases = leases(table);
        JavaProcess holder =
            JavaProcess.of(Holder.class, server.endpoint().toString(), table).start()) {
      long first = Long.parseLong(holder.awaitLine("^token (\\d+)$", LONG).group(1));
      // Renewed, so it stays, for longer than it would last.
      long end = System.nanoTime() + TIME.multipliedBy(3).dividedBy(2).toNanos();
      while (System.nanoTime() < end) {
        assertThat(leases.tryAcquire("t", "compactor", TIME, () -> {})).isEmpty();
      }
      holder.pause(); // SIGSTOP
      Lease ours = acquired(leases);
      assertThat(ours.token()).isGreaterThan(first);
      holder.resume();
      holder.awaitLine("^stopped$", LONG);
      holder.awaitLine("^closed$", LONG);
      assertThat(ours.isHeld()).as("what the former holder has released").isTrue();
      assertThat(leases.tryAcquire("t", "compactor", TIME, () -> {})).isEmpty();
      ours.close();
    }
  }

  @Test
  void aHolderThatWasKilledIsSucceeded() throws Exception {
    EmbeddedDynamoDb server = EmbeddedDynamoDb.shared();
    String table = server.uniqueTable("leases");
    try (Leases leases = leases(table);
        JavaProcess holder =
            JavaProcess.of(Holder.class, server.endpoint().toString(), table).start()) {
      long first = Long.parseLong(holder.awaitLine("^token (\\d+)$", LONG).group(1));
      holder.kill();
      try (Lease ours = acquired(leases)) {
        assertThat(ours.token()).isGreaterThan(first);
      }
    }
  }

  private static Lease acquired(Leases leases) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    while (System.nanoTime() < end) {
      Optional<Lease> lease = leases.tryAcquire("t", "compactor", LONG, () -> {});
      if (lease.isPresent()) {
        return lease.get();
      }
    }
    throw new AssertionError("the lease did not become free");
  }
}
