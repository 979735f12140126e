package io.neuralake.benchmarks.maintenance;

import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import java.nio.file.Path;

/** Many small files become one. */
final class OptimizeRow implements Row {

  @Override
  public void measure(Stage stage) throws Exception {
    Path base = stage.manySmallFiles();
    long rows = stage.lake().table(base).count();
    String work = "optimize " + stage.options().files() + " files of 10,000 rows";
    stage.compare(
        work,
        base,
        4,
        table -> {
          stage.lake().table(table).optimize().run();
          if (stage.lake().table(table).count() != rows) {
            throw new IllegalStateException("rows are lost");
          }
        },
        table -> stage.sparkSql("OPTIMIZE %s", table));
    double heap = Runtime.getRuntime().maxMemory() / (double) (1 << 20);
    stage.results().add(Result.smaller("heap of that", "the limit", "MiB", heap, 512, 1));
    stage.notes().add(new Note("rows of that", "both", "rows", rows));
  }
}
