package io.neuralake.benchmarks.maintenance;

import io.neuralake.NeuralLake;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.JsonProcess;
import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SparkProcess;
import io.neuralake.benchmarks.common.TimedReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Compares maintenance by neuralake with Spark's.
 *
 * <p>Exit status: 0 if every target is reached, 1 if one is not, 2 if the comparison itself fails.
 */
public final class MaintenanceComparison {

  private static final List<Row> ROWS =
      List.of(new OptimizeRow(), new ZOrderRow(), new VacuumRow(), new VacuumOnS3Row());

  private MaintenanceComparison() {}

  /**
   * Runs it; system properties {@code benchmarks.output} and {@code benchmarks.spark} are paths.
   */
  public static void main(String[] args) {
    try {
      Options options =
          Options.parse(
              args,
              Path.of(System.getProperty("benchmarks.output", "benchmarks/target/maintenance"))
                  .toAbsolutePath(),
              Path.of(
                  System.getProperty(
                      "benchmarks.spark", "interop/spark-driver/target/spark.classpath")));
      System.exit(run(options) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(2);
    }
  }

  private static boolean run(Options options) throws Exception {
    Machine machine = Machine.here();
    Path data = options.output().resolve("data");
    Folders.delete(data);
    Files.createDirectories(data);
    try (NeuralLake lake = NeuralLake.builder().build();
        JsonProcess spark =
            options.spark()
                ? SparkProcess.start(
                    "4g",
                    options.sparkClassPath(),
                    options.output().resolve("spark-work"),
                    options.output().resolve("spark.log"),
                    Duration.ofHours(2))
                : null) {
      Stage stage = Stage.of(options, lake, spark);
      for (Row row : ROWS) {
        row.measure(stage);
      }
      Folders.delete(data);
      new TimedReport(
              LocalDate.now(ZoneOffset.UTC).toString(),
              machine,
              stage.results(),
              stage.notes(),
              stage.times())
          .publish(options.output().resolve("maintenance.json"));
      return stage.results().stream().allMatch(Result::reached);
    }
  }
}
