package io.neuralake.testkit.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.write.CommitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three writers, a compactor, a vacuum and random kills: 5 seconds of it in each build, or as many
 * as {@code neuralake.soak.seconds} says, with the report in {@code target/soak}.
 */
@NeuralLakeTest
@Timeout(180)
class SoakIT {
  private static final int ROWS = 50;
  private static final List<String> WRITERS = List.of("w1", "w2", "w3");

  record Row(String batch, int n) {}

  /** Appends numbered batches for ever, going on where it was killed. */
  static final class Writer {
    public static void main(String[] args) {
      try (NeuralLake lake = NeuralLake.fromEnvironment()) {
        NeuralTable table = lake.table(args[0]);
        for (long n = table.transactionVersion(args[1]).orElse(0) + 1; ; n++) {
          String batch = args[1] + "-" + n;
          List<Row> rows = IntStream.range(0, ROWS).mapToObj(i -> new Row(batch, i)).toList();
          long start = System.nanoTime();
          CommitResult done = table.append(rows).transaction(args[1], n).commit();
          System.out.println(
              "committed "
                  + batch
                  + " rows="
                  + ROWS
                  + " ms="
                  + (System.nanoTime() - start) / 1_000_000
                  + " retries="
                  + (done.attempts() - 1));
        }
      }
    }
  }

  /** Each batch has all of its rows, and no number of a writer is left out. */
  private static long requireWholeBatches(NeuralTable table) {
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      Map<String, Long> batches =
          rows.stream().collect(Collectors.groupingBy(Row::batch, Collectors.counting()));
      assertThat(batches.values()).allMatch(count -> count == ROWS);
      for (String writer : WRITERS) {
        long of = batches.keySet().stream().filter(b -> b.startsWith(writer + "-")).count();
        assertThat(LongStream.rangeClosed(1, of).mapToObj(n -> writer + "-" + n))
            .allMatch(batches::containsKey);
      }
      return batches.size();
    }
  }

  /** Ten minutes are longer than any commit here takes. */
  private static void vacuum(NeuralTable table) {
    table.vacuum().retain(Duration.ofMinutes(10)).allowShortRetention().run();
  }

  @Test
  void writersSurviveKillsBesideMaintenance(NeuralTable table, S3Bucket bucket) throws Exception {
    Duration length = Duration.ofSeconds(Integer.getInteger("neuralake.soak.seconds", 5));
    table.create(Row.class).commit();
    Soak soak =
        Soak.of("three writers, compactor and vacuum", length, 20261120)
            .atLeast(30)
            .killEvery(Duration.ofMillis(1500))
            .every(Duration.ofSeconds(3), "optimize", () -> table.optimize().run())
            .every(Duration.ofSeconds(4), "vacuum", () -> vacuum(table))
            .invariant("every batch is whole, none is left out", () -> requireWholeBatches(table))
            .version(table::version);
    for (String writer : WRITERS) {
      soak.writer(
          writer,
          () ->
              JavaProcess.of(Writer.class, table.location(), writer)
                  .jvmArguments("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                  .environment(bucket.env()));
    }
    SoakReport report = soak.run();
    Path folder = Path.of("target", "soak");
    report.writeTo(folder);
    System.out.println(report.markdown());

    assertThat(report.failures()).isEmpty();
    assertThat(report.commits()).isNotEmpty();
    assertThat(requireWholeBatches(table)).isGreaterThanOrEqualTo(report.commits().size());
    assertThat(report.events()).extracting(SoakReport.Event::what).contains("kill", "optimize");
    assertThat(folder).isDirectoryContaining("glob:**/soak.{md,csv,json}");
    assertThat(Files.readString(folder.resolve("soak.csv")).lines())
        .hasSize(report.commits().size() + 1);
    assertThat(Files.readString(folder.resolve("versions.svg"))).endsWith("</svg>\n");
  }
}
