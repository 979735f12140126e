package io.neuralake.benchmarks.maintenance;

import io.neuralake.benchmarks.common.Result;
import io.neuralake.testkit.signal.NeuralSignals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Files that an overwrite has removed are deleted. */
final class VacuumRow implements Row {

  /** What makes Spark's vacuum faster on one machine, and lets it delete what is young. */
  private static final String[] TUNED = {
    "SET spark.databricks.delta.retentionDurationCheck.enabled = false",
    "SET spark.databricks.delta.vacuum.parallelDelete.enabled = true",
    "SET spark.sql.sources.parallelPartitionDiscovery.parallelism = 2",
    "SET spark.sql.shuffle.partitions = 2"
  };

  private static final double LIMIT_SECONDS = 0.3;

  @Override
  public void measure(Stage stage) throws Exception {
    Path base = stage.fresh(stage.manySmallFiles());
    stage.lake().table(base).overwrite(NeuralSignals.seeded(9).batches(100).next()).commit();
    for (String setting : TUNED) {
      stage.sparkSql(setting, base);
    }
    int files = stage.options().files();
    String work = "vacuum of " + files + " removed files";
    stage.compare(
        work,
        base,
        9,
        table -> {
          long deleted =
              stage
                  .lake()
                  .table(table)
                  .vacuum()
                  .retain(Duration.ZERO)
                  .allowShortRetention()
                  .run()
                  .filesDeleted();
          if (deleted != files) {
            throw new IllegalStateException(deleted + " files were deleted");
          }
        },
        table -> stage.sparkSql("VACUUM %s RETAIN 0 HOURS", table));
    double seconds =
        Stage.median(Objects.requireNonNull(stage.times().get(work + "/neuralake"))) / 1000;
    stage.results().add(Result.smaller(work, "the limit", "s", seconds, LIMIT_SECONDS, 1));
  }
}
