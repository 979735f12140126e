package io.neuralake.benchmarks.ingest;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.process.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Three processes that stream and one that maintains, for minutes, of which one is killed every few
 * seconds and begun anew. Afterwards each row that was said to be durable must be there once, and a
 * scan must be about as quick as after a full compaction.
 */
final class SoakRows {
  private static final int WRITERS = 3;

  private final Options options;
  private final S3Bucket bucket;
  private final List<Note> notes;
  private final SplittableRandom random = new SplittableRandom(42);
  private final Map<String, Long> durable = new TreeMap<>();
  private long failures;

  SoakRows(Options options, S3Bucket bucket, List<Note> notes) {
    this.options = options;
    this.bucket = bucket;
    this.notes = notes;
  }

  List<Result> measure() throws Exception {
    String location = bucket.location("soak");
    try (NeuralLake lake = bucket.newLake()) {
      NeuralTable table = lake.table(location);
      table.create(StreamingProcess.Counted.class).commit();
      JavaProcess[] all = new JavaProcess[WRITERS + 1];
      long kills = 0;
      try {
        for (int i = 0; i < all.length; i++) {
          all[i] = start(location, i);
        }
        long end = System.nanoTime() + Duration.ofMinutes(options.soakMinutes()).toNanos();
        while (System.nanoTime() < end) {
          Thread.sleep(random.nextLong(2_000, 8_000));
          int victim = random.nextInt(all.length);
          kill(all[victim], victim);
          all[victim] = start(location, victim);
          kills++;
        }
      } finally {
        for (int i = 0; i < all.length; i++) {
          kill(all[i], i);
        }
      }
      notes.add(new Note("processes killed", "soak", "times", kills));
      notes.add(new Note("rows", "soak", "rows", table.count()));
      notes.add(new Note("versions", "soak", "versions", table.version()));
      long wrong = wrong(table);
      double after = scanMillis(table);
      table.optimize().run();
      double compacted = scanMillis(table);
      return List.of(
          Result.smaller("rows lost or doubled in the soak", "none, plus 1", "", wrong + 1.0, 1, 1),
          Result.smaller("batches failed in the soak", "none, plus 1", "", failures + 1.0, 1, 1),
          Result.smaller(
              "scan after the soak", "freshly compacted", "ms", after, compacted, 1 / 1.3));
    }
  }

  private JavaProcess start(String location, int number) throws IOException {
    JavaProcess.Builder process =
        number < WRITERS
            ? JavaProcess.of(StreamingProcess.class, location, "w" + number)
            : JavaProcess.of(MaintainingProcess.class, location);
    return process
        .jvmArguments(
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC")
        .environment(bucket.env())
        .start();
  }

  private void kill(@Nullable JavaProcess process, int number) throws InterruptedException {
    if (process == null) {
      return;
    }
    process.kill();
    for (String line : process.stdout()) {
      if (line.startsWith("durable ")) {
        durable.merge("w" + number, Long.parseLong(line.substring(8)), Math::max);
      } else if (line.startsWith("failed")) {
        failures++;
      }
    }
    process.close();
  }

  private long wrong(NeuralTable table) {
    Map<String, BitSet> there = new TreeMap<>();
    long rows = 0;
    try (Rows<StreamingProcess.Counted> all =
        table
            .scan()
            .select("writer", "number", "value", "text")
            .as(StreamingProcess.Counted.class)) {
      for (StreamingProcess.Counted row : all) {
        there.computeIfAbsent(row.writer(), w -> new BitSet()).set((int) row.number());
        rows++;
      }
    }
    long distinct = 0;
    long missing = 0;
    for (Map.Entry<String, BitSet> writer : there.entrySet()) {
      BitSet numbers = writer.getValue();
      distinct += numbers.cardinality();
      missing += numbers.length() - numbers.cardinality();
      missing += Math.max(0, durable.getOrDefault(writer.getKey(), 0L) - numbers.length());
    }
    for (String writer : durable.keySet()) {
      missing += there.containsKey(writer) ? 0 : durable.get(writer);
    }
    return rows - distinct + missing;
  }

  private static double scanMillis(NeuralTable table) {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long begun = System.nanoTime();
      try (Rows<StreamingProcess.Counted> all = table.scan().as(StreamingProcess.Counted.class)) {
        long rows = 0;
        for (StreamingProcess.Counted row : all) {
          rows += row.number() < 0 ? 0 : 1;
        }
        if (rows == 0) {
          throw new IllegalStateException("nothing was read");
        }
      }
      best = Math.min(best, (System.nanoTime() - begun) / 1e6);
    }
    return best;
  }
}
