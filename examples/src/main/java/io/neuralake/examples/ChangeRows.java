package io.neuralake.examples;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.write.CommitResult.Changes;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows that are corrected and deleted where they are: by deletion vectors, by partition, by handing
 * in other rows instead, and by merging corrections.
 */
public final class ChangeRows {
  private static final String USAGE = "ChangeRows <table location>";

  /** A recording. */
  public record Reading(int id, String region, double voltage, int quality) {}

  /** What has become of a recording. */
  public record Correction(int id, String region, double voltage, int quality, boolean withdrawn) {}

  private ChangeRows() {}

  /** Runs the example and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    return Program.run(USAGE, ChangeRows::run, args, out, err);
  }

  private static void run(List<String> args, PrintStream out) {
    if (args.size() != 1) {
      throw new Program.BadArguments("The location of a table that does not exist yet is missing.");
    }
    Report report = new Report(out);
    report.title("Changing rows");
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable readings = lake.table(args.get(0));
      readings
          .create(Reading.class)
          .partitionedBy("region")
          .property("delta.enableDeletionVectors", "true")
          .commit();
      readings.append(IntStream.range(0, 1000).mapToObj(ChangeRows::reading)).commit();

      Changes marked = readings.delete().where("voltage > 30").commit().changes();
      report.step(
          "delete", "%d rows, in %d marked files", marked.rowsDeleted(), marked.filesMarked());
      Changes updated =
          readings.update().set("quality", "quality + 1").where("id < 10").commit().changes();
      report.step("update", "%d rows", updated.rowsUpdated());
      Changes removed = readings.delete().where("region = 'V2'").commit().changes();
      report.step(
          "partition",
          "%d rows in %d files, unopened",
          removed.rowsDeleted(),
          removed.filesRemoved());
      readings
          .overwrite(List.of(new Reading(5000, "V3", -70.0, 9)))
          .where("region = 'V3'")
          .commit();
      report.step("overwrite", "%d rows now", readings.count());
      Changes merged =
          readings
              .merge(
                  List.of(
                      new Correction(0, "V1", 0, 0, true),
                      new Correction(5000, "V3", -65.0, 5, false),
                      new Correction(5001, "V4", -60.0, 1, false)))
              .on("t.id = s.id")
              .whenMatched("s.withdrawn")
              .delete()
              .whenMatched()
              .updateAll()
              .whenNotMatched("NOT s.withdrawn")
              .insertAll()
              .commit()
              .changes();
      report.step(
          "merge",
          "%d deleted, %d updated, %d inserted",
          merged.rowsDeleted(),
          merged.rowsUpdated(),
          merged.rowsAdded());
      report.history(readings.history(10));
    }
  }

  private static Reading reading(int id) {
    return new Reading(id, "V" + (1 + id % 4), -70 + id % 110, id % 5);
  }
}
