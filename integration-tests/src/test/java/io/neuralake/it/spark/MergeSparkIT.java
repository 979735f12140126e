package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.read.HistoryEntry;
import io.neuralake.write.Merge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same merges, by neuralake and by Spark on copies of one table: the same rows afterwards, the
 * same metrics, and the same change feed, which Spark reads.
 */
@SparkTest
final class MergeSparkIT {

  private final SparkProcess spark = SparkProcess.shared();
  private final NeuralLake lake = NeuralLake.builder().build();

  private static final Set<String> SOME_FILES =
      Set.of("numTargetFilesRemoved", "numTargetRowsCopied", "numOutputRows");

  private final SoftAssertions soft = new SoftAssertions();

  @TempDir Path folder;

  @AfterEach
  void close() {
    lake.close();
  }

  /** What the table wants. */
  enum Table {
    PLAIN("", ""),
    PARTITIONED_WITH_CHANGES("PARTITIONED BY (p)", "'delta.enableChangeDataFeed' = 'true'"),
    VECTORS_WITH_CHANGES_AND_ROW_IDS(
        "PARTITIONED BY (p)",
        "'delta.enableDeletionVectors' = 'true', 'delta.enableChangeDataFeed' = 'true',"
            + " 'delta.enableRowTracking' = 'true', 'delta.columnMapping.mode' = 'name'");

    private final String layout;
    private final String properties;

    Table(String layout, String properties) {
      this.layout = layout;
      this.properties = properties;
    }
  }

  /** What is merged: clauses in SQL, and as ours. */
  enum Case {
    UPSERT(
        "ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
        m -> m.on("t.id = s.id").whenMatched().updateAll().whenNotMatched().insertAll()),
    SEVERAL_CLAUSES(
        "ON t.id = s.id WHEN MATCHED AND s.v = 3 THEN DELETE WHEN MATCHED AND t.v < s.v THEN"
            + " UPDATE SET v = t.v + s.v, s = upper(s.s) WHEN MATCHED AND s.p = 'a' THEN UPDATE"
            + " SET * WHEN NOT MATCHED AND s.v > 4 THEN INSERT (id, s) VALUES (s.id, s.s) WHEN NOT"
            + " MATCHED AND s.p IS NULL THEN INSERT *",
        m ->
            m.on("t.id = s.id")
                .whenMatched("s.v = 3")
                .delete()
                .whenMatched("t.v < s.v")
                .update(Map.of("v", "t.v + s.v", "s", "upper(s.s)"))
                .whenMatched("s.p = 'a'")
                .updateAll()
                .whenNotMatched("s.v > 4")
                .insert(Map.of("id", "s.id", "s", "s.s"))
                .whenNotMatched("s.p IS NULL")
                .insertAll()),
    INSERT_ONLY(
        "ON t.id = s.id WHEN NOT MATCHED AND s.v <> 7 THEN INSERT *",
        m -> m.on("t.id = s.id").whenNotMatched("s.v <> 7").insertAll()),
    DELETE_ONLY(
        "ON t.v = s.v AND t.p = s.p WHEN MATCHED THEN DELETE",
        m -> m.on("t.v = s.v AND t.p = s.p").whenMatched().delete()),
    BY_SOURCE(
        "ON t.id = s.id WHEN MATCHED THEN UPDATE SET s = 'met' WHEN NOT MATCHED BY SOURCE AND t.v"
            + " = 2 THEN UPDATE SET v = t.v * 10 WHEN NOT MATCHED BY SOURCE AND t.id < 30 THEN"
            + " DELETE",
        m ->
            m.on("t.id = s.id")
                .whenMatched()
                .update(Map.of("s", "'met'"))
                .whenNotMatchedBySource("t.v = 2")
                .update(Map.of("v", "t.v * 10"))
                .whenNotMatchedBySource("t.id < 30")
                .delete()),
    NULL_SAFE_AND_MOVED(
        "ON t.id = s.id AND t.p <=> s.p WHEN MATCHED THEN UPDATE SET p = 'z' WHEN NOT MATCHED THEN"
            + " INSERT *",
        m ->
            m.on("t.id = s.id AND t.p <=> s.p")
                .whenMatched()
                .update(Map.of("p", "'z'"))
                .whenNotMatched()
                .insertAll()),
    WITHOUT_KEYS(
        "ON t.id > s.id + 20 AND s.id > 10 AND s.id < 12 WHEN MATCHED THEN UPDATE SET n = s.n",
        m ->
            m.on("t.id > s.id + 20 AND s.id > 10 AND s.id < 12")
                .whenMatched()
                .update(Map.of("n", "s.n"))),
    EVOLVING(
        "ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
        m ->
            m.on("t.id = s.id")
                .whenMatched()
                .updateAll()
                .whenNotMatched()
                .insertAll()
                .evolveSchema());

    private final String sql;
    private final UnaryOperator<Merge> ours;

    Case(String sql, UnaryOperator<Merge> ours) {
      this.sql = sql;
      this.ours = ours;
    }
  }

  @ParameterizedTest
  @EnumSource
  void sameRowsMetricsAndChanges(Table kind) throws IOException {
    Path made = folder.resolve("made");
    spark.sql(
        "CREATE TABLE "
            + SharedTables.sql(made)
            + " (id BIGINT, p STRING, v INT, s STRING, n STRUCT<a: INT, b: ARRAY<STRING>>) USING"
            + " delta "
            + kind.layout
            + (kind.properties.isEmpty() ? "" : " TBLPROPERTIES (" + kind.properties + ")"));
    for (int from = 0; from < 60; from += 20) {
      spark.sql("INSERT INTO " + SharedTables.sql(made) + " " + rows("id", from, from + 20, 1));
    }
    Path source = folder.resolve("source");
    spark.sql(
        "CREATE TABLE "
            + SharedTables.sql(source)
            + " USING delta AS SELECT *, id * 2 AS extra FROM ("
            + rows("id + 5", 0, 90, 4)
            + ")");
    for (Case merge : Case.values()) {
      // Each takes seconds; so the two kinds without vectors share them.
      if (kind != Table.VECTORS_WITH_CHANGES_AND_ROW_IDS && merge.ordinal() % 2 != kind.ordinal()) {
        continue;
      }
      Path theirs = SharedTables.copy(made, folder.resolve("spark-" + merge));
      Path ours = SharedTables.copy(made, folder.resolve("ours-" + merge));
      spark.sql(
          "MERGE "
              + (merge == Case.EVOLVING ? "WITH SCHEMA EVOLUTION " : "")
              + "INTO "
              + SharedTables.sql(theirs)
              + " t USING "
              + SharedTables.sql(source)
              + " s "
              + merge.sql);
      NeuralTable table = lake.table(ours);
      merge.ours.apply(table.merge(lake.table(source).scan())).commit();
      agree(kind, merge, theirs, table, ours);
    }
    soft.assertAll();
  }

  private static String rows(String id, int from, int to, int step) {
    return ("SELECT id, elt(cast(id %% 3 + 1 AS INT), 'a', 'b c', null) AS p, nullif(cast(id %% 10"
            + " AS INT), 5) AS v, concat('s', id) AS s, if(id %% 4 = 0, null, named_struct('a',"
            + " cast(id AS INT), 'b', array('x', null))) AS n FROM (SELECT %s AS id FROM range(%d,"
            + " %d, %d, 1))")
        .formatted(id, from, to, step);
  }

  private void agree(Table kind, Case merge, Path theirs, NeuralTable table, Path ours) {
    String what = kind + ", " + merge;
    var expected = spark.read(theirs.toString()).content();
    soft.assertThat(ScanContent.of(table.scan())).as(what).isEqualTo(expected);
    soft.assertThat(spark.read(ours.toString()).content()).as(what).isEqualTo(expected);
    if (kind.properties.contains("ChangeDataFeed")) {
      soft.assertThat(changes(ours)).as(what).isEqualTo(changes(theirs));
    }
    if (kind.properties.contains("RowTracking")) {
      // which new row gets which id is the writer's choice
      String ids =
          "SELECT id, _metadata.row_id, _metadata.row_commit_version FROM %s WHERE id < 60"
              + " AND _metadata.row_id < 60";
      soft.assertThat(spark.sql(ids.formatted(SharedTables.sql(ours))).content())
          .as(what)
          .isEqualTo(spark.sql(ids.formatted(SharedTables.sql(theirs))).content());
    }
    HistoryEntry entry = table.history(1).get(0);
    JsonNode newest =
        Agreement.json(spark.history(theirs.toString())).stream()
            .max(Comparator.comparingLong(row -> row.get("version").asLong()))
            .orElseThrow();
    Map<String, String> metrics = comparable(entry.metrics());
    Map<String, String> their = comparable(Agreement.pairs(newest.get("operationMetrics")));
    if (merge == Case.SEVERAL_CLAUSES) {
      // Spark also rewrites files in which rows match that no clause changes.
      for (Map<String, String> one : List.of(metrics, their)) {
        one.keySet().removeAll(SOME_FILES);
      }
    }
    soft.assertThat(metrics).as(what).isEqualTo(their);
    assertThat(entry.operation()).isEqualTo(newest.get("operation").asText());
    assertThat(entry.parameters().keySet())
        .isEqualTo(Agreement.pairs(newest.get("operationParameters")).keySet());
  }

  /** Numbers that do not depend on how long it took and how rows were packed. */
  private static Map<String, String> comparable(Map<String, String> metrics) {
    Map<String, String> numbers = new TreeMap<>(metrics);
    numbers.keySet().removeIf(name -> name.endsWith("TimeMs") || name.contains("Bytes"));
    numbers.keySet().removeAll(Set.of("numTargetFilesAdded", "numTargetChangeFilesAdded"));
    return numbers;
  }

  private Object changes(Path table) {
    return spark
        .sql(
            "SELECT id, p, v, s, n, _change_type, _commit_version FROM table_changes_by_path('"
                + table
                + "', 0)")
        .content();
  }
}
