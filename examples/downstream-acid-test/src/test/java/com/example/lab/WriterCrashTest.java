package com.example.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.Gate;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A writer that is killed in the middle of a commit, on a real S3 server. */
@NeuralLakeTest
class WriterCrashTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void nothingIsLost(NeuralTable table, S3Bucket bucket, HttpFaultProxy proxy) throws Exception {
    table.create(Signal.class).commit();
    Gate commit3 = new Gate();
    proxy.inject(Rule.when("PUT", "_delta_log/.*3\\.json").holdRequest(commit3));
    try (JavaProcess writer = writer(table, bucket.through(proxy.endpoint()))) {
      commit3.awaitArrival(LONG);
      writer.kill();
      assertThat(writer.stdout()).containsExactly("committed 1", "committed 2");
    }
    assertThat(table.version()).isEqualTo(2);
    assertThat(table.count()).isEqualTo(2 * SignalWriter.ROWS);

    try (JavaProcess writer = writer(table, bucket)) {
      assertThat(writer.waitFor(LONG)).isZero();
    }
    assertThat(table.count()).isEqualTo(5 * SignalWriter.ROWS);
  }

  static JavaProcess writer(NeuralTable table, S3Bucket bucket) throws Exception {
    return JavaProcess.of(SignalWriter.class, table.location(), "recorder-7", "5")
        .environment(bucket.env())
        .start();
  }
}
