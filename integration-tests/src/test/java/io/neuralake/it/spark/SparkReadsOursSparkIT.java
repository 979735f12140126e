package io.neuralake.it.spark;

import static io.neuralake.it.spark.SampleRows.COLUMNS;
import static io.neuralake.it.spark.SampleRows.row;
import static io.neuralake.it.spark.SampleRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.it.canonical.TableContent;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.HistoryEntry;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables that neuralake makes are read by Spark in each version, with the rows that neuralake sees,
 * and Spark goes on with them; {@link SparkReadsOurValuesSparkIT} looks at the values.
 */
@SparkTest
final class SparkReadsOursSparkIT {
  private final SparkProcess spark = SparkProcess.shared();
  private final Agreement agreement = new Agreement(spark);
  private final StandaloneReader standalone = new StandaloneReader();
  private NeuralLake lake;
  private NeuralTable table;

  @TempDir Path folder;

  @BeforeEach
  void open() {
    lake = NeuralLake.builder().background(Runnable::run).build();
    table = lake.table(folder.resolve("table"));
  }

  @AfterEach
  void close() {
    lake.close(); // fails if memory leaked
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "name", "id"})
  void eachVersionOfAGrowingTableIsRead(String mapping) {
    table
        .create(
            new StructType()
                .add("id", IntegerType.INTEGER, false)
                .add("g", IntegerType.INTEGER)
                .add("pos", new StructType().add("x", FloatType.FLOAT)))
        .partitionedBy("g")
        .property("delta.columnMapping.mode", mapping)
        .property("delta.enableTypeWidening", "true")
        .comment("grows")
        .commit();
    table.append(List.of(row("id", 1, "g", 1, "pos", row("x", 1.5f)))).commit();
    table
        .append(List.of(new Wider(2, 1, new Position(2.5f, "two"), "new")))
        .evolveSchema()
        .commit();
    table.alter().dropNotNull("id").comment("id", "the key").commit();
    table.alter().widenType("id", LongType.LONG).widenType("pos.x", DoubleType.DOUBLE).commit();
    table.alter().addColumn("more", new ArrayType(StringType.STRING, true), "of them").commit();
    table
        .append(
            List.of(
                row("id", 5_000_000_000L, "g", null, "pos", row("x", 0.1), "more", List.of("a"))))
        .commit();
    if (!mapping.equals("none")) {
      table.alter().renameColumn("note", "odd name, (x)").renameColumn("pos.x", "y").commit();
      table.alter().renameColumn("g", "the group").dropColumn("more").commit();
      table.append(List.of(row("id", 7L, "the group", 3, "odd name, (x)", "!"))).commit();
    }
    table.overwrite(rows(0, 3).stream().map(r -> row("id", r.get("id"))).toList()).commit();
    if (mapping.equals("none")) {
      table.overwrite(List.of(new Other(9, "nine"))).overwriteSchema().commit();
      table.append(List.of(new Other(10, "ten"))).commit();
    }
    table.create(COLUMNS).partitionedBy("name").orReplace().commit();
    table.append(rows(0, 5)).userMetadata("last").commit();

    agreement.onAllVersions(table);
    List<HistoryEntry> history = agreement.onHistory(table);
    assertThat(history.get(0).metrics()).containsEntry("numOutputRows", "5");
    assertThat(history.get(0).userMetadata()).contains("last");
    assertThat(history.get(0).parameters()).containsEntry("partitionBy", "[\"name\"]");
    assertThat(history.get(1).operation()).isEqualTo("REPLACE TABLE");
    sparkGoesOn(table);
  }

  record Position(float x, String label) {}

  record Wider(int id, Integer g, Position pos, String note) {}

  record Other(int g, String other) {}

  /** Spark writes in each way that it knows, and neuralake sees the result. */
  private void sparkGoesOn(NeuralTable table) {
    long before = table.count();
    String name = SampleRows.sql(table);
    spark.sql("INSERT INTO " + name + " SELECT * FROM " + name);
    spark.sql("UPDATE " + name + " SET id = 77 WHERE id = 1");
    spark.sql("DELETE FROM " + name + " WHERE id = 0");
    spark.sql("OPTIMIZE " + name);
    spark.sql("VACUUM " + name + " DRY RUN");

    assertThat(table.count()).isEqualTo(2 * before - 2);
    assertThat(table.scan().where("id = 77").count()).isEqualTo(2);
    agreement.onLatest(table);
    table.append(rows(1000, 1002)).commit();
    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2 * before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delta.enableDeletionVectors=true,delta.checkpointPolicy=v2",
        "delta.enableChangeDataFeed=true,delta.enableInCommitTimestamps=true",
        "delta.enableRowTracking=true,delta.checkpoint.writeStatsAsStruct=true,"
            + "delta.dataSkippingNumIndexedCols=1,delta.isolationLevel=Serializable",
      })
  void tableWithPropertiesIsReadAndWrittenBySpark(String properties) {
    Map<String, String> asked = new LinkedHashMap<>();
    for (String property : properties.split(",")) {
      asked.put(property.split("=")[0], property.split("=")[1]);
    }
    table.create(COLUMNS).properties(asked).property("delta.checkpointInterval", "2").commit();
    table.append(rows(0, 3)).commit();
    table.append(rows(3, 6)).commit();
    table.overwrite(rows(0, 4)).commit();
    table.append(rows(4, 8)).commit();

    agreement.onAllVersions(table);
    agreement.onHistory(table);
    sparkGoesOn(table);
  }

  @Test
  void checkpointsAndChecksumsAreReadBySpark() throws Exception {
    table
        .create(COLUMNS)
        .partitionedBy("g")
        .property("delta.checkpointInterval", "2")
        .property("team", "β")
        .commit();
    for (int i = 0; i < 4; i++) {
      table.append(rows(i * 5, i * 5 + 5)).commit();
    }
    table.append(rows(100, 101)).commit();
    Path log = folder.resolve("table/_delta_log");
    assertThat(log.resolve("00000000000000000004.checkpoint.parquet")).exists();
    assertThat(log.resolve("00000000000000000004.crc")).exists();
    for (int version = 0; version <= 3; version++) {
      Files.delete(log.resolve("0000000000000000000" + version + ".json"));
    }

    SparkAnswer seen = agreement.onLatest(table);

    assertThat(seen.content().count()).isEqualTo(21);
    assertThat(spark.readVersion(table.location(), 4).content())
        .isEqualTo(ScanContent.of(table.asOf(4).scan()));
    assertThat(standalone.read(folder.resolve("table"))).isEqualTo(seen.content());
    JsonNode detail = Agreement.json(spark.detail(table.location())).get(0);
    assertThat(Agreement.pairs(detail.get("properties"))).containsEntry("team", "β");
    assertThat(detail.get("numFiles").asLong()).isEqualTo(table.detail().files());
    sparkGoesOn(table);
  }

  @Test
  void changesThatNeuralakeMadeAreInTheChangeFeed() {
    table.create(COLUMNS).property("delta.enableChangeDataFeed", "true").commit();
    table.append(rows(0, 3)).commit();
    table.overwrite(rows(5, 6)).commit();

    List<JsonNode> changes = Agreement.json(spark.readChanges(table.location(), 0, 2));

    assertThat(changes)
        .extracting(
            c ->
                c.get("_commit_version").asInt()
                    + c.get("_change_type").asText()
                    + c.get("id").asInt())
        .containsExactlyInAnyOrder(
            "1insert0", "1insert1", "1insert2", "2delete0", "2delete1", "2delete2", "2insert5");
  }

  @Test
  void rowIdsAreUniqueAcrossEngines() {
    table.create(COLUMNS).property("delta.enableRowTracking", "true").commit();
    table.append(rows(0, 3)).commit();
    table.append(rows(3, 5)).commit();
    spark.sql(
        "INSERT INTO " + SampleRows.sql(table) + " VALUES (5, 1, 'by Spark'), (6, 1, 'by Spark')");
    table.append(rows(7, 9)).commit();

    List<JsonNode> rows =
        Agreement.json(
            spark.sql(
                "SELECT id, _metadata.row_id AS r, _metadata.row_commit_version AS v FROM "
                    + SampleRows.sql(table)));

    assertThat(rows).extracting(r -> r.get("r").asLong()).doesNotHaveDuplicates().hasSize(9);
    assertThat(rows)
        .filteredOn(r -> r.get("id").asLong() < 5)
        .allMatch(r -> r.get("r").asLong() == r.get("id").asLong());
    assertThat(rows)
        .filteredOn(r -> r.get("id").asLong() >= 7)
        .allMatch(r -> r.get("v").asLong() == 4);
  }

  @Test
  void constraintsOfSparkHoldForOurRows() {
    table.create(COLUMNS).commit();
    spark.sql(
        "ALTER TABLE "
            + SampleRows.sql(table)
            + " ADD CONSTRAINT positive CHECK (id > 0 AND g < 9)");

    assertThatThrownBy(() -> table.append(rows(0, 3)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("its constraints have changed");
    assertThatThrownBy(() -> table.append(rows(0, 3)).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 0")
        .hasMessageContaining("positive");
    table.append(rows(1, 3)).commit();

    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2);
    assertThatThrownBy(
            () -> spark.sql("INSERT INTO " + SampleRows.sql(table) + " VALUES (-1, 1, 'x')"))
        .hasMessageContaining("positive");
  }

  @Test
  void notNullAndAppendOnlyBindSpark() {
    table
        .create(new StructType().add("id", LongType.LONG, false).add("name", StringType.STRING))
        .property("delta.appendOnly", "true")
        .commit();
    table.append(List.of(row("id", 1L, "name", "a"))).commit();

    assertThatThrownBy(
            () -> spark.sql("INSERT INTO " + SampleRows.sql(table) + " VALUES (NULL, 'x')"))
        .hasMessageContaining("NOT_NULL");
    assertThatThrownBy(() -> spark.sql("DELETE FROM " + SampleRows.sql(table)))
        .hasMessageContaining("DELTA_CANNOT_MODIFY_APPEND_ONLY");
    spark.sql("INSERT INTO " + SampleRows.sql(table) + " VALUES (2, 'b')");
    assertThatThrownBy(() -> table.overwrite(List.of(row("id", 1L))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.appendOnly");
    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2);
  }

  @Test
  void rolledFilesAreRead() {
    table.create(COLUMNS).property("delta.targetFileSize", "20kb").commit();
    table
        .append(
            IntStream.range(0, 40_000)
                .mapToObj(i -> row("id", (long) i, "g", i % 7, "name", "name-" + i * 7919L)))
        .commit();

    SparkAnswer seen = agreement.onLatest(table);

    assertThat(table.detail().files()).isGreaterThan(3);
    assertThat(seen.content().count()).isEqualTo(40_000);
    assertThat(
            spark
                .sql("SELECT sum(id) AS s, count(DISTINCT name) AS n FROM " + SampleRows.sql(table))
                .content())
        .isEqualTo(TableContent.of(List.of("{\"s\":799980000,\"n\":40000}")));
  }

  @Test
  void eachCodecIsRead() {
    table.create(COLUMNS).commit();
    for (String codec : List.of("none", "snappy", "gzip", "zstd", "lz4_raw")) {
      table.alter().setProperty("delta.parquet.compression.codec", codec).commit();
      table.append(rows(0, 100)).commit();
    }

    assertThat(agreement.onLatest(table).content().count()).isEqualTo(500);
  }

  /** What Delta Standalone can decode, see {@link StandaloneReader}. */
  @Test
  void standaloneReadsThemToo() {
    StructType schema =
        new StructType()
            .add("id", LongType.LONG)
            .add("b", BooleanType.BOOLEAN)
            .add("i8", ByteType.BYTE)
            .add("f32", FloatType.FLOAT)
            .add("dec38", new DecimalType(38, 18))
            .add("s", StringType.STRING)
            .add("bin", BinaryType.BINARY)
            .add("d", DateType.DATE)
            .add("st", new StructType().add("x", IntegerType.INTEGER))
            .add("l", new ArrayType(StringType.STRING, true))
            .add("m", new MapType(StringType.STRING, LongType.LONG, true));
    table.create(schema).partitionedBy("s").commit();
    table
        .append(
            List.of(
                row(
                    "id",
                    1L,
                    "b",
                    true,
                    "i8",
                    (byte) -1,
                    "f32",
                    Float.NaN,
                    "dec38",
                    new BigDecimal("-1.5"),
                    "s",
                    "a b/%",
                    "bin",
                    new byte[] {1, -1},
                    "d",
                    LocalDate.of(2024, 2, 29),
                    "st",
                    row("x", 1),
                    "l",
                    List.of("p", "q"),
                    "m",
                    Map.of("k", 5L)),
                row("id", 2L)))
        .commit();
    table.append(List.of(row("id", 3L, "l", List.of(), "m", Map.of(), "s", "ü"))).commit();

    SparkAnswer seen = agreement.onLatest(table);

    Path path = folder.resolve("table");
    assertThat(standalone.read(path)).isEqualTo(seen.content());
    assertThat(standalone.readVersion(path, 1))
        .isEqualTo(spark.readVersion(path.toString(), 1).content());
    assertThat(standalone.latestVersion(path)).isEqualTo(2);
    assertThat(standalone.schemaJson(path)).isEqualTo(seen.schemaJson());
  }
}
