package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.TableDetail;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever Spark writes, neuralake reads as Spark does, in each version; and it continues the table
 * so that Spark follows, or refuses to touch it.
 */
@SparkTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OursReadsSparkSparkIT {
  /** Tables that neuralake must not add rows to, and what its error names. */
  private static final Map<String, String> REFUSED =
      Map.of("generated-beyond-reach", "date_format");

  /** Columns whose values the table alone gives. */
  private static final Map<String, String> NOT_GIVEN = Map.of("identity-column", "id");

  private final SparkProcess spark = SparkProcess.shared();
  private final Agreement agreement = new Agreement(spark);
  private NeuralLake lake;

  @TempDir Path folder;

  static List<SparkMadeTable> tables() {
    return SparkMadeTables.all();
  }

  static Stream<SparkMadeTable> writableTables() {
    return tables().stream().filter(table -> !REFUSED.containsKey(table.name()));
  }

  static Stream<SparkMadeTable> refusedTables() {
    return tables().stream().filter(table -> REFUSED.containsKey(table.name()));
  }

  @BeforeAll
  void open() {
    lake = NeuralLake.builder().build();
  }

  @AfterAll
  void close() {
    lake.close(); // fails if memory leaked
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everyVersionHasTheRowsAndTheSchemaThatSparkSees(SparkMadeTable made) {
    agreement.onAllVersions(lake.table(SharedTables.path(made)));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void historyIsWhatSparkShowsAndEachTimeLeadsToItsVersion(SparkMadeTable made) {
    NeuralTable table = lake.table(SharedTables.path(made));

    for (HistoryEntry entry : agreement.onHistory(table)) {
      assertThat(table.asOf(entry.timestamp()).version())
          .as("version at %s", entry.timestamp())
          .isEqualTo(entry.version());
    }
  }

  @ParameterizedTest
  @MethodSource("tables")
  void detailIsWhatSparkShows(SparkMadeTable made) {
    String path = SharedTables.path(made).toString();
    TableDetail ours = lake.table(path).detail();
    JsonNode theirs = Agreement.json(spark.detail(path)).get(0);

    assertThat(ours.id()).isEqualTo(theirs.get("id").asText());
    assertThat(ours.files()).isEqualTo(theirs.get("numFiles").asLong());
    assertThat(ours.bytes()).isEqualTo(theirs.get("sizeInBytes").asLong());
    assertThat(ours.createdAt()).contains(Instant.parse(theirs.get("createdAt").asText()));
    assertThat(ours.minReaderVersion()).isEqualTo(theirs.get("minReaderVersion").asInt());
    assertThat(ours.minWriterVersion()).isEqualTo(theirs.get("minWriterVersion").asInt());
    assertThat(new TreeSet<>(ours.features())).isEqualTo(texts(theirs.get("tableFeatures")));
    assertThat(Set.copyOf(ours.partitionColumns()))
        .isEqualTo(texts(theirs.get("partitionColumns")));
    assertThat(ours.properties()).containsAllEntriesOf(Agreement.pairs(theirs.get("properties")));
  }

  /**
   * A row whose values Spark makes, so that each column type is written without knowing it here.
   */
  @ParameterizedTest
  @MethodSource("writableTables")
  void rowsThatNeuralakeAppendsAreReadBySpark(SparkMadeTable made) throws IOException {
    String path = SharedTables.copy(made, folder).toString();
    NeuralTable table = lake.table(path);
    long before = table.count();
    List<Map<String, Object>> copies = new ArrayList<>();
    try (var rows = table.scan().limit(3).maps()) {
      rows.forEach(copies::add);
    }
    copies.replaceAll(
        row -> {
          Map<String, Object> given = new HashMap<>(row);
          given.remove(NOT_GIVEN.get(made.name()));
          return given;
        });
    if (copies.isEmpty()) {
      copies.add(Map.of("id", 1L));
    }
    long versionBefore = table.version();

    CommitResult result = table.append(copies).commit();

    assertThat(result.version()).isEqualTo(versionBefore + 1);
    SparkAnswer seen = spark.read(path);
    assertThat(seen.content().count()).isEqualTo(before + copies.size());
    assertThat(seen.content()).isEqualTo(ScanContent.of(table.scan()));
    JsonNode version =
        Agreement.json(spark.history(path)).stream()
            .filter(row -> row.get("version").asLong() == result.version())
            .findFirst()
            .orElseThrow();
    assertThat(version.get("operation").asText()).isEqualTo("WRITE");
    assertThat(Agreement.pairs(version.get("operationMetrics")))
        .containsEntry("numOutputRows", Integer.toString(copies.size()));
  }

  @ParameterizedTest
  @MethodSource("refusedTables")
  void tablesBeyondReachAreRefusedByNameAndUntouched(SparkMadeTable made) throws IOException {
    Path path = SharedTables.copy(made, folder);
    NeuralTable table = lake.table(path);
    List<Path> before = files(path);

    List<Map<String, Object>> rows = List.of(new HashMap<>());
    assertThatThrownBy(() -> table.append(rows).commit())
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining(REFUSED.get(made.name()));
    assertThatThrownBy(() -> table.overwrite(rows).commit())
        .isInstanceOf(UnsupportedTableException.class)
        .hasMessageContaining(REFUSED.get(made.name()));
    assertThat(files(path)).isEqualTo(before);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new TreeSet<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
