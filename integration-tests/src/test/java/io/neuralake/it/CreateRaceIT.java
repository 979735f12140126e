package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.Gate;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that create one table at the same time; a gate makes sure that all of them try. */
@NeuralLakeTest
@Timeout(180)
class CreateRaceIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final String FIRST_COMMIT = "_delta_log/0{20}\\.json";

  private static JavaProcess creator(S3Bucket bucket, HttpFaultProxy proxy, int seed, String what)
      throws IOException {
    return JavaProcess.of(
            Writers.Creator.class, bucket.location("table"), Integer.toString(seed), what)
        .environment(bucket.through(proxy.endpoint()).env())
        .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        .start();
  }

  @Test
  void oneOfFourCreatesAndTheOthersJoin(NeuralTable table, S3Bucket bucket, HttpFaultProxy proxy)
      throws Exception {
    List<Gate> gates = new ArrayList<>();
    List<JavaProcess> creators = new ArrayList<>();
    try {
      for (int i = 1; i <= 4; i++) {
        Gate gate = new Gate();
        gates.add(gate);
        proxy.inject(Rule.when("PUT", FIRST_COMMIT).nth(i).holdRequest(gate));
      }
      for (int i = 1; i <= 4; i++) {
        creators.add(creator(bucket, proxy, i, "signal"));
      }
      for (Gate gate : gates) {
        gate.awaitArrival(LONG);
      }
      gates.forEach(Gate::open);
      List<String> created = new ArrayList<>();
      for (JavaProcess creator : creators) {
        assertThat(creator.waitFor(LONG)).as("%s", creator.stderr()).isZero();
        assertThat(Writers.saidBy(creator)).hasSize(2).endsWith("appended");
        created.add(Writers.saidBy(creator).get(0));
      }
      assertThat(created).filteredOn(said -> said.equals("created true at 0")).hasSize(1);
      assertThat(created).filteredOn(said -> said.startsWith("created false at ")).hasSize(3);
      assertThat(table.version()).isEqualTo(4);
      assertThat(table.count()).isEqualTo(40);
    } finally {
      gates.forEach(Gate::open);
      creators.forEach(JavaProcess::close);
    }
  }

  @Test
  void loserWithOtherColumnsIsToldWhichDiffer(
      NeuralTable table, S3Bucket bucket, HttpFaultProxy proxy) throws Exception {
    Gate first = new Gate();
    Gate second = new Gate();
    proxy.inject(Rule.when("PUT", FIRST_COMMIT).nth(1).holdRequest(first));
    proxy.inject(Rule.when("PUT", FIRST_COMMIT).nth(2).holdRequest(second));
    try (JavaProcess winner = creator(bucket, proxy, 1, "signal")) {
      first.awaitArrival(LONG);
      try (JavaProcess loser = creator(bucket, proxy, 2, "weather")) {
        second.awaitArrival(LONG);
        first.open();
        assertThat(winner.awaitLine("^> created (.*)", LONG).group(1)).isEqualTo("true at 0");
        winner.waitFor(LONG);
        second.open();
        assertThat(loser.waitFor(LONG)).isZero();
        assertThat(Writers.saidBy(loser))
            .singleElement()
            .asString()
            .startsWith("InvalidRequestException: " + table.location() + ": a table exists here")
            .contains("with another schema", "station")
            .endsWith("Open it without creating it, or choose another location.");
      }
      assertThat(table.version()).isEqualTo(1);
    } finally {
      first.open();
      second.open();
    }
  }
}
