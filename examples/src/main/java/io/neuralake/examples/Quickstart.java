package io.neuralake.examples;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.read.ScanReport;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * From nothing to a table on S3 that another engine reads: starts an S3 server, ingests recorded
 * neural signals, queries them, travels back in time, and lets Delta Standalone confirm the result.
 *
 * <p>{@code --local folder} keeps the table in a folder instead of on S3.
 */
public final class Quickstart {
  private static final String USAGE = "Quickstart [--local <folder>]";
  private static final int BATCHES = 4;

  /** 20 samples, one per millisecond, of all neurons. */
  private static final int ROWS = 20 * NeuralSignals.NEURONS;

  /** A spike of a visual neuron: the columns that the query reads. */
  public record Spike(int neuron_id, double voltage) {}

  private Quickstart() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, Quickstart::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) throws IOException {
    Report report = new Report(out);
    if (args.isEmpty()) {
      onS3(report);
    } else if (args.size() == 2 && args.get(0).equals("--local")) {
      onDisk(Path.of(args.get(1)), report);
    } else {
      throw new Program.BadArguments("Unknown arguments: " + String.join(" ", args));
    }
  }

  private static void onS3(Report report) throws IOException {
    report.title("neuralake quickstart: a Delta table on S3");
    try (EmbeddedS3 server = EmbeddedS3.builder().start()) {
      S3Bucket bucket = server.createBucket("lab");
      report.step("S3 server", "%s, a process of its own", server.endpoint());
      S3 s3 =
          S3.at(server.endpoint())
              .allowHttp()
              .credentials(
                  S3Credentials.of(
                      server.credentials().accessKeyId(), server.credentials().secretAccessKey()));
      try (NeuralLake lake = NeuralLake.builder().storage(s3).build()) {
        tour(lake.table("s3://lab/signals"), report);
      }
      Path copy = Files.createTempDirectory("neuralake-quickstart-");
      try {
        IndependentReader.download(bucket, "signals", copy);
        report.step("download", "the table's objects, for a reader that knows folders only");
        secondOpinion(copy.resolve("signals"), report);
      } finally {
        deleteTree(copy);
      }
    }
  }

  private static void onDisk(Path folder, Report report) throws IOException {
    report.title("neuralake quickstart: a Delta table in a folder");
    Path table = folder.resolve("signals");
    try (NeuralLake lake = NeuralLake.builder().build()) {
      tour(lake.table(table), report);
    }
    secondOpinion(table, report);
  }

  /** What one does with a table; the same wherever it is. */
  private static void tour(NeuralTable signals, Report report) {
    signals.create(NeuralSignal.class).partitionedBy("region").commit();
    report.step("create", "%s, partitioned by region", signals.location());

    Iterator<List<NeuralSignal>> recording = NeuralSignals.seeded(42).batches(ROWS);
    for (int i = 1; i <= BATCHES; i++) {
      CommitResult result =
          signals.append(recording.next()).userMetadata("recording, part " + i).commit();
      report.step(
          "append",
          "version %d: %,d rows, %d files, %,d KiB",
          result.version(),
          result.changes().rowsAdded(),
          result.changes().filesAdded(),
          result.changes().bytesAdded() / 1024);
    }
    report.step("count", "%,d rows, answered from the log alone", signals.count());

    String query = "region = 'V1' AND spike AND ts >= TIMESTAMP '2025-06-19 00:00:00.045Z'";
    double highest = Double.NEGATIVE_INFINITY;
    long found = 0;
    ScanReport scanned;
    try (Rows<Spike> spikes = signals.scan().where(query).as(Spike.class)) {
      for (Spike spike : spikes) {
        found++;
        highest = Math.max(highest, spike.voltage());
      }
      scanned = spikes.report();
    }
    report.step("query", "%,d rows, the highest voltage is %.1f mV", found, highest);
    report.detail("WHERE %s", query);
    report.detail(
        "read %d of %d files: %d skipped by region, %d by the smallest and largest ts",
        scanned.filesRead(),
        scanned.filesTotal(),
        scanned.filesSkippedByPartition(),
        scanned.filesSkippedByStatistics());

    report.step("time travel", "version 2 had %,d rows", signals.asOf(2).count());
    report.step("history", "%d versions", signals.version() + 1);
    report.history(signals.history(10));

    long spikes = signals.scan().where("spike").count();
    report.step("neuralake", "sees %s", seen(signals.version(), signals.count(), spikes));
  }

  private static void secondOpinion(Path table, Report report) throws IOException {
    IndependentReader.Seen seen = IndependentReader.read(table);
    report.step("Standalone", "sees %s", seen(seen.version(), seen.rows(), seen.spikes()));
    report.detail("(Delta Standalone is an engine that shares no code with neuralake)");
  }

  private static String seen(long version, long rows, long spikes) {
    return String.format(
        Locale.ROOT, "version %d with %,d rows, %,d of them spikes", version, rows, spikes);
  }

  private static void deleteTree(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
