package io.neuralake.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.CrashPoints.Point;
import io.neuralake.testkit.process.JavaProcess;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

@NeuralLakeTest
@Timeout(120)
class ChaosIT {
  record Row(int id) {}

  /** Creates a table and appends three rows to it. */
  static final class Writer {
    public static void main(String[] args) {
      try (NeuralLake lake = NeuralLake.fromEnvironment()) {
        NeuralTable table = lake.table(args[0]);
        table.append(List.of(new Row(1), new Row(2), new Row(3))).commit();
      }
    }
  }

  @Test
  void everyStorageRequestIsACrashPoint(S3Bucket bucket, NeuralLake lake) throws Exception {
    List<Long> counts = new ArrayList<>();
    List<Point> points =
        StorageCrashPoints.enumerate(
            bucket.endpoint(),
            (number, proxy) -> {
              lake.table(bucket.location("t" + number)).create(Row.class).commit();
              return JavaProcess.of(Writer.class, bucket.location("t" + number))
                  .jvmArguments("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                  .environment(bucket.through(proxy).env());
            },
            point -> counts.add(lake.table(bucket.location("t" + point.number())).count()));

    assertThat(points).hasSizeGreaterThan(3).last().extracting(Point::place).isEqualTo(Point.END);
    assertThat(points.get(points.size() - 2).place()).contains("PUT").contains("_delta_log");
    assertThat(counts).endsWith(3L).containsOnly(0L, 3L).containsOnlyOnce(3L);

    System.out.println("storage crash points of an append: " + points);
  }

  @Test
  void programThatFailsIsNoCrashPoint(S3Bucket bucket) {
    assertThatThrownBy(
            () ->
                StorageCrashPoints.enumerate(
                    bucket.endpoint(),
                    (number, proxy) -> JavaProcess.of(Writer.class),
                    point -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("failed before its request 1 of 0")
        .hasMessageContaining("ArrayIndexOutOfBounds");
  }

  /** Whatever the storage does, each append is there once. */
  @Test
  void appendsSurviveASeededStorm(S3Bucket bucket, HttpFaultProxy proxy) {
    FaultPlan plan =
        FaultPlan.seeded(20261120)
            .with(Trouble.DELAY, 0.05)
            .with(Trouble.LOSE_ANSWER, 0.05)
            .with(Trouble.FAIL_BEFORE, 0.05)
            .with(Trouble.SLOW_DOWN, 0.05)
            .with(Trouble.SERVER_ERROR, 0.02)
            .with(Trouble.DUPLICATE, 0.03)
            .longestDelay(Duration.ofMillis(20));
    VirtualClock time = new VirtualClock(Clock.systemUTC().instant());
    try (NeuralLake lake =
        NeuralLake.builder()
            .storage(bucket.through(proxy.endpoint()).connection().storage())
            .sleeper(time)
            .build()) {
      NeuralTable table = lake.table(bucket.location("t"));
      table.create(Row.class).commit();
      InjectedPlan counts = proxy.inject(plan);
      for (int i = 0; i < 40; i++) {
        appendOnce(table, i);
      }
      proxy.clearRules();
      try (Rows<Row> rows = table.scan().as(Row.class)) {
        assertThat(rows.stream().map(Row::id))
            .as("%s", counts)
            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 40).boxed().toList());
      }
      assertThat(counts.faults()).as("%s", counts).hasSizeGreaterThan(3);
      System.out.println(counts);
    }
  }

  /** What failed is done again, which its number makes harmless. */
  private static void appendOnce(NeuralTable table, int number) {
    for (int tries = 1; ; tries++) {
      try {
        table.append(List.of(new Row(number))).transaction("storm", number).commit();
        return;
      } catch (NeuralLakeException e) {
        if (tries == 5) {
          throw e;
        }
      }
    }
  }

  @Test
  void aPartitionCutsOffOneClientUntilItHeals(S3Bucket bucket, HttpFaultProxy proxy) {
    try (HttpFaultProxy other = HttpFaultProxy.inFrontOf(bucket.endpoint());
        S3Client cut = bucket.connection().through(proxy.endpoint()).newClientWithoutRetries();
        S3Client free = bucket.connection().through(other.endpoint()).newClientWithoutRetries()) {
      cut.listObjectsV2(b -> b.bucket(bucket.name()));
      proxy.partition();
      assertThatThrownBy(() -> cut.listObjectsV2(b -> b.bucket(bucket.name())))
          .isInstanceOf(SdkClientException.class)
          .hasMessageContaining("Unable to execute HTTP request");
      assertThatThrownBy(() -> cut.listObjectsV2(b -> b.bucket(bucket.name())))
          .isInstanceOf(SdkClientException.class)
          .hasMessageContaining("Unable to execute HTTP request");
      free.listObjectsV2(b -> b.bucket(bucket.name()));
      proxy.heal();
      cut.listObjectsV2(b -> b.bucket(bucket.name()));
      assertThat(proxy.requests()).hasSize(2);
    }
  }

  @Test
  void answersInPlaceOfTheServerAndJitter(S3Bucket bucket) {
    VirtualClock time = new VirtualClock(Clock.systemUTC().instant());
    try (HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(bucket.endpoint(), time);
        S3Client client = bucket.connection().through(proxy.endpoint()).newClientWithoutRetries()) {
      proxy.inject(Rule.when("GET", "").nth(1).slowDown());
      proxy.inject(Rule.when("GET", "").nth(2).serverError());
      proxy.inject(Rule.when("GET", "").delay(Duration.ofHours(1), Duration.ofHours(2), 5));
      assertThatThrownBy(() -> client.listObjectsV2(b -> b.bucket(bucket.name())))
          .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(503))
          .hasMessageContaining("Injected.");
      assertThatThrownBy(() -> client.listObjectsV2(b -> b.bucket(bucket.name())))
          .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(500))
          .hasMessageContaining("Injected.");
      client.listObjectsV2(b -> b.bucket(bucket.name()));
      client.listObjectsV2(b -> b.bucket(bucket.name()));
    }
    assertThat(time.sleeps())
        .hasSize(2)
        .doesNotHaveDuplicates()
        .allSatisfy(t -> assertThat(t).isBetween(Duration.ofHours(1), Duration.ofHours(2)));
    assertThatThrownBy(() -> Rule.when("*", "").delay(Duration.ofHours(2), Duration.ofHours(1), 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A delay cannot be PT2H at least and PT1H at most");
  }
}
