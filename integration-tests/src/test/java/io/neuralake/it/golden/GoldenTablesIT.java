package io.neuralake.it.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.error.UnsupportedTableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Everything that Spark wrote can be read: all golden tables, which must not be written to. Ends
 * with a line of how many tables that can be read were read rightly, and how many of the others
 * were refused as they should be.
 */
class GoldenTablesIT {

  /** A table that must not be read, and what the message has to name. */
  private record Refusal(Class<? extends NeuralLakeException> kind, String named) {}

  private static final Map<String, Refusal> REFUSED =
      Map.of(
          "no-delta-log-folder",
          new Refusal(TableNotFoundException.class, "there is no Delta table here"),
          "versions-not-contiguous",
          new Refusal(CorruptTableException.class, "versions are not contiguous: ([0, 2])"),
          "deltalog-invalid-protocol-version",
          new Refusal(UnsupportedTableException.class, "requires reader version 99"),
          "deltalog-state-reconstruction-without-protocol",
          new Refusal(CorruptTableException.class, "No protocol found at version 0"),
          "deltalog-state-reconstruction-without-metadata",
          new Refusal(CorruptTableException.class, "No metadata found at version 0"),
          "deltalog-state-reconstruction-from-checkpoint-missing-metadata",
          new Refusal(CorruptTableException.class, "No metadata found at version 10"),
          "data-reader-absolute-paths-escaped-chars",
          new Refusal(CorruptTableException.class, "No metadata found at version 1"),
          // The metadata of these has no schema, which the Delta protocol requires.
          "deltalog-state-reconstruction-from-checkpoint-missing-protocol",
          new Refusal(CorruptTableException.class, "schemaString"),
          "deltalog-commit-info",
          new Refusal(CorruptTableException.class, "schemaString"),
          "update-deleted-directory",
          new Refusal(CorruptTableException.class, "schemaString"));

  /** Tables without expected rows that can be read, at least their log. */
  private static final Map<String, BiConsumer<NeuralLake, GoldenTable>> LOGS =
      Map.of(
          "canonicalized-paths-normal-a", GoldenTablesIT::addIsRemovedUnderAnotherSpelling,
          "canonicalized-paths-normal-b", GoldenTablesIT::addIsRemovedUnderAnotherSpelling,
          "canonicalized-paths-special-a", GoldenTablesIT::addIsRemovedUnderAnotherSpelling,
          "canonicalized-paths-special-b", GoldenTablesIT::addIsRemovedUnderAnotherSpelling,
          "checkpoint", GoldenTablesIT::everyVersionHasItsFile,
          "delete-re-add-same-file-different-transactions", GoldenTablesIT::fileIsBackOnce,
          "hive", GoldenTablesIT::hiveTablesHaveTheRowsOfTheirFiles,
          "log-replay-special-characters-b", GoldenTablesIT::fileNameIsDecoded);

  /**
   * Their expected rows are not what the table holds: partition values of timestamps were written
   * without a zone, by a session in Los Angeles, and expected as if a reader knew.
   */
  private static final String LOCAL_PARTITION_TIMES = "data-reader-partition-values";

  private static final Map<String, String> OTHERS = new TreeMap<>();
  private static int right;
  private static int refused;
  private static NeuralLake lake;

  @BeforeAll
  static void open() {
    GoldenTable.assumePresent();
    lake = NeuralLake.builder().build();
  }

  @AfterAll
  static void report() {
    if (lake == null) {
      return;
    }
    lake.close();
    int readable = GoldenTable.all().size() - REFUSED.size();
    System.out.println(
        "golden: " + right + " of " + readable + " right, " + refused + " refused as expected");
    OTHERS.forEach((table, reason) -> System.out.println("  " + table + ": " + reason));
  }

  static List<GoldenTable> tables() {
    return GoldenTable.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void isReadOrRefused(GoldenTable golden) {
    OTHERS.put(golden.name(), "failed, see the test's message");
    if (golden.name().equals(LOCAL_PARTITION_TIMES)) {
      allButTheZoneIsRight(golden);
      OTHERS.put(
          golden.name(), "its partition timestamps have no zone; expected as of the writer's");
      return;
    }
    if (REFUSED.containsKey(golden.name())) {
      isRefused(golden, REFUSED.get(golden.name()));
      refused++;
    } else if (golden.hasExpectedRows()) {
      hasExpectedRows(golden);
      right++;
    } else if (LOGS.containsKey(golden.name())) {
      LOGS.get(golden.name()).accept(lake, golden);
      right++;
    } else {
      fail(golden + " has no expected rows, and this test does not know what it is about.");
    }
    OTHERS.remove(golden.name());
  }

  private static void isRefused(GoldenTable golden, Refusal refusal) {
    NeuralTable table = lake.table(golden.delta());
    List<Runnable> reads = List.of(table::version, table::count, () -> Golden.rowsOf(table.scan()));
    for (Runnable read : reads) {
      assertThatThrownBy(read::run)
          .isExactlyInstanceOf(refusal.kind())
          .hasMessageStartingWith(table.location())
          .hasMessageContaining(refusal.named());
    }
  }

  private static void hasExpectedRows(GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    RowBag expected = golden.expectedRows(table.schema());
    Golden.assertSameRows(Golden.rowsOf(table.scan()), expected);
    assertThat(table.count()).isEqualTo(expected.count());
  }

  private static void allButTheZoneIsRight(GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    RowBag expected = new RowBag();
    ParquetRows.inFolder(
        golden.expected(),
        table.schema(),
        row -> {
          row.computeIfPresent(
              "as_timestamp",
              (name, moment) ->
                  ((Instant) moment)
                      .atZone(ZoneId.of("America/Los_Angeles"))
                      .toLocalDateTime()
                      .toInstant(ZoneOffset.UTC));
          expected.add(row);
        });
    Golden.assertSameRows(Golden.rowsOf(table.scan()), expected);
    assertThat(table.count()).isEqualTo(3);
  }

  // ---- tables that are about their log

  private static void addIsRemovedUnderAnotherSpelling(NeuralLake lake, GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    assertThat(table.asOf(0).scan().plan().filesTotal()).isEqualTo(1);
    assertThat(table.version()).isEqualTo(1);
    assertThat(table.scan().plan().filesTotal()).isZero();
    assertThat(table.count()).isZero();
    assertThat(Golden.rowsOf(table.scan()).count()).isZero();
  }

  /** Each version removes the file of the one before; a checkpoint lies between. */
  private static void everyVersionHasItsFile(NeuralLake lake, GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    assertThat(table.version()).isEqualTo(14);
    for (int version = 0; version <= 14; version++) {
      assertThat(table.asOf(version).scan().plan().filesTotal()).isEqualTo(1);
      int file = version + 1;
      isMissing(() -> Golden.rowsOf(table.asOf(file - 1).scan()), golden, "/" + file + ":");
    }
  }

  private static void fileIsBackOnce(NeuralLake lake, GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    List<Long> files =
        Stream.of(0, 1, 2, 3).map(v -> table.asOf(v).scan().plan().filesTotal()).toList();
    assertThat(files).containsExactly(1L, 0L, 1L, 2L);
    isMissing(() -> Golden.rowsOf(table.asOf(2).scan()), golden, "/foo:");
  }

  private static void fileNameIsDecoded(NeuralLake lake, GoldenTable golden) {
    NeuralTable table = lake.table(golden.delta());
    assertThat(table.scan().plan().filesTotal()).isEqualTo(1);
    isMissing(() -> Golden.rowsOf(table.scan()), golden, "/special p@#h:");
  }

  /** The data files of these tables were never there, which a reader must not pass over. */
  private static void isMissing(Runnable read, GoldenTable golden, String file) {
    assertThatThrownBy(read::run)
        .isExactlyInstanceOf(CorruptTableException.class)
        .hasMessageContaining("a file that the table needs is missing")
        .hasMessageContaining(golden.delta() + file);
  }

  /** A folder of tables of one commit each, whose partition columns are strings. */
  private static void hiveTablesHaveTheRowsOfTheirFiles(NeuralLake lake, GoldenTable golden) {
    try (Stream<Path> folders = Files.list(golden.delta())) {
      List<Path> tables = folders.sorted().toList();
      assertThat(tables).hasSize(11);
      for (Path folder : tables) {
        NeuralTable table = lake.table(folder);
        RowBag expected = new RowBag();
        for (String line :
            Files.readAllLines(folder.resolve("_delta_log/" + "0".repeat(20) + ".json"))) {
          JsonNode add = new ObjectMapper().readTree(line).path("add");
          if (!add.isMissingNode()) {
            rowsOfFile(folder, add, table, expected);
          }
        }
        Golden.assertSameRows(Golden.rowsOf(table.scan()), expected);
        assertThat(table.count()).isEqualTo(expected.count()).isPositive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rowsOfFile(Path folder, JsonNode add, NeuralTable table, RowBag into) {
    Map<String, Object> partition = new HashMap<>();
    add.get("partitionValues")
        .properties()
        .forEach(value -> partition.put(value.getKey(), value.getValue().textValue()));
    Path file = folder.resolve(URI.create(add.get("path").textValue()).getPath());
    ParquetRows.inFile(
        file,
        table.schema(),
        row -> {
          row.putAll(partition);
          into.add(row);
        });
  }
}
