package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Others read tables of which nothing is left but our checkpoint and the commits after it. */
@SparkTest
final class SparkReadsOurLogSparkIT {

  private final SparkProcess spark = SparkProcess.shared();
  private final Agreement agreement = new Agreement(spark);

  @TempDir Path folder;

  record Row(int id, String name) {}

  @ParameterizedTest
  @ValueSource(strings = {"classic", "v2"})
  void sparkReadsAndWritesOnOurCheckpoint(String policy) throws IOException {
    try (NeuralLake lake =
        NeuralLake.builder().background(Runnable::run).compactLogEvery(2).build()) {
      NeuralTable table = lake.table(folder.resolve("table"));
      table
          .create(Row.class)
          .partitionedBy("name")
          .property("delta.checkpointPolicy", policy)
          .property("delta.constraints.positive", "id >= 0")
          .property("delta.enableRowTracking", "true")
          .property("delta.columnMapping.mode", "name")
          .property("delta.enableDeletionVectors", "true")
          .property("delta.checkpointInterval", "5")
          .property("delta.logRetentionDuration", "interval 1 days")
          .commit();
      String name = SampleRows.sql(table);
      for (int i = 1; i <= 8; i++) {
        table
            .append(List.of(new Row(i, "a b"), new Row(100 + i, i % 2 == 0 ? null : "é")))
            .commit();
      }
      spark.sql("DELETE FROM " + name + " WHERE id IN (1, 103)");
      table.append(List.of(new Row(10, "after"))).transaction("app", 3).commit();
      long newest = table.version();
      if (newest % 5 != 0) {
        throw new AssertionError("a checkpoint was expected at " + newest);
      }
      makeOld();
      for (int i = 11; i <= 15; i++) {
        table.append(List.of(new Row(i, "x"))).commit();
      }
      List<String> log = log();
      assertThat(log).noneMatch(f -> f.matches("0{19}\\d\\.json"));
      assertThat(log).contains("00000000000000000010.json", "00000000000000000015.json");
      assertThat(log).anyMatch(f -> f.startsWith("00000000000000000015.checkpoint."));
      assertThat(Files.exists(logFolder().resolve("_sidecars"))).isEqualTo(policy.equals("v2"));
      agreement.onLatest(table);
      assertThat(spark.readVersion(folder.resolve("table").toString(), 12).content().count())
          .isEqualTo(17);

      spark.sql("INSERT INTO " + name + " VALUES (77, 'spark')");
      spark.sql("OPTIMIZE " + name);
      agreement.onLatest(table);
      assertThat(table.transactionVersion("app")).hasValue(3);
      table.append(List.of(new Row(78, "ours"))).commit();
      assertThat(table.count()).isEqualTo(22);
    }
  }

  @Test
  void standaloneReadsWhatIsLeftOfAPlainTable() throws IOException {
    try (NeuralLake lake = NeuralLake.builder().background(Runnable::run).build()) {
      NeuralTable table = lake.table(folder.resolve("table"));
      table
          .create(Row.class)
          .property("delta.checkpointInterval", "3")
          .property("delta.logRetentionDuration", "interval 1 days")
          .commit();
      for (int i = 1; i <= 3; i++) {
        table.append(List.of(new Row(i, "n" + i))).commit();
      }
      makeOld();
      table.overwrite(List.of(new Row(4, "n4"))).commit();
      table.append(List.of(new Row(5, "n5"))).commit();
      table.append(List.of(new Row(6, null))).commit();
      assertThat(log()).noneMatch(f -> f.matches("0{19}[0-2]\\.json"));
      agreement.onLatest(table);
      StandaloneReader standalone = new StandaloneReader();
      assertThat(standalone.read(folder.resolve("table"), "id", "name"))
          .isEqualTo(spark.read(folder.resolve("table").toString()).content());
      assertThat(standalone.latestVersion(folder.resolve("table"))).isEqualTo(6);
    }
  }

  @Test
  void statisticsThatSparkLeftAsColumnsOnlyAreUsedAndCarriedOver() {
    String path = folder.resolve("table").toString();
    String name = "delta.`" + path + "`";
    spark.sql(
        "CREATE TABLE "
            + name
            + " USING delta TBLPROPERTIES ('delta.checkpointInterval' = '1',"
            + " 'delta.checkpoint.writeStatsAsStruct' = 'true',"
            + " 'delta.checkpoint.writeStatsAsJson' = 'false') AS SELECT * FROM "
            + TypeSamples.RELATION);
    spark.sql("INSERT INTO " + name + " SELECT * FROM " + TypeSamples.RELATION);
    try (NeuralLake lake = NeuralLake.builder().background(Runnable::run).build()) {
      NeuralTable table = lake.table(path);
      try (Rows<Map<String, Object>> rows = table.scan().where("id > 1000").maps()) {
        assertThat(rows.stream()).isEmpty();
        assertThat(rows.report().filesSkippedByStatistics()).isEqualTo(rows.report().filesTotal());
      }
      table.append(List.of(Map.of("id", 7))).commit(); // and our checkpoint

      String columns =
          "id INT, i64 BIGINT, dec9 DECIMAL(9,2), dec38 DECIMAL(38,18), s STRING, d DATE,"
              + " ts TIMESTAMP, ntz TIMESTAMP_NTZ";
      String stats =
          "SELECT add.path, from_json(add.stats, 'numRecords BIGINT, minValues STRUCT<%1$s>,"
                  .formatted(columns)
              + " maxValues STRUCT<%1$s>, nullCount STRUCT<id BIGINT, bool BIGINT, bin BIGINT>')"
                  .formatted(columns)
              + " AS stats FROM %s WHERE add IS NOT NULL";
      String commits = "json.`" + logFolder() + "/0*.json`";
      String checkpoint = "parquet.`" + logFolder() + "/00000000000000000002.checkpoint.parquet`";
      assertThat(spark.sql(stats.formatted(checkpoint)).content())
          .isEqualTo(spark.sql(stats.formatted(commits)).content());
    }
  }

  private Path logFolder() {
    return folder.resolve("table").resolve("_delta_log");
  }

  private List<String> log() throws IOException {
    try (Stream<Path> files = Files.list(logFolder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void makeOld() throws IOException {
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(9)));
    try (Stream<Path> files = Files.walk(logFolder())) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> {
                try {
                  Files.setLastModifiedTime(file, old);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
