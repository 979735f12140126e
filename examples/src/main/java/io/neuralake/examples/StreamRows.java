package io.neuralake.examples;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.ingest.Position;
import io.neuralake.ingest.StreamSettings;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.WriteReceipt;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** A stream of rows, written exactly once over a restart, with rows that do not fit set aside. */
public final class StreamRows {
  private static final String USAGE = "StreamRows <table location>";

  /** A measured value. */
  public record Sample(long number, String channel, double voltage) {}

  private StreamRows() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, StreamRows::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) throws Exception {
    if (args.size() != 1) {
      throw new Program.BadArguments("The location of a table is missing.");
    }
    Report report = new Report(out);
    report.title("Streaming rows");
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable samples = lake.table(args.get(0));
      if (samples.create(Sample.class).ifNotExists().commit().committed()) {
        samples.alter().addConstraint("plausible", "voltage BETWEEN -200 AND 200").commit();
      }
      for (int start = 0; start < 2; start++) { // the second goes on where the first has ended
        stream(samples, report);
      }
      report.step("table", "%d rows", samples.count());
    }
  }

  private static void stream(NeuralTable table, Report report) throws Exception {
    List<Sample> quarantine = new ArrayList<>();
    try (StreamWriter<Sample> writer =
        StreamWriter.to(table)
            .of(Sample.class)
            .settings(StreamSettings.ofDefaults().withLinger(Duration.ofMillis(100)))
            .exactlyOnce("recorder")
            .deadLetters((row, why) -> quarantine.add(row))
            .open()) {
      long next = writer.resumedAt("probe").orElse(-1) + 1;
      report.step("open", "goes on at %d", next);
      List<CompletableFuture<WriteReceipt>> futures = new ArrayList<>();
      for (int batch = 0; batch < 11; batch++) {
        List<Sample> rows = read(next, 1_000);
        next += rows.size();
        futures.add(writer.write(rows, new Position("probe", next - 1)));
      }
      WriteReceipt receipt = futures.get(10).get(); // the others were durable before it
      report.step("durable", "in version %d, %d rows", receipt.version(), receipt.rows());
      report.step("set aside", "%d rows", quarantine.size());
    }
  }

  /** Rows of a source that can be read again from any number on; each 500th is implausible. */
  private static List<Sample> read(long from, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> from + i)
        .map(n -> new Sample(n, "c" + n % 4, n % 500 == 499 ? 1e6 : -70 + n % 100))
        .toList();
  }
}
