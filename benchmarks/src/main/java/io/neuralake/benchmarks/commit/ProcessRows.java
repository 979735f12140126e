package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.process.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Processes that append to one table on a distant S3, racing for each version. Each is warmed up on
 * a table of its own; they begin together.
 */
final class ProcessRows {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Options options;
  private final S3Bucket bucket;
  private final List<Note> notes;

  ProcessRows(Options options, S3Bucket bucket, List<Note> notes) {
    this.options = options;
    this.bucket = bucket;
    this.notes = notes;
  }

  /** A row of which its process and number are known. */
  record Batch(int process, int number) {}

  List<Result> measure() throws Exception {
    String location = bucket.location("processes");
    try (NeuralLake lake = bucket.newLake()) {
      NeuralTable table = lake.table(location);
      table.create(Batch.class).commit();
      double serial = serial();
      List<JavaProcess> processes = new ArrayList<>();
      long attempts = 0;
      long begun = Long.MAX_VALUE;
      long ended = 0;
      try {
        for (int i = 0; i < Options.PROCESSES; i++) {
          processes.add(
              JavaProcess.of(
                      AppendingProcess.class,
                      location,
                      Integer.toString(i),
                      Integer.toString(options.batches()))
                  .jvmArguments(
                      "--add-opens=java.base/java.nio=ALL-UNNAMED",
                      "-Xmx256m",
                      // Or eight optimizing compilers are measured, for minutes.
                      "-XX:TieredStopAtLevel=1",
                      "-XX:+UseSerialGC")
                  .environment(bucket.env())
                  .start());
        }
        for (JavaProcess process : processes) {
          process.awaitLine("^ready$", LIMIT);
        }
        lake.table(AppendingProcess.sign(location)).create(Batch.class).commit();
        for (JavaProcess process : processes) {
          var line = process.awaitLine("^appended (\\d+) (\\d+) (\\d+)$", LIMIT);
          begun = Math.min(begun, Long.parseLong(line.group(1)));
          ended = Math.max(ended, Long.parseLong(line.group(2)));
          attempts += Long.parseLong(line.group(3));
        }
      } finally {
        processes.forEach(JavaProcess::close);
      }
      int batches = Options.PROCESSES * options.batches();
      double perSecond = batches * 1e3 / (ended - begun);
      notes.add(
          new Note(
              "attempts for each commit", "8 processes", "attempts", (double) attempts / batches));
      return List.of(
          Result.larger(
              "8 processes on S3", "one PUT after another", "commits/s", perSecond, serial, 0.7),
          Result.larger(
              "batches that are there once", "batches", "batches", once(table), batches, 1));
    }
  }

  /** How many batches are there exactly once; less one for each that is there again. */
  private static double once(NeuralTable table) {
    Map<String, Integer> seen = new TreeMap<>();
    try (Rows<Batch> rows = table.scan().as(Batch.class)) {
      for (Batch row : rows) {
        seen.merge(row.process() + "/" + row.number(), 1, Integer::sum);
      }
    }
    return seen.values().stream().filter(times -> times == 1).count()
        - seen.values().stream().filter(times -> times > 1).count();
  }

  /** Commits a second that nothing can beat: each PUT begins after the one before. */
  private double serial() {
    byte[] commit = new byte[1200];
    int puts = options.warmUps() + options.appends();
    try (S3Client client = bucket.newClient()) {
      long begun = 0;
      for (int i = 0; i < puts; i++) {
        if (i == options.warmUps()) {
          begun = System.nanoTime();
        }
        String key = "serial/" + i;
        client.putObject(
            b -> b.bucket(bucket.name()).key(key).ifNoneMatch("*"), RequestBody.fromBytes(commit));
      }
      return options.appends() * 1e9 / (System.nanoTime() - begun);
    }
  }
}
