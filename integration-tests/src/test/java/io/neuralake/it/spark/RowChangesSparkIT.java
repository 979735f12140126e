package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.HistoryEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same changes of rows, by neuralake and by Spark on copies of one table: the same rows
 * afterwards, the same metrics, and the same change feed, which Spark reads.
 */
@SparkTest
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
    CHANGES_AND_ROW_IDS(
        "PARTITIONED BY (p)",
        "'delta.enableChangeDataFeed' = 'true', 'delta.enableRowTracking' = 'true'"),
    VECTORS("", "'delta.enableDeletionVectors' = 'true'"),
    VECTORS_CHANGES_ROW_IDS_AND_MAPPED_COLUMNS(
        "PARTITIONED BY (p)",
        "'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true',"
            + " 'delta.enableRowTracking' = 'true', 'delta.columnMapping.mode' = 'name'");

    private final String layout;
    private final String properties;

    Table(String layout, String properties) {
      this.layout = layout;
      this.properties = properties;
    }

    boolean wants(String what) {
      return properties.contains(what);
    }
  }

  /** What happens to it. */
  private record Step(String sparks, Consumer<NeuralTable> ours) {}

  private static final List<Step> STEPS =
      List.of(
          new Step("DELETE FROM %s WHERE id % 7 = 0", t -> t.delete().where("id % 7 = 0").commit()),
          new Step("DELETE FROM %s WHERE id >= 36", t -> t.delete().where("id >= 36").commit()),
          new Step(
              "UPDATE %s SET v = v * 10, s = 'x' WHERE v < 3",
              t -> t.update().set("v", "v * 10").set("s", "'x'").where("v < 3").commit()),
          new Step(
              "UPDATE %s SET p = 'z' WHERE p IS NULL AND id < 30",
              t -> t.update().set("p", "'z'").where("p IS NULL AND id < 30").commit()),
          new Step(
              "INSERT INTO %s REPLACE WHERE id BETWEEN 3 AND 12 SELECT 5L, 'a', 1, 'new'",
              t ->
                  t.overwrite(List.of(SampleRows.row("id", 5L, "p", "a", "v", 1, "s", "new")))
                      .where("id BETWEEN 3 AND 12")
                      .commit()),
          new Step("DELETE FROM %s WHERE p = 'a'", t -> t.delete().where("p = 'a'").commit()));

  @ParameterizedTest
  @EnumSource
  void sameRowsMetricsAndChanges(Table kind) throws IOException {
    Path theirs = folder.resolve("theirs");
    make(kind, theirs);
    Path ours = SharedTables.copy(theirs, folder.resolve("ours"));
    NeuralTable table = lake.table(ours);
    for (Step step : STEPS) {
      spark.sql(step.sparks().replace("%s", SharedTables.sql(theirs)));
      step.ours().accept(table);
    }

    var expected = spark.read(theirs.toString()).content();
    assertThat(ScanContent.of(table.scan())).isEqualTo(expected);
    assertThat(spark.read(ours.toString()).content()).isEqualTo(expected);
    if (kind == Table.PLAIN) {
      assertThat(new StandaloneReader().read(ours)).isEqualTo(expected);
    }
    if (kind.wants("ChangeDataFeed")) {
      assertThat(changes(ours)).isEqualTo(changes(theirs));
    }
    if (kind.wants("RowTracking")) {
      String ids = "SELECT id, _metadata.row_id, _metadata.row_commit_version FROM ";
      assertThat(spark.sql(ids + SharedTables.sql(ours)).content())
          .isEqualTo(spark.sql(ids + SharedTables.sql(theirs)).content());
    }
    sameHistory(kind, table, theirs);
    // and Spark goes on with what is ours
    spark.sql("DELETE FROM " + SharedTables.sql(ours) + " WHERE id % 5 = 1");
    assertThat(table.count()).isEqualTo(table.scan().where("id % 5 <> 1").count());
  }

  private void sameHistory(Table kind, NeuralTable table, Path theirs) {
    for (JsonNode their : Agreement.json(spark.history(theirs.toString()))) {
      long version = their.get("version").asLong();
      HistoryEntry entry =
          table.history(100).stream().filter(e -> e.version() == version).findFirst().orElseThrow();
      assertThat(entry.operation()).isEqualTo(their.get("operation").asText());
      assertThat(entry.parameters().keySet())
          .isEqualTo(Agreement.pairs(their.get("operationParameters")).keySet());
      Map<String, String> metrics = Agreement.pairs(their.get("operationMetrics"));
      if (version > 1) {
        assertThat(entry.metrics().keySet()).containsAll(metrics.keySet());
        // Spark packs rows of several files into one where it writes them again.
        boolean sameFiles = version == 2 || (version == 3 && kind == Table.VECTORS);
        assertThat(comparable(entry.metrics(), sameFiles))
            .as("version %d", version)
            .isEqualTo(comparable(metrics, sameFiles));
      }
    }
  }

  /** Numbers that do not depend on how long it took and how rows were packed. */
  private static Map<String, String> comparable(Map<String, String> metrics, boolean sameFiles) {
    Map<String, String> numbers = new TreeMap<>(metrics);
    numbers.keySet().removeIf(name -> name.endsWith("TimeMs") || name.endsWith("Bytes"));
    numbers.keySet().removeAll(Set.of("numAddedFiles", "numAddedChangeFiles"));
    if (!sameFiles) {
      numbers.keySet().retainAll(Set.of("numDeletedRows", "numUpdatedRows"));
    }
    return numbers;
  }

  private void make(Table kind, Path path) {
    spark.sql(
        "CREATE TABLE "
            + SharedTables.sql(path)
            + " (id BIGINT, p STRING, v INT, s STRING) USING delta "
            + kind.layout
            + (kind.properties.isEmpty() ? "" : " TBLPROPERTIES (" + kind.properties + ")"));
    spark.sql(
        "INSERT INTO "
            + SharedTables.sql(path)
            + " SELECT id, elt(cast(id % 3 + 1 AS INT), 'a', 'b c', null), nullif(cast(id % 10 AS"
            + " INT), 5), concat('s', id) FROM range(0, 60, 1, 3)");
  }

  private Object changes(Path table) {
    return spark
        .sql(
            "SELECT id, p, v, s, _change_type, _commit_version FROM table_changes_by_path('"
                + table
                + "', 0)")
        .content();
  }
}
