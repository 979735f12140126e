package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.Gate;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers that are killed with SIGKILL while they write batches of several files. Whatever the
 * moment, all of a batch is there or nothing, and what was reported is there.
 */
@NeuralLakeTest
@Timeout(240)
class KilledWriterIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long SEED = 20261120;

  /** One sample of every neuron, so that each batch has a file in each of the four regions. */
  private static final int ROWS = NeuralSignals.NEURONS;

  private final RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom").create(SEED);
  private final Set<String> reported = new TreeSet<>();

  private static JavaProcess writer(String location, String name, Map<String, String> env)
      throws IOException {
    return JavaProcess.of(Writers.Appender.class, location, name, "1000000", Integer.toString(ROWS))
        .environment(env)
        .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        .start();
  }

  /** Kills at a random request: before it has an effect, or after it and before the answer. */
  @Test
  void killedBetweenAnyTwoRequests(NeuralTable table, S3Bucket bucket, EmbeddedS3 server)
      throws Exception {
    table.create(NeuralSignal.class).partitionedBy("region").commit();
    for (int round = 0; round < 6; round++) {
      Gate gate = new Gate();
      int request = 1 + random.nextInt(40);
      boolean afterEffect = random.nextBoolean();
      try (HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(server.endpoint())) {
        Rule.Match moment = Rule.when("PUT", ".*").nth(request);
        proxy.inject(afterEffect ? moment.holdResponse(gate) : moment.holdRequest(gate));
        try (JavaProcess writer =
            writer(table.location(), "w" + round, bucket.through(proxy.endpoint()).env())) {
          gate.awaitArrival(LONG);
          writer.kill();
          Batches.reportedBy(writer).forEach(batch -> reported.add(batch.name()));
        }
        gate.open();
        proxy.awaitDisconnected(LONG);
      }
      assertWhole(
          table, "seed %d, round %d, PUT %d, after effect: %b", SEED, round, request, afterEffect);
    }
  }

  /** Kills right after a random report, so in the middle of whatever comes next. */
  @Test
  void killedOnLocalDisk(@TempDir Path folder) throws Exception {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(folder.resolve("signals"));
      table.create(NeuralSignal.class).partitionedBy("region").commit();
      for (int round = 0; round < 3; round++) {
        int batch = random.nextInt(12);
        try (JavaProcess writer = writer(table.location(), "w" + round, Map.of())) {
          writer.awaitLine("committed w" + round + "-" + batch + " ", LONG);
          writer.kill();
          Batches.reportedBy(writer).forEach(done -> reported.add(done.name()));
        }
        assertWhole(table, "seed %d, round %d, batch %d", SEED, round, batch);
      }
    }
  }

  private void assertWhole(NeuralTable table, String when, Object... values) {
    Map<String, Long> there = Batches.in(table);
    assertThat(there.values()).as(when, values).containsOnly((long) ROWS);
    assertThat(there.keySet()).as(when, values).containsAll(reported);
    assertThat(table.count()).as(when, values).isEqualTo(there.size() * (long) ROWS);
    long version = table.version();
    String next = "after-" + version;
    reported.add(next);
    table.append(Writers.named(next, NeuralSignals.seeded(version).take(ROWS))).commit();
    assertThat(table.version()).as(when, values).isEqualTo(version + 1);
    assertThat(Batches.in(table)).as(when, values).containsEntry(next, (long) ROWS);
  }
}
