package io.neuralake.examples;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/** The example of the README and of the tutorial. */
public final class FirstTable {
  private static final String USAGE = "FirstTable <table location>";

  /** A row; its components are the columns of the table. */
  public record Signal(int neuron_id, String region, Instant ts, double voltage, boolean spike) {}

  private FirstTable() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, FirstTable::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) {
    if (args.size() != 1) {
      throw new Program.BadArguments("The location of the table is missing.");
    }
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable signals = lake.table(args.get(0));
      signals.create(Signal.class).partitionedBy("region").ifNotExists().commit();

      signals
          .append(
              List.of(
                  new Signal(7, "V1", Instant.parse("2026-11-20T12:00:00Z"), -64.2, false),
                  new Signal(7, "V1", Instant.parse("2026-11-20T12:00:00.001Z"), 31.5, true),
                  new Signal(300, "M1", Instant.parse("2026-11-20T12:00:00.001Z"), 29.0, true)))
          .commit();

      try (Rows<Signal> spikes = signals.scan().where("spike AND region = 'V1'").as(Signal.class)) {
        spikes.forEach(out::println);
      }
      long before = signals.asOf(0).count();
      out.printf("%d rows before the first append, %d now%n", before, signals.count());
    }
  }
}
