package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.read.ScanReport;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeuralTableTest {

  record Reading(int neuron_id, String region, Instant ts, double voltage, Integer quality) {}

  record Wider(
      int neuron_id, String region, Instant ts, double voltage, Integer quality, String note) {}

  @TempDir Path folder;
  private NeuralLake lake;
  private NeuralTable table;

  @BeforeEach
  void open() {
    lake = NeuralLake.builder().build();
    table = lake.table(folder.resolve("readings"));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static Reading reading(int i) {
    return new Reading(
        i,
        i % 2 == 0 ? "V1" : "M1",
        Instant.ofEpochSecond(1_700_000_000L + i, 123_456_000),
        i * 0.5,
        i % 3 == 0 ? null : i);
  }

  private static List<Reading> readings(int from, int to) {
    return IntStream.range(from, to).mapToObj(NeuralTableTest::reading).toList();
  }

  private List<Reading> all() {
    return sorted(table.scan().as(Reading.class));
  }

  private static List<Reading> sorted(Rows<Reading> rows) {
    try (rows) {
      return rows.stream().sorted(java.util.Comparator.comparingInt(Reading::neuron_id)).toList();
    }
  }

  @Test
  void rowsThatWereAppendedAreReadBack() {
    table.create(Reading.class).commit();
    CommitResult first = table.append(readings(0, 10)).commit();
    CommitResult second = table.append(readings(10, 25).stream()).commit();

    assertThat(first.version()).isEqualTo(1);
    assertThat(first.changes().rowsAdded()).isEqualTo(10);
    assertThat(first.changes().filesAdded()).isEqualTo(1);
    assertThat(second.version()).isEqualTo(2);
    assertThat(all()).isEqualTo(readings(0, 25));
    assertThat(table.count()).isEqualTo(25);
  }

  @Test
  void partitionedTableSkipsFilesByPartitionAndByStatistics() {
    table.create(Reading.class).partitionedBy("region").commit();
    table.append(readings(0, 100)).commit();
    table.append(readings(100, 200)).commit();

    assertThat(Files.isDirectory(folder.resolve("readings/region=V1"))).isTrue();
    ScanReport report = table.scan().where("region = 'V1' AND neuron_id >= 150").plan();
    assertThat(report.filesTotal()).isEqualTo(4);
    assertThat(report.filesSkippedByPartition()).isEqualTo(2);
    assertThat(report.filesSkippedByStatistics()).isEqualTo(1);
    assertThat(report.filesRead()).isEqualTo(1);
    assertThat(sorted(table.scan().where("region = 'V1' AND neuron_id >= 150").as(Reading.class)))
        .isEqualTo(readings(150, 200).stream().filter(r -> r.region().equals("V1")).toList());
  }

  @Test
  void overwriteReplacesAllRowsAndOldVersionsStay() {
    table.create(Reading.class).commit();
    table.append(readings(0, 10)).commit();
    CommitResult result = table.overwrite(readings(50, 55)).commit();

    assertThat(result.changes().filesRemoved()).isEqualTo(1);
    assertThat(all()).isEqualTo(readings(50, 55));
    assertThat(table.asOf(1).count()).isEqualTo(10);
    assertThat(sorted(table.asOf(1).scan().as(Reading.class))).isEqualTo(readings(0, 10));
    assertThatThrownBy(() -> table.asOf(7))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no version 7")
        .hasMessageContaining("Versions 0 to 2 exist");
  }

  @Test
  void limitAndSelectBoundTheResult() {
    table.create(Reading.class).commit();
    table.append(readings(0, 1000)).commit();

    try (Rows<Map<String, Object>> rows =
        table.scan().select("voltage", "neuron_id").limit(7).maps()) {
      List<Map<String, Object>> seen = new ArrayList<>();
      rows.forEach(seen::add);
      assertThat(seen).hasSize(7);
      assertThat(seen.get(0).keySet()).containsExactly("voltage", "neuron_id");
    }
  }

  @Test
  void arrowReaderStreamsBatches() throws Exception {
    table.create(Reading.class).commit();
    table.append(readings(0, 1000)).commit();

    long rows = 0;
    try (ArrowReader reader = table.scan().batchRows(100).arrow()) {
      while (reader.loadNextBatch()) {
        assertThat(reader.getVectorSchemaRoot().getRowCount()).isLessThanOrEqualTo(100);
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
    }
    assertThat(rows).isEqualTo(1000);
  }

  @Test
  void newColumnsNeedEvolveSchema() {
    table.create(Reading.class).commit();
    table.append(readings(0, 3)).commit();
    List<Wider> wider = List.of(new Wider(3, "V1", Instant.EPOCH, 1, 2, "new"));

    assertThatThrownBy(() -> table.append(wider).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("note")
        .hasMessageContaining("evolveSchema()");
    table.append(wider).evolveSchema().commit();

    assertThat(table.schema().fieldNames()).contains("note");
    assertThat(table.scan().where("note IS NULL").count()).isEqualTo(3);
    assertThat(table.scan().where("note = 'new'").count()).isEqualTo(1);
  }

  @Test
  void badRowLeavesNothing() throws Exception {
    table
        .create(
            new StructType().add("id", IntegerType.INTEGER, false).add("name", StringType.STRING))
        .commit();
    List<Map<String, Object>> rows =
        List.of(Map.of("id", 1, "name", "a"), Map.of("id", 2, "name", 5));

    assertThatThrownBy(() -> table.append(rows).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 1")
        .hasMessageContaining("name")
        .hasMessageContaining("string")
        .hasMessageContaining("Nothing was written");
    assertThat(table.version()).isZero();
    try (Stream<Path> files = Files.walk(folder.resolve("readings"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".parquet"))).isEmpty();
    }
  }

  @Test
  void rowsThatCannotBeReadAreAnErrorOfTheRequestFromTheFirstOn() {
    table.create(Reading.class).commit();
    for (int good : List.of(0, 3)) {
      Stream<Reading> failing =
          IntStream.range(0, 10)
              .mapToObj(
                  i -> {
                    if (i == good) {
                      throw new UncheckedIOException(new IOException("line " + i + " is bad"));
                    }
                    return reading(i);
                  });
      assertThatThrownBy(() -> table.append(failing).commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith(table.location())
          .hasMessageContaining("line " + good + " is bad")
          .hasMessageContaining("Nothing was written");
    }
    assertThat(table.version()).isZero();
  }

  @Test
  void createJoinsOnlyTheSameTable() {
    table.create(Reading.class).partitionedBy("region").commit();

    assertThat(
            table.create(Reading.class).partitionedBy("region").ifNotExists().commit().committed())
        .isFalse();
    assertThatThrownBy(() -> table.create(Reading.class).partitionedBy("region").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("exists here already");
    assertThatThrownBy(
            () -> table.create(new StructType().add("x", LongType.LONG)).ifNotExists().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("another schema")
        .hasMessageContaining("no column 'x'");
    assertThatThrownBy(() -> table.create(Reading.class).ifNotExists().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("partitioned by [region]");
  }

  @Test
  void orReplaceMakesAnotherTableOfIt() {
    table.create(Reading.class).commit();
    table.append(readings(0, 5)).commit();
    table.create(new StructType().add("x", LongType.LONG)).orReplace().commit();

    assertThat(table.schema().fieldNames()).containsExactly("x");
    assertThat(table.count()).isZero();
    assertThat(table.asOf(1).count()).isEqualTo(5);
  }

  @Test
  void alterChangesColumns() {
    table.create(Reading.class).commit();
    table.append(readings(0, 5)).commit();
    table
        .alter()
        .setProperty("delta.columnMapping.mode", "name")
        .renameColumn("voltage", "millivolts")
        .dropColumn("quality")
        .addColumn("probe", StringType.STRING, "which probe")
        .commit();

    assertThat(table.schema().fieldNames())
        .containsExactly("neuron_id", "region", "ts", "millivolts", "probe");
    assertThat(table.scan().where("millivolts = 2.0").count()).isEqualTo(1);
    table.append(List.of(Map.of("neuron_id", 9, "millivolts", 4.0, "probe", "p1"))).commit();
    assertThat(table.scan().where("probe = 'p1'").count()).isEqualTo(1);
    assertThat(table.count()).isEqualTo(6);
  }

  @Test
  void historyAndDetailTellWhatHappened() {
    table.create(Reading.class).comment("voltages").commit();
    table.append(readings(0, 5)).userMetadata("run 1").commit();

    List<HistoryEntry> history = table.history(10);
    assertThat(history).extracting(HistoryEntry::version).containsExactly(1L, 0L);
    assertThat(history)
        .extracting(HistoryEntry::operation)
        .containsExactly("WRITE", "CREATE TABLE");
    assertThat(history.get(0).userMetadata()).contains("run 1");
    assertThat(history.get(0).metrics()).containsEntry("numOutputRows", "5");
    assertThat(history.get(0).isBlindAppend()).contains(true);
    assertThat(table.detail().description()).contains("voltages");
    assertThat(table.detail().files()).isEqualTo(1);
  }

  /** As Delta has it: file times that do not grow are made to, by a millisecond each. */
  @Test
  void historyTimesGrowEvenWhereFileTimesDoNot() throws Exception {
    table.create(Reading.class).commit();
    table.append(readings(0, 5)).commit();
    table.append(readings(5, 5)).commit();
    Instant sameForAll = Instant.parse("2026-01-01T00:00:00.500Z");
    Path log = Path.of(URI.create(table.location())).resolve("_delta_log");
    for (int version = 0; version < 3; version++) {
      Files.setLastModifiedTime(
          log.resolve("%020d.json".formatted(version)), FileTime.from(sameForAll));
    }

    List<HistoryEntry> history = table.history(10);
    assertThat(history)
        .extracting(HistoryEntry::timestamp)
        .containsExactly(sameForAll.plusMillis(2), sameForAll.plusMillis(1), sameForAll);
    for (HistoryEntry entry : history) {
      assertThat(table.asOf(entry.timestamp()).version()).isEqualTo(entry.version());
    }
  }

  @Test
  void missingTableSaysSo() {
    assertThat(table.exists()).isFalse();
    assertThatThrownBy(() -> table.scan().count())
        .isInstanceOf(TableNotFoundException.class)
        .hasMessageContaining("no Delta table");
    assertThatThrownBy(() -> table.append(readings(0, 1)).commit())
        .isInstanceOf(TableNotFoundException.class)
        .hasMessageContaining("no Delta table");
  }

  @Test
  void checkpointsAreWrittenOffTheCommitsPath() {
    table.create(Reading.class).property("delta.checkpointInterval", "3").commit();
    for (int i = 0; i < 7; i++) {
      table.append(readings(i, i + 1)).commit();
    }
    lake.close();

    assertThat(folder.resolve("readings/_delta_log/00000000000000000006.checkpoint.parquet"))
        .exists();
    lake = NeuralLake.builder().build();
    table = lake.table(folder.resolve("readings"));
    assertThat(all()).isEqualTo(readings(0, 7));
    assertThat(table.asOf(4).count()).isEqualTo(4);
  }

  @Test
  void parallelScanReturnsEachRowOnceAndCanBeLeftAtAnyPoint() throws Exception {
    table.create(Reading.class).commit();
    for (int i = 0; i < 6; i++) {
      table.append(readings(i * 500, (i + 1) * 500)).commit();
    }

    for (int readers : new int[] {1, 2, 5}) {
      assertThat(sorted(table.scan().parallelism(readers).batchRows(64).as(Reading.class)))
          .isEqualTo(readings(0, 3000));
      try (ArrowReader reader =
          table.scan().parallelism(readers).batchRows(16).where("neuron_id >= 700").arrow()) {
        assertThat(reader.loadNextBatch()).isTrue();
      }
      try (Rows<Reading> rows = table.scan().parallelism(readers).batchRows(16).as(Reading.class)) {
        assertThat(rows.iterator().next().neuron_id()).isBetween(0, 2999);
      }
      assertThat(table.scan().parallelism(readers).batchRows(64).avro())
          .extracting(row -> row.get("neuron_id"))
          .hasSize(3000)
          .doesNotHaveDuplicates();
    }
    Files.delete(
        Path.of(
            Files.walk(folder.resolve("readings"))
                .filter(f -> f.toString().endsWith(".parquet"))
                .findFirst()
                .orElseThrow()
                .toString()));
    assertThatThrownBy(() -> sorted(table.scan().parallelism(3).as(Reading.class)))
        .isInstanceOf(io.neuralake.error.CorruptTableException.class)
        .hasMessageContaining("missing")
        .hasMessageContaining("part-");
  }

  record Judged(int neuron_id, int quality) {}

  @Test
  void rowThatDoesNotFitEndsAScanWhoeverDecodesIt() {
    table.create(Reading.class).commit();
    for (int i = 0; i < 4; i++) {
      table.append(List.of(new Reading(i, "V1", Instant.EPOCH, 1, i == 2 ? null : 5))).commit();
    }

    for (int readers : new int[] {1, 3}) {
      assertThatThrownBy(
              () -> table.scan().parallelism(readers).as(Judged.class).forEach(row -> {}))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith(
              "row 0, column 'quality': null cannot be put into Judged.quality");
    }
  }

  record Place(double x, String label) {}

  record Visit(int id, Place place, String note) {}

  @Test
  void mappedTableGrowsNewColumnsAtEveryDepth() {
    for (String mode : List.of("name", "id")) {
      NeuralTable mapped = lake.table(folder.resolve(mode));
      mapped
          .create(
              new StructType()
                  .add("id", IntegerType.INTEGER)
                  .add("place", new StructType().add("x", DoubleType.DOUBLE)))
          .property("delta.columnMapping.mode", mode)
          .commit();
      mapped.append(List.of(Map.of("id", 1, "place", Map.of("x", 0.5)))).commit();

      mapped.append(List.of(new Visit(2, new Place(1.5, "b"), "new"))).evolveSchema().commit();

      assertThat(mapped.scan().where("place.label = 'b' AND note = 'new'").count()).isEqualTo(1);
      assertThat(mapped.scan().where("place.label IS NULL AND place.x = 0.5").count()).isEqualTo(1);
      mapped.overwrite(List.of(new Place(2.5, "c"))).overwriteSchema().commit();
      assertThat(mapped.schema().fieldNames()).containsExactly("x", "label");
      assertThat(mapped.scan().where("label = 'c'").count()).isEqualTo(1);
    }
  }

  /** A warm handle learns of a change by others when its commit loses, and not only then. */
  @Test
  void writeThatLostToAChangeIsPlannedOnItTheNextTime() {
    table.create(Reading.class).commit();
    table.append(readings(0, 1)).commit();
    try (NeuralLake other = NeuralLake.builder().build()) {
      other
          .table(folder.resolve("readings"))
          .alter()
          .setProperty("delta.columnMapping.mode", "name")
          .commit();
    }

    assertThatThrownBy(() -> table.append(readings(1, 2)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("column mapping has changed")
        .hasMessageContaining("write the rows again");
    table.append(readings(1, 2)).commit();

    assertThat(all()).isEqualTo(readings(0, 2));
  }
}
