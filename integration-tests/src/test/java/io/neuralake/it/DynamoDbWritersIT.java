package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.lock.LockProviders;
import io.neuralake.testkit.chaos.Gate;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Processes that append through one lock table in DynamoDB. The full size is {@code
 * -Dneuralake.lock.processes=16 -Dneuralake.lock.commits=100 -Dneuralake.lock.kills=60}.
 */
@NeuralLakeTest
@Timeout(600)
class DynamoDbWritersIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final long SEED = 20261120;
  private static final int ROWS = 20;

  private final String lockTable = EmbeddedDynamoDb.shared().uniqueTable("entries");
  private final RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(SEED);
  private final Set<String> reported = new TreeSet<>();
  private NeuralLake lake;
  private NeuralTable table;
  private S3Bucket bucket;

  @BeforeEach
  void create(S3Bucket testBucket) {
    bucket = testBucket;
    lake =
        NeuralLake.builder()
            .storage(bucket.connection().storage())
            .lock(LockProviders.fromEnvironment(env()))
            .build();
    table = lake.table(bucket.location("signals"));
    table.create(NeuralSignal.class).commit();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private Map<String, String> env() {
    return env(bucket.endpoint(), EmbeddedDynamoDb.shared().endpoint());
  }

  private Map<String, String> env(URI s3, URI dynamoDb) {
    Map<String, String> env = new HashMap<>(bucket.through(s3).env());
    env.putAll(EmbeddedDynamoDb.shared().env(lockTable, dynamoDb));
    return env;
  }

  private JavaProcess writer(String name, Map<String, String> env) throws IOException {
    return JavaProcess.of(
            Writers.Appender.class, table.location(), name, "1000000", Integer.toString(ROWS))
        .environment(env)
        .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        .start();
  }

  @Test
  void processesLoseAndRepeatNothing() throws Exception {
    ConcurrentWritersIT.race(
        table,
        Integer.getInteger("neuralake.lock.processes", 4),
        Integer.getInteger("neuralake.lock.commits", 10),
        env());
  }

  /** Kills at a request to DynamoDB: before it has an effect, or after it and before the answer. */
  @Test
  void killedAtAnyRequestToDynamoDb() throws Exception {
    for (int round = 0; round < 4; round++) {
      Gate gate = new Gate();
      int request = 7 + round; // after the checks of the lock table: each of a commit's requests
      boolean afterEffect = round % 2 == 0;
      try (HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(EmbeddedDynamoDb.shared().endpoint())) {
        Rule.Match moment = Rule.when("POST", ".*").nth(request);
        proxy.inject(afterEffect ? moment.holdResponse(gate) : moment.holdRequest(gate));
        try (JavaProcess writer = writer("w" + round, env(bucket.endpoint(), proxy.endpoint()))) {
          gate.awaitArrival(LONG);
          writer.kill();
          Batches.reportedBy(writer).forEach(batch -> reported.add(batch.name()));
        }
        gate.open();
        proxy.awaitDisconnected(LONG);
      }
      assertWhole("request %d, after effect: %b", request, afterEffect);
    }
  }

  /** Two at once, of which one is killed and replaced again and again, on troubled networks. */
  @Test
  void killedWritersAndLostAnswers(EmbeddedS3 server) throws Exception {
    int kills = Integer.getInteger("neuralake.lock.kills", 2);
    try (HttpFaultProxy s3 = HttpFaultProxy.inFrontOf(server.endpoint());
        HttpFaultProxy dynamoDb = HttpFaultProxy.inFrontOf(EmbeddedDynamoDb.shared().endpoint())) {
      for (HttpFaultProxy proxy : List.of(s3, dynamoDb)) {
        proxy.inject(Rule.when("*", ".*").every(23).delay(Duration.ofMillis(50)));
        proxy.inject(Rule.when("PUT", ".*").every(13).dropResponseAfterEffect());
        proxy.inject(Rule.when("POST", ".*").every(17).dropResponseAfterEffect());
        proxy.inject(Rule.when("POST", ".*").every(29).duplicateRequest());
      }
      List<JavaProcess> writers = new ArrayList<>();
      try {
        for (int i = 0; i < 2; i++) {
          writers.add(writer("w" + i, env(s3.endpoint(), dynamoDb.endpoint())));
        }
        for (int kill = 0; kill < kills; kill++) {
          int victim = random.nextInt(writers.size());
          JavaProcess dying = writers.get(victim);
          dying.awaitLine("committed \\S+-" + random.nextInt(3) + " ", LONG);
          dying.kill();
          Batches.reportedBy(dying).forEach(batch -> reported.add(batch.name()));
          writers.set(victim, writer("r" + kill, env(s3.endpoint(), dynamoDb.endpoint())));
        }
        for (JavaProcess writer : writers) {
          writer.awaitLine("committed \\S+-1 ", LONG);
          writer.kill();
          Batches.reportedBy(writer).forEach(batch -> reported.add(batch.name()));
        }
      } finally {
        writers.forEach(JavaProcess::close);
      }
    }
    assertWhole("seed %d", SEED);
  }

  private void assertWhole(String when, Object... values) {
    Map<String, Long> there = Batches.in(table);
    assertThat(there.values()).as(when, values).containsOnly((long) ROWS);
    assertThat(there.keySet()).as(when, values).containsAll(reported);
    long version = table.version();
    String next = "after-" + version;
    reported.add(next);
    table.append(Writers.named(next, NeuralSignals.seeded(version).take(ROWS))).commit();
    assertThat(table.version()).as(when, values).isEqualTo(version + 1);
    assertThat(table.history(10_000).stream().count()).as(when, values).isEqualTo(version + 2);
  }
}
