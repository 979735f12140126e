package com.example.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two processes that write to one table at the same time. */
@NeuralLakeTest
class ContentionTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int BATCHES = 10;

  @Test
  void bothCommit(NeuralTable table, S3Bucket bucket) throws Exception {
    table.create(Signal.class).commit();
    try (JavaProcess left = writer(table, bucket, "left");
        JavaProcess right = writer(table, bucket, "right")) {
      assertThat(left.waitFor(LONG)).isZero();
      assertThat(right.waitFor(LONG)).isZero();
    }
    assertThat(table.version()).isEqualTo(2 * BATCHES);
    try (Rows<Signal> rows = table.scan().as(Signal.class)) {
      Map<String, Long> batches =
          rows.stream().collect(Collectors.groupingBy(Signal::batch, Collectors.counting()));
      assertThat(batches).hasSize(2 * BATCHES);
      assertThat(batches.values()).containsOnly((long) SignalWriter.ROWS);
    }
  }

  private static JavaProcess writer(NeuralTable table, S3Bucket bucket, String name)
      throws Exception {
    return JavaProcess.of(
            SignalWriter.class, table.location(), name, Integer.toString(BATCHES))
        .environment(bucket.env())
        .start();
  }
}
