package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.maintain.Vacuum;
import io.neuralake.read.Changes;
import io.neuralake.read.HistoryEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Restore, change data feed, convert and clone: neuralake and Spark on the same input, and on each
 * other's.
 */
@SparkTest
final class VersionsSparkIT {

  record Row(long id, String region, int n) {}

  private final SparkProcess spark = SparkProcess.shared();
  private final NeuralLake lake = NeuralLake.builder().build();

  @TempDir static Path shared;
  @TempDir Path folder;

  @AfterEach
  void close() {
    lake.close();
  }

  private static final String ALL_FEATURES =
      ", 'delta.columnMapping.mode' = 'id', 'delta.enableDeletionVectors' = 'true',"
          + " 'delta.enableInCommitTimestamps' = 'true', 'delta.enableRowTracking' = 'true'";

  private static final long NEWEST = 7;

  /** A history of all kinds of changes, made once; not to be written to. */
  private Path staged(String properties) {
    Path path = shared.resolve("staged " + properties.length());
    if (!Files.exists(path)) {
      stage(SharedTables.sql(path), properties);
    }
    return path;
  }

  private void stage(String table, String properties) {
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT, region STRING, n INT) USING delta PARTITIONED BY (region)"
            + " TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true'"
            + properties
            + ")");
    spark.sql("INSERT INTO " + table + " SELECT id, concat('r', id % 2), 1 FROM range(0, 40)");
    spark.sql("UPDATE " + table + " SET n = n + 1 WHERE id % 5 = 0");
    spark.sql("DELETE FROM " + table + " WHERE id % 7 = 0");
    spark.sql("ALTER TABLE " + table + " ADD COLUMNS (note STRING)");
    spark.sql(
        "MERGE INTO "
            + table
            + " t USING (SELECT id, concat('r', id % 2) AS region, 7 AS n, 'm' AS note"
            + " FROM range(30, 50)) s ON t.id = s.id"
            + " WHEN MATCHED AND s.id % 2 = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET *"
            + " WHEN NOT MATCHED THEN INSERT *");
    spark.sql("DELETE FROM " + table + " WHERE region = 'r1'");
    spark.sql("OPTIMIZE " + table);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ALL_FEATURES})
  void changesAreThoseThatSparkReads(String properties) {
    Path path = staged(properties);
    Changes changes = lake.table(path).changes();
    // Without column mapping Spark takes the newest columns, not those of the last version.
    long first = properties.isEmpty() ? 5 : 2;
    for (long from : new long[] {0, 3, 5}) {
      for (long to = Math.max(from, first); to <= NEWEST; to += 3) {
        assertThat(ScanContent.of(changes.from(from).to(to)))
            .as("from %s to %s", from, to)
            .isEqualTo(spark.readChanges(path.toString(), from, to).content());
      }
    }
  }

  @Test
  void restoreIsSparksRestore() throws IOException {
    Path staged = staged(ALL_FEATURES);
    for (long version : new long[] {1, 5}) {
      Path theirs = SharedTables.copy(staged, folder.resolve("theirs" + version));
      spark.sql("RESTORE TABLE " + SharedTables.sql(theirs) + " TO VERSION AS OF " + version);
      Path path = SharedTables.copy(staged, folder.resolve("ours" + version));
      NeuralTable ours = lake.table(path);

      ours.restore().toVersion(version).commit();

      assertThat(ScanContent.of(ours.scan()))
          .isEqualTo(spark.read(path.toString()).content())
          .isEqualTo(spark.read(theirs.toString()).content());
      HistoryEntry mine = ours.history(1).get(0);
      HistoryEntry spark = lake.table(theirs).history(1).get(0);
      assertThat(mine.operation()).isEqualTo(spark.operation());
      assertThat(mine.metrics()).isEqualTo(spark.metrics());
      assertThat(mine.parameters()).containsAllEntriesOf(java.util.Map.of("version", "" + version));
      assertThat(ours.schema()).isEqualTo(lake.table(theirs).schema());
      assertThat(ours.properties()).isEqualTo(lake.table(theirs).properties());
      assertThat(ours.detail().features()).isEqualTo(lake.table(theirs).detail().features());
      assertThat(ScanContent.of(ours.changes().from(NEWEST + 1)).rows())
          .isEqualTo(
              this.spark.readChanges(path.toString(), NEWEST + 1, NEWEST + 1).content().rows());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"FULL", "LITE"})
  void vacuumIsSparksVacuum(String mode) throws IOException {
    Path theirs = SharedTables.copy(staged(ALL_FEATURES), folder.resolve("theirs"));
    Path path = SharedTables.copy(staged(ALL_FEATURES), folder.resolve("ours"));
    NeuralTable ours = lake.table(path);
    Vacuum vacuum = ours.vacuum().retain(Duration.ZERO).allowShortRetention().logged();
    String check = "SET spark.databricks.delta.retentionDurationCheck.enabled = ";
    spark.sql(check + "false");
    try {
      spark.sql("VACUUM " + SharedTables.sql(theirs) + " " + mode + " RETAIN 0 HOURS");
    } finally {
      spark.sql(check + "true");
    }
    long deleted = (mode.equals("LITE") ? vacuum.lite() : vacuum).run().filesDeleted();

    assertThat(deleted).isPositive();
    assertThat(files(path)).isEqualTo(files(theirs));
    assertThat(ScanContent.of(ours.scan())).isEqualTo(spark.read(path.toString()).content());
    HistoryEntry end = ours.history(1).get(0);
    HistoryEntry start = ours.history(2).get(1);
    HistoryEntry sparks = lake.table(theirs).history(2).get(1);
    assertThat(end.operation()).isEqualTo("VACUUM END");
    assertThat(start.operation()).isEqualTo(sparks.operation()).isEqualTo("VACUUM START");
    assertThat(start.parameters()).containsEntry("specifiedRetentionMillis", "0");
    assertThat(start.parameters().keySet()).isEqualTo(sparks.parameters().keySet());
    Vacuum next = lake.table(theirs).vacuum().retain(Duration.ZERO).allowShortRetention();
    if (mode.equals("LITE")) { // goes on where Spark has stopped, who says so only then
      assertThat(next.lite().run().filesDeleted()).isZero();
    }
  }

  private static List<String> files(Path table) throws IOException {
    try (var files = Files.walk(table)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> table.relativize(file).toString())
          .filter(name -> !name.startsWith("_delta_log") && !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }

  @Test
  void convertIsSparksConvert() throws IOException {
    Path folders = folder.resolve("parquet");
    spark.sql(
        "CREATE TABLE folders USING parquet PARTITIONED BY (day, part) LOCATION '"
            + folders
            + "' AS SELECT id, CAST(id AS STRING) AS s, id / 3 AS d, CAST(id AS DECIMAL(20, 3)) AS"
            + " exact, TIMESTAMP '2026-01-01 00:00:00.123456' AS at, TIMESTAMP_NTZ '2026-01-01"
            + " 00:00:00.5' AS local, DATE '2026-02-03' AS date, array(id, null) AS list,"
            + " map('k', id) AS map, named_struct('x', id, 'y', 'z') AS inner, unhex('0AFF')"
            + " AS bytes, CAST(id AS TINYINT) AS tiny, CAST(id AS FLOAT) AS f, id > 3 AS flag,"
            + " DATE '2026-01-01' + CAST(id % 2 AS INT) AS day,"
            + " CASE WHEN id % 3 = 0 THEN null ELSE concat('p /=%', id % 3) END AS part"
            + " FROM range(0, 20)");
    Path theirs = SharedTables.copy(folders, folder.resolve("theirs"));
    spark.sql("CONVERT TO DELTA parquet.`" + theirs + "` PARTITIONED BY (day DATE, part STRING)");
    NeuralTable ours = lake.table(folders);

    ours.convert().commit();

    assertThat(ScanContent.of(ours.scan()))
        .isEqualTo(spark.read(folders.toString()).content())
        .isEqualTo(spark.read(theirs.toString()).content());
    NeuralTable other = lake.table(theirs);
    assertThat(ours.schema()).isEqualTo(other.schema());
    assertThat(ours.latest().partitionColumns()).isEqualTo(other.latest().partitionColumns());
    assertThat(ours.detail().features()).isEqualTo(other.detail().features());
    HistoryEntry entry = other.history(1).get(0);
    assertThat(ours.history(1).get(0).operation()).isEqualTo(entry.operation());
    assertThat(ours.history(1).get(0).metrics()).isEqualTo(entry.metrics());
    assertThat(ours.history(1).get(0).parameters().keySet()).isEqualTo(entry.parameters().keySet());
    for (String predicate : List.of("id < 3", "s > '17'", "d < 1", "part IS NULL", "at IS NULL")) {
      assertThat(ours.scan().where(predicate).count())
          .isEqualTo(other.scan().where(predicate).count());
    }
    spark.sql("DELETE FROM " + SharedTables.sql(folders) + " WHERE id < 5");
    assertThat(ours.count()).isEqualTo(15);
  }

  @Test
  void cloneIsSparksShallowClone() {
    Path staged = staged(ALL_FEATURES);
    Path theirs = folder.resolve("theirs");
    spark.sql(
        "CREATE TABLE "
            + SharedTables.sql(theirs)
            + " SHALLOW CLONE "
            + SharedTables.sql(staged)
            + " VERSION AS OF 5");
    Path path = folder.resolve("ours");
    NeuralTable ours = lake.table(path);

    ours.cloneOf(lake.table(staged)).atVersion(5).commit();

    assertThat(ScanContent.of(ours.scan()))
        .isEqualTo(spark.read(path.toString()).content())
        .isEqualTo(spark.read(theirs.toString()).content());
    NeuralTable other = lake.table(theirs);
    assertThat(ours.schema()).isEqualTo(other.schema());
    assertThat(ours.properties().keySet()).isEqualTo(other.properties().keySet());
    assertThat(ours.history(1).get(0).operation()).isEqualTo(other.history(1).get(0).operation());
    assertThat(ours.history(1).get(0).metrics()).isEqualTo(other.history(1).get(0).metrics());
    assertThat(ours.history(1).get(0).parameters().keySet())
        .isEqualTo(other.history(1).get(0).parameters().keySet());
    spark.sql("DELETE FROM " + SharedTables.sql(path) + " WHERE id > 20");
    assertThat(ScanContent.of(ours.scan())).isEqualTo(spark.read(path.toString()).content());
    ours.restore().toVersion(0).commit();
    spark.sql("DELETE FROM " + SharedTables.sql(path) + " WHERE id > 20");
    assertThat(ScanContent.of(ours.scan())).isEqualTo(spark.read(path.toString()).content());
  }

  @Test
  void sparkReadsTheChangesOfOurVersions() {
    Path path = folder.resolve("ours");
    NeuralTable ours = lake.table(path);
    ours.create(Row.class)
        .partitionedBy("region")
        .property("delta.enableChangeDataFeed", "true")
        .property("delta.columnMapping.mode", "name")
        .commit();
    ours.append(List.of(new Row(1, "a", 1), new Row(2, "b", 1))).commit();
    ours.overwrite(List.of(new Row(3, "a", 1))).commit();
    ours.restore().toVersion(1).commit();
    ours.update().set("n", "n + 1").where("id = 1").commit();
    ours.delete().where("id = 2").commit();

    assertThat(ScanContent.of(ours.changes().from(0)))
        .isEqualTo(spark.readChanges(path.toString(), 0, 5).content());
  }

  @Test
  void whatSparkRefusesIsRefused() {
    Path path = folder.resolve("table");
    String table = SharedTables.sql(path);
    spark.sql(
        "CREATE TABLE "
            + table
            + " (id BIGINT, note STRING) USING delta"
            + " TBLPROPERTIES ('delta.columnMapping.mode' = 'name')");
    spark.sql("INSERT INTO " + table + " VALUES (1, 'a')");
    spark.sql(
        "ALTER TABLE " + table + " SET TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')");
    spark.sql("INSERT INTO " + table + " VALUES (2, 'b')");
    spark.sql("ALTER TABLE " + table + " DROP COLUMN note");
    Changes changes = lake.table(path).changes();

    assertThatThrownBy(() -> spark.readChanges(path.toString(), 1, 3))
        .isInstanceOf(SparkFailure.class)
        .hasMessageContaining("delta.enableChangeDataFeed");
    assertThatThrownBy(() -> ScanContent.of(changes.from(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.enableChangeDataFeed");
    assertThatThrownBy(() -> spark.readChanges(path.toString(), 2, 4))
        .isInstanceOf(SparkFailure.class)
        .hasMessageContaining("incompatible");
    assertThatThrownBy(() -> ScanContent.of(changes.from(2)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'note' is not there");
    assertThat(ScanContent.of(changes.from(2).to(3)))
        .isEqualTo(spark.readChanges(path.toString(), 2, 3).content());
  }
}
