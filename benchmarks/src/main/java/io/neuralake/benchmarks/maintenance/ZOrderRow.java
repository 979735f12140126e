package io.neuralake.benchmarks.maintenance;

import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows are sorted along a curve through two columns; and what queries make of it. */
final class ZOrderRow implements Row {
  private static final int FILES = 32;
  private static final int QUERIES = 20;

  @Override
  public void measure(Stage stage) throws Exception {
    Path base = stage.manySmallFiles();
    long rows = stage.lake().table(base).count();
    stage.compare(
        "Z-order of " + rows + " rows by two columns",
        base,
        2,
        table -> {
          stage.lake().table(table).optimize().zOrderBy("neuron_id", "voltage").run();
          if (stage.lake().table(table).count() != rows) {
            throw new IllegalStateException("rows are lost");
          }
        },
        table -> stage.sparkSql("OPTIMIZE %s ZORDER BY (neuron_id, voltage)", table));
    skipping(stage, base);
  }

  /** Files that queries read, of about as many each. */
  private static void skipping(Stage stage, Path base) throws Exception {
    NeuralTable ours = stage.lake().table(stage.fresh(base));
    long target = ours.detail().bytes() / FILES;
    ours.optimize().targetFileSize(target).zOrderBy("neuron_id", "voltage").run();
    NeuralTable hilbert = stage.lake().table(stage.fresh(base));
    hilbert.optimize().targetFileSize(target).hilbertBy("neuron_id", "voltage").run();
    Path theirs = stage.fresh(base);
    stage.sparkSql("SET spark.databricks.delta.optimize.maxFileSize=" + target, theirs);
    stage.sparkSql("OPTIMIZE %s ZORDER BY (neuron_id, voltage)", theirs);
    NeuralTable sparks = stage.lake().table(theirs);

    List<String> points = new ArrayList<>();
    List<String> ranges = new ArrayList<>();
    for (int i = 0; i < QUERIES; i++) {
      points.add("neuron_id = " + i * 51);
      ranges.add("voltage BETWEEN " + (-80 + i * 4) + " AND " + (-78 + i * 4));
    }
    for (var queries : List.of(points, ranges)) {
      String what = queries == points ? "point" : "range";
      stage
          .results()
          .add(
              Result.smaller(
                  "files that a " + what + " query reads",
                  "Spark's Z-order",
                  "files",
                  filesRead(ours, queries),
                  stage.spark() == null ? Double.NaN : filesRead(sparks, queries),
                  1));
      stage
          .notes()
          .add(
              new Note(
                  "files that a " + what + " query reads, Hilbert",
                  "neuralake",
                  "files",
                  filesRead(hilbert, queries)));
    }
    stage.notes().add(new Note("files of that", "neuralake", "files", ours.detail().files()));
    stage.notes().add(new Note("files of that", "Spark", "files", sparks.detail().files()));
  }

  private static double filesRead(NeuralTable table, List<String> queries) {
    return queries.stream().mapToLong(query -> table.scan().where(query).plan().filesRead()).sum()
        / (double) queries.size();
  }
}
