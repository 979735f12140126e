package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.HistoryEntry;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share nothing but the storage append to one table, each as fast as it can. */
@NeuralLakeTest
@Timeout(420)
class ConcurrentWritersIT {
  private static final Duration LONG = Duration.ofSeconds(300);
  private static final int ROWS = 20;

  @Test
  void eightProcessesOnS3LoseAndRepeatNothing(NeuralTable table, S3Bucket bucket) throws Exception {
    table.create(NeuralSignal.class).commit();
    race(table, 8, 50, bucket.env());
  }

  @Test
  void threeProcessesOnLocalDiskLoseAndRepeatNothing(@TempDir Path folder) throws Exception {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(folder.resolve("signals"));
      table.create(NeuralSignal.class).commit();
      race(table, 3, 40, Map.of());
    }
  }

  /** Lets processes append at once, and checks that each version and each row is there once. */
  static void race(NeuralTable table, int writers, int batches, Map<String, String> env)
      throws Exception {
    List<JavaProcess> running = new ArrayList<>();
    List<Batches.Reported> reported = new ArrayList<>();
    long began = Long.MAX_VALUE;
    long ended = 0;
    try {
      for (int i = 0; i < writers; i++) {
        running.add(
            JavaProcess.of(
                    Writers.Appender.class,
                    table.location(),
                    "writer" + i,
                    Integer.toString(batches),
                    Integer.toString(ROWS))
                .environment(env)
                .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .start());
      }
      for (JavaProcess writer : running) {
        assertThat(writer.waitFor(LONG)).as("%s", writer.stderr()).isZero();
        assertThat(Batches.reportedBy(writer)).hasSize(batches);
        reported.addAll(Batches.reportedBy(writer));
        began = Math.min(began, moment(writer, "began"));
        ended = Math.max(ended, moment(writer, "ended"));
      }
    } finally {
      running.forEach(JavaProcess::close);
    }
    int total = writers * batches;
    System.out.printf(
        "%d processes on %s: %d commits, %d attempts, %.1f commits/s%n",
        writers,
        table.location().replaceFirst(":.*", ""),
        total,
        reported.stream().mapToInt(Batches.Reported::attempts).sum(),
        total * 1000.0 / Math.max(1, ended - began));

    Map<String, Long> expected = new TreeMap<>();
    for (int i = 0; i < writers; i++) {
      for (int batch = 0; batch < batches; batch++) {
        expected.put("writer" + i + "-" + batch, (long) ROWS);
      }
    }
    assertThat(Batches.in(table)).isEqualTo(expected);
    assertThat(reported.stream().map(Batches.Reported::version).sorted().toList())
        .as("versions that the writers were told")
        .isEqualTo(LongStream.rangeClosed(1, total).boxed().toList());
    assertThat(table.history(total + 10).stream().map(HistoryEntry::version).sorted().toList())
        .as("versions in the log")
        .isEqualTo(LongStream.rangeClosed(0, total).boxed().toList());
  }

  private static long moment(JavaProcess writer, String what) throws InterruptedException {
    return Long.parseLong(writer.awaitLine("^> " + what + " (\\d+)$", LONG).group(1));
  }
}
