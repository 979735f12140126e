package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.HistoryEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same changes of rows, by neuralake and by Spark on copies of one table: the same rows
 * afterwards, the same metrics, and the same change feed, which Spark reads.
 */
@Tag("spark")
final class RowChangesSparkIT {

  private final SparkProcess spark = SparkProcess.shared();
  private final NeuralLake lake = NeuralLake.builder().build();

  @TempDir Path folder;

  @AfterEach
  void close() {
    lake.close();
  }

  /** What the table wants. */
  enum Table {
    PLAIN("", ""),
    PARTITIONED_WITH_CHANGES("PARTITIONED BY (p)", "'delta.enableChangeDataFeed' = 'true'"),
    VECTORS("", "'delta.enableDeletionVectors' = 'true'"),
    VECTORS_WITH_CHANGES_AND_ROW_IDS(
        "PARTITIONED BY (p)",
        "'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true',"
            + " 'delta.enableRowTracking' = 'true', 'delta.columnMapping.mode' = 'name'"),
    ROW_IDS("", "'delta.enableRowTracking' = 'true'");

    private final String layout;
    private final String properties;

    Table(String layout, String properties) {
      this.layout = layout;
      this.properties = properties;
    }

    boolean changes() {
      return properties.contains("ChangeDataFeed");
    }

    boolean rowIds() {
      return properties.contains("RowTracking");
    }
  }

  /** What happens to it. */
  enum Change {
    DELETE_SPREAD("DELETE FROM %s WHERE v = 3", t -> t.delete().where("v = 3").commit()),
    DELETE_OF_A_FILE("DELETE FROM %s WHERE id >= 40", t -> t.delete().where("id >= 40").commit()),
    DELETE_OF_A_FILE_AND_A_HALF(
        "DELETE FROM %s WHERE id >= 30", t -> t.delete().where("id >= 30").commit()),
    DELETE_OF_A_PARTITION(
        "DELETE FROM %s WHERE p = 'a'", t -> t.delete().where("p = 'a'").commit()),
    DELETE_ALL("DELETE FROM %s", t -> t.delete().commit()),
    UPDATE_SPREAD(
        "UPDATE %s SET v = v * 10, s = concat_ws('', 'x') WHERE v < 3",
        t -> t.update().set("v", "v * 10").set("s", "'x'").where("v < 3").commit()),
    UPDATE_OF_THE_PARTITION(
        "UPDATE %s SET p = 'z' WHERE p IS NULL AND id < 30",
        t -> t.update().set("p", "'z'").where("p IS NULL AND id < 30").commit());

    private final String sparks;
    private final Consumer<NeuralTable> ours;

    Change(String sparks, Consumer<NeuralTable> ours) {
      this.sparks = sparks;
      this.ours = ours;
    }
  }

  @ParameterizedTest
  @EnumSource
  void sameRowsMetricsAndChanges(Table kind) throws IOException {
    Path made = folder.resolve("made");
    make(kind, made);
    for (Change change : Change.values()) {
      Path theirs = copy(made, folder.resolve("spark-" + change));
      Path ours = copy(made, folder.resolve("ours-" + change));
      spark.sql(change.sparks.formatted(sql(theirs)));
      NeuralTable table = lake.table(ours);
      change.ours.accept(table);
      agree(kind, change.name(), theirs, table, ours);
      // once more, on what is there now: vectors are merged, ids are kept again
      spark.sql("DELETE FROM " + sql(theirs) + " WHERE id % 7 = 0");
      table.delete().where("id % 7 = 0").commit();
      spark.sql("UPDATE " + sql(ours) + " SET v = -v WHERE id % 7 = 1");
      spark.sql("UPDATE " + sql(theirs) + " SET v = -v WHERE id % 7 = 1");
      agree(kind, change + ", then others", theirs, table, ours);
    }
  }

  private void make(Table kind, Path path) {
    spark.sql(
        "CREATE TABLE "
            + sql(path)
            + " (id BIGINT, p STRING, v INT, s STRING) USING delta "
            + kind.layout
            + (kind.properties.isEmpty() ? "" : " TBLPROPERTIES (" + kind.properties + ")"));
    for (int from = 0; from < 60; from += 20) {
      spark.sql(
          "INSERT INTO "
              + sql(path)
              + " SELECT id, elt(cast(id % 3 + 1 AS INT), 'a', 'b c', null), nullif(cast(id % 10 AS"
              + " INT), 5), concat('s', id) FROM range("
              + from
              + ", "
              + (from + 20)
              + ", 1, 1)");
    }
  }

  private void agree(Table kind, String what, Path theirs, NeuralTable table, Path ours) {
    var expected = spark.read(theirs.toString()).content();
    assertThat(ScanContent.of(table.scan())).as(what).isEqualTo(expected);
    assertThat(spark.read(ours.toString()).content()).as(what).isEqualTo(expected);
    if (kind == Table.PLAIN || kind == Table.PARTITIONED_WITH_CHANGES) {
      assertThat(new StandaloneReader().read(ours)).as(what).isEqualTo(expected);
    }
    if (kind.changes()) {
      assertThat(changes(ours)).as(what).isEqualTo(changes(theirs));
    }
    if (kind.rowIds()) {
      String ids = "SELECT id, _metadata.row_id, _metadata.row_commit_version FROM ";
      assertThat(spark.sql(ids + sql(ours)).content())
          .as(what)
          .isEqualTo(spark.sql(ids + sql(theirs)).content());
    }
    HistoryEntry entry = table.history(1).get(0);
    JsonNode their = Agreement.json(spark.history(theirs.toString())).get(0);
    assertThat(comparable(entry.metrics()))
        .as(what)
        .isEqualTo(comparable(Agreement.pairs(their.get("operationMetrics"))));
    assertThat(entry.operation()).isEqualTo(their.get("operation").asText());
    assertThat(entry.parameters().keySet())
        .isEqualTo(Agreement.pairs(their.get("operationParameters")).keySet());
  }

  /** Numbers that do not depend on how long it took and how rows were packed. */
  private static Map<String, String> comparable(Map<String, String> metrics) {
    Map<String, String> numbers = new TreeMap<>(metrics);
    numbers.keySet().removeIf(name -> name.endsWith("TimeMs") || name.endsWith("Bytes"));
    numbers.keySet().removeAll(java.util.Set.of("numAddedFiles", "numAddedChangeFiles"));
    return numbers;
  }

  private Object changes(Path table) {
    return spark
        .sql(
            "SELECT id, p, v, s, _change_type, _commit_version FROM table_changes_by_path('"
                + table
                + "', 0)")
        .content();
  }

  private static String sql(Path table) {
    return "delta.`" + table + "`";
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file)));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return to;
  }
}
