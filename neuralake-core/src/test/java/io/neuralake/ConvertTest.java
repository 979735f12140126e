package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.read.ScanReport;
import io.neuralake.write.CommitResult;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConvertTest {

  record Row(int id, String region) {}

  record Wide(
      int id,
      String text,
      double real,
      BigDecimal exact,
      LocalDate day,
      Instant at,
      List<Integer> list,
      Row inner) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @AfterEach
  void close() {
    lake.close();
  }

  /** Files of a table become files of a folder: the log goes. */
  private void dropLog() {
    files.delete(files.locations().stream().filter(f -> f.contains("_delta_log")).toList());
  }

  /** A handle that has not seen the table. */
  private NeuralTable fresh() {
    return lake.table(files);
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, "r" + i % 2)).toList();
  }

  private static List<Row> sorted(NeuralTable table) {
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      return rows.stream().sorted(java.util.Comparator.comparingInt(Row::id)).toList();
    }
  }

  @Test
  void folderBecomesATableWithTheStatisticsOfItsFooters() {
    List<Wide> wide =
        IntStream.range(0, 50)
            .mapToObj(
                i ->
                    new Wide(
                        i,
                        "t".repeat(40) + (char) ('a' + i % 26),
                        i / 2.0,
                        new BigDecimal(i + ".25").setScale(18),
                        LocalDate.of(2026, 1, 1).plusDays(i),
                        Instant.parse("2026-01-01T00:00:00.000123Z").plusSeconds(i),
                        List.of(i),
                        new Row(i, null)))
            .toList();
    table.create(Wide.class).commit();
    table.append(wide.subList(0, 25)).commit();
    table.append(wide.subList(25, 50)).commit();
    List<ScanReport> before = plans(table);
    dropLog();
    files.write(MemoryLake.LOCATION + "/_SUCCESS", new byte[0]);
    files.write(MemoryLake.LOCATION + "/.hidden/x", new byte[0]);

    CommitResult result = fresh().convert().property("mine", "1").userMetadata("taken").commit();

    assertThat(result.version()).isZero();
    assertThat(result.changes().filesAdded()).isEqualTo(2);
    NeuralTable converted = fresh();
    assertThat(converted.properties()).isEqualTo(Map.of("mine", "1"));
    HistoryEntry entry = converted.history(1).get(0);
    assertThat(entry.operation()).isEqualTo("CONVERT");
    assertThat(entry.metrics()).isEqualTo(Map.of("numConvertedFiles", "2"));
    assertThat(entry.parameters())
        .isEqualTo(
            Map.of(
                "numFiles",
                "2",
                "partitionedBy",
                "[]",
                "collectStats",
                "true",
                "sourceFormat",
                "parquet"));
    try (Rows<Wide> rows = converted.scan().as(Wide.class)) {
      assertThat(rows.stream()).containsExactlyInAnyOrderElementsOf(wide);
    }
    assertThat(converted.count()).isEqualTo(50);
    assertThat(plans(converted)).isEqualTo(before);

    assertThat(converted.convert().commit().committed()).isFalse();
    converted.append(wide.subList(0, 1)).commit();
    assertThat(converted.count()).isEqualTo(51);
  }

  /** What statistics rule out, for each column and both bounds. */
  private static List<ScanReport> plans(NeuralTable table) {
    List<ScanReport> plans = new ArrayList<>();
    for (String predicate :
        List.of(
            "id < 25",
            "id >= 25",
            "id IS NULL",
            "real <= 12",
            "real > 12",
            "exact < 25",
            "exact > 25",
            "day < DATE '2026-01-26'",
            "day > DATE '2026-01-26'",
            "at <= TIMESTAMP '2026-01-01T00:00:24.000123Z'",
            "at >= TIMESTAMP '2026-01-01T00:00:25.000123Z'",
            "text > 'u'",
            "inner.id < 25",
            "inner.region IS NOT NULL")) {
      ScanReport plan = table.scan().where(predicate).plan();
      plans.add(
          new ScanReport(
              0, plan.filesTotal(), 0, plan.filesSkippedByStatistics(), 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }
    return plans;
  }

  @Test
  void foldersArePartitionsWhoseTypesAreToldOrInferred() {
    record Day(int id, LocalDate day, int hour, Long big, String region) {}
    List<Day> days =
        List.of(
            new Day(1, LocalDate.of(2026, 1, 2), 7, 1L << 40, "a b%/=ü"),
            new Day(2, LocalDate.of(2026, 1, 3), 8, null, "12"));
    table.create(Day.class).partitionedBy("day", "hour", "big", "region").commit();
    table.append(days).commit();
    dropLog();

    fresh().convert().commit();

    assertThat(fresh().schema().get("day").getDataType()).isEqualTo(DateType.DATE);
    assertThat(fresh().schema().get("hour").getDataType()).isEqualTo(IntegerType.INTEGER);
    assertThat(fresh().schema().get("big").getDataType()).isEqualTo(LongType.LONG);
    assertThat(fresh().schema().get("region").getDataType()).isEqualTo(StringType.STRING);
    assertThat(fresh().latest().partitionColumns()).containsExactly("day", "hour", "big", "region");
    try (Rows<Day> rows = fresh().scan().as(Day.class)) {
      assertThat(rows.stream()).containsExactlyInAnyOrderElementsOf(days);
    }
    dropLog();

    StructType declared =
        new StructType()
            .add("day", StringType.STRING)
            .add("hour", LongType.LONG)
            .add("big", LongType.LONG)
            .add("region", StringType.STRING);
    assertThatThrownBy(
            () -> fresh().convert().partitionedBy(declared.add("more", LongType.LONG)).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the folders are partitioned by [day, hour, big, region]");
    assertThatThrownBy(
            () ->
                fresh()
                    .convert()
                    .partitionedBy(
                        new StructType()
                            .add("day", IntegerType.INTEGER)
                            .add("hour", LongType.LONG)
                            .add("big", LongType.LONG)
                            .add("region", StringType.STRING))
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("day=2026-01-02")
        .hasMessageContaining("'2026-01-02' of the partition column 'day' is no integer");
    assertThat(fresh().exists()).isFalse();
    fresh().convert().partitionedBy(declared).commit();
    assertThat(fresh().scan().where("day = '2026-01-03' AND hour = 8").count()).isEqualTo(1);
  }

  @Test
  void columnsOfAllFilesAreMergedAndMustAgree() {
    table.create(Row.class).commit();
    table.append(rows(0, 2)).commit();
    NeuralTable other =
        lake.table(lake.context("file:///tables/t/b", files, LockProviders.automatic()));
    other
        .create(new StructType().add("id", IntegerType.INTEGER).add("note", StringType.STRING))
        .commit();
    other.append(List.of(Map.of("id", 9, "note", "n"))).commit();
    dropLog();
    fresh().convert().commit();

    assertThat(fresh().schema().fieldNames()).containsExactly("id", "note", "region");
    assertThat(fresh().scan().where("note = 'n' AND region IS NULL").count()).isEqualTo(1);
    assertThat(fresh().scan().where("region = 'r1'").count()).isEqualTo(1);

    for (StructType schema :
        List.of(
            new StructType().add("id", LongType.LONG),
            new StructType().add("ID", IntegerType.INTEGER))) {
      dropLog();
      NeuralTable odd =
          lake.table(
              lake.context(
                  "file:///tables/t/c" + schema.at(0).getName(), files, LockProviders.automatic()));
      odd.create(schema).commit();
      odd.append(List.of(Map.of(schema.at(0).getName(), 1))).commit();
      dropLog();
      assertThatThrownBy(() -> fresh().convert().commit())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageMatching(
              "(?i)file:///tables/t/.*/part-.*parquet: its column 'id' (has the type|is called).*");
      files.delete(files.locations().stream().filter(f -> f.contains("/t/c")).toList());
    }
  }

  @Test
  void filesThatCannotBePartOfATableAreNamed() {
    assertThatThrownBy(() -> table.convert().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no Parquet files");
    table.create(Row.class).partitionedBy("region").commit();
    table.append(rows(0, 2)).commit();
    dropLog();
    String stray = MemoryLake.LOCATION + "/region=r0/notes.txt";
    files.write(stray, "not Parquet, whatever".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> fresh().convert().commit())
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(stray + ": it is no intact Parquet file");
    files.delete(List.of(stray));

    NeuralTable other =
        lake.table(lake.context("file:///tables/t/x", files, LockProviders.automatic()));
    other.create(Row.class).commit();
    other.append(rows(0, 2)).commit();
    dropLog();
    assertThatThrownBy(() -> fresh().convert().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("partitioned by")
        .hasMessageContaining("other files by");
    assertThatThrownBy(
            () -> fresh().convert().property("DELTA.columnMapping.mode", "name").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("column mapping can only be set after");
    assertThat(fresh().exists()).isFalse();
  }

  @Test
  void oneListingOneFooterEachAndOneCommit() {
    table.create(Row.class).partitionedBy("region").commit();
    for (int i = 0; i < 20; i++) {
      table.append(rows(i, i + 2)).commit();
    }
    dropLog();
    List<String> calls = Collections.synchronizedList(new ArrayList<>());
    FaultyFileStore counting =
        new FaultyFileStore(
            files,
            call -> {
              calls.add(call.operation());
              return Fault.NONE;
            });

    assertThat(lake.table(counting).convert().commit().changes().filesAdded()).isEqualTo(40);

    assertThat(calls).containsOnlyOnce("listRecursively", "writeIfAbsent").doesNotContain("stat");
    assertThat(calls.stream().filter("open"::equals)).hasSize(40);
    assertThat(sorted(fresh())).hasSize(40);
  }

  @Test
  void whoLosesTheRaceJoins() {
    table.create(Row.class).commit();
    table.append(rows(0, 2)).commit();
    dropLog();
    boolean[] raced = {false};
    FaultyFileStore racing =
        new FaultyFileStore(
            files,
            call -> {
              if (call.isCommit() && !raced[0]) {
                raced[0] = true;
                fresh().convert().commit();
              }
              return Fault.NONE;
            });

    CommitResult result = lake.table(racing).convert().commit();

    assertThat(result.committed()).isFalse();
    assertThat(result.version()).isZero();
    assertThat(sorted(fresh())).isEqualTo(rows(0, 2));
  }
}
