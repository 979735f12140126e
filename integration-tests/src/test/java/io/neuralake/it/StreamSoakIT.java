package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three processes that stream exactly once, and one that compacts, killed with SIGKILL again and
 * again and begun anew: no row is lost, none is doubled. {@code -Dsoak.kills=500} for a long one.
 */
@NeuralLakeTest
@Timeout(3600)
class StreamSoakIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final Pattern DURABLE = Pattern.compile("durable \\d+ (\\d+)");
  private static final int WRITERS = 3;
  private static final int KILLS = Integer.getInteger("soak.kills", 4);
  private static final long SEED = 20261121;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Map<Integer, Long> reported = new HashMap<>();

  private static JavaProcess start(S3Bucket bucket, Class<?> program, String... args)
      throws IOException {
    return JavaProcess.of(program, args)
        .environment(bucket.env())
        .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
        .start();
  }

  @Test
  void killedStreamsLoseAndRepeatNothing(NeuralTable table, S3Bucket bucket) throws Exception {
    table.create(StreamPrograms.Counted.class).commit();
    JavaProcess[] writers = new JavaProcess[WRITERS];
    JavaProcess service = null;
    try {
      service = start(bucket, StreamPrograms.Maintainer.class, table.location());
      for (int i = 0; i < WRITERS; i++) {
        writers[i] = start(bucket, StreamPrograms.Counter.class, table.location(), "w" + i);
      }
      service.awaitLine("^> healthy true$", LONG);
      for (int kill = 0; kill < KILLS; kill++) {
        int victim = random.nextInt(WRITERS);
        writers[victim].awaitLine("^> durable " + (1 + random.nextInt(6)) + " ", LONG);
        kill(writers[victim], victim);
        writers[victim] =
            start(bucket, StreamPrograms.Counter.class, table.location(), "w" + victim);
        if (kill % 3 == 1) {
          service.kill();
          service.close();
          service = start(bucket, StreamPrograms.Maintainer.class, table.location());
          service.awaitLine("^> healthy true$", LONG);
        }
      }
      for (int i = 0; i < WRITERS; i++) {
        writers[i].awaitLine("^> durable 2 ", LONG);
        kill(writers[i], i);
      }
    } finally {
      for (JavaProcess writer : writers) {
        if (writer != null) {
          writer.close();
        }
      }
      if (service != null) {
        service.close();
      }
    }
    assertWhole(table);
    assertThat(table.history(10_000)).extracting(HistoryEntry::operation).contains("OPTIMIZE");
  }

  private void kill(JavaProcess writer, int number) throws InterruptedException {
    writer.kill();
    for (String line : Writers.saidBy(writer)) {
      assertThat(line).as("w%d, seed %d", number, SEED).doesNotStartWith("failed");
      Matcher said = DURABLE.matcher(line);
      if (said.matches()) {
        reported.merge(number, Long.parseLong(said.group(1)), Math::max);
      }
    }
    writer.close();
  }

  private void assertWhole(NeuralTable table) {
    Map<String, BitSet> there = new HashMap<>();
    long rows = 0;
    try (Rows<StreamPrograms.Counted> all = table.scan().as(StreamPrograms.Counted.class)) {
      for (StreamPrograms.Counted row : all) {
        there.computeIfAbsent(row.writer(), w -> new BitSet()).set((int) row.number());
        rows++;
      }
    }
    long distinct = 0;
    for (int i = 0; i < WRITERS; i++) {
      BitSet numbers = there.get("w" + i);
      distinct += numbers.cardinality();
      assertThat(numbers.nextClearBit(0)).as("w%d has no gap", i).isEqualTo(numbers.length());
      assertThat((long) numbers.length())
          .as("w%d has what was reported", i)
          .isGreaterThanOrEqualTo(reported.get(i));
    }
    assertThat(rows).as("no row twice").isEqualTo(distinct);
    System.out.printf("%d rows, %d versions, %d kills%n", rows, table.version(), KILLS);
  }
}
