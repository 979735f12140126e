package io.neuralake.examples;

import io.delta.kernel.types.LongType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.TableSnapshot;
import io.neuralake.write.CommitResult;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table whose shape changes while its past stays readable: new columns, a renamed one, a dropped
 * one, a wider type, and every version of it by number and by time.
 */
public final class TimeTravelAndEvolution {
  private static final String USAGE = "TimeTravelAndEvolution <table location>";

  /** What the first recordings held. */
  public record Reading(int neuron_id, Instant ts, double voltage, @Nullable Integer quality) {}

  /** What later recordings held: one column more. */
  public record ReadingWithProbe(
      int neuron_id, Instant ts, double voltage, @Nullable Integer quality, String probe) {}

  private TimeTravelAndEvolution() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, TimeTravelAndEvolution::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) {
    if (args.size() != 1) {
      throw new Program.BadArguments("The location of a table that does not exist yet is missing.");
    }
    Report report = new Report(out);
    report.title("Time travel and schema evolution");
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable readings = lake.table(args.get(0));
      CommitResult first = record(readings, report);
      travel(readings, first, report);
      evolve(readings, report);
      reshape(readings, report);
      report.step("history", "%d versions", readings.version() + 1);
      report.history(readings.history(20));
    }
  }

  private static CommitResult record(NeuralTable readings, Report report) {
    // Commits carry their own, strictly growing time: no two versions share a moment.
    readings.create(Reading.class).property("delta.enableInCommitTimestamps", "true").commit();
    Instant start = Instant.parse("2025-06-19T00:00:00Z");
    CommitResult first =
        readings
            .append(
                List.of(
                    new Reading(1, start, -64.2, 5),
                    new Reading(2, start, -70.1, 4),
                    new Reading(3, start, 31.0, null)))
            .commit();
    readings.append(List.of(new Reading(4, start.plusMillis(1), -66.6, 5))).commit();
    readings
        .overwrite(List.of(new Reading(3, start, 30.5, 5)))
        .userMetadata("recalibrated")
        .commit();
    report.step("write", "3 rows, then 1 more, then 1 row in place of all");
    return first;
  }

  private static void travel(NeuralTable readings, CommitResult first, Report report) {
    TableSnapshot byVersion = readings.asOf(2);
    TableSnapshot byTime = readings.asOf(first.timestamp());
    report.step("now", "%d row", readings.count());
    report.step("by version", "version %d had %d rows", byVersion.version(), byVersion.count());
    report.step(
        "by time", "the first append made version %d: %d rows", byTime.version(), byTime.count());
  }

  private static void evolve(NeuralTable readings, Report report) {
    Instant later = Instant.parse("2025-06-20T00:00:00Z");
    readings
        .append(List.of(new ReadingWithProbe(5, later, -65.0, 3, "N1-04")))
        .evolveSchema()
        .commit();
    report.step("evolve", "an append brought the column 'probe': %s", columns(readings));
    report.detail(
        "%d row is from before and has none", readings.scan().where("probe IS NULL").count());
  }

  private static void reshape(NeuralTable readings, Report report) {
    readings
        .alter()
        .setProperty("delta.columnMapping.mode", "name")
        .setProperty("delta.enableTypeWidening", "true")
        .renameColumn("voltage", "millivolts")
        .dropColumn("quality")
        .widenType("neuron_id", LongType.LONG)
        .comment("millivolts", "membrane potential")
        .commit();
    report.step("alter", "one commit, no file touched: %s", columns(readings));
    readings
        .append(List.of(Map.of("neuron_id", 5_000_000_000L, "millivolts", 28.0, "probe", "N1-05")))
        .commit();
    report.step(
        "query",
        "%d rows with millivolts > 0, from files old and new",
        readings.scan().where("millivolts > 0").count());
    report.step(
        "the past", "version 1 keeps its columns: %s", readings.asOf(1).schema().fieldNames());
  }

  private static List<String> columns(NeuralTable table) {
    return table.schema().fieldNames();
  }
}
