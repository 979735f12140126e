package io.neuralake.it.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.read.TableSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Older versions of the golden tables whose states are golden tables of their own. */
class GoldenTimeTravelIT {

  private static NeuralLake lake;

  @TempDir Path folder;

  /** A table, and the tables that are its versions 0, 1, 2 and so on. */
  record Ages(String table, List<String> versions) {}

  static Stream<Ages> ages() {
    return Stream.of(
        new Ages(
            "snapshot-repartitioned",
            List.of(
                "snapshot-data0",
                "snapshot-data1",
                "snapshot-data2",
                "snapshot-data3",
                "snapshot-data2-deleted",
                "snapshot-repartitioned")),
        new Ages(
            "time-travel-start-start20-start40",
            List.of(
                "time-travel-start",
                "time-travel-start-start20",
                "time-travel-start-start20-start40")),
        new Ages(
            "time-travel-partition-changes-b",
            List.of("time-travel-partition-changes-a", "time-travel-partition-changes-b")),
        new Ages(
            "time-travel-schema-changes-b",
            List.of("time-travel-schema-changes-a", "time-travel-schema-changes-b")));
  }

  @BeforeAll
  static void open() {
    GoldenTable.assumePresent();
    lake = NeuralLake.builder().build();
  }

  @AfterAll
  static void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @ParameterizedTest
  @MethodSource("ages")
  void versionsAreWhatTheyWere(Ages ages) {
    NeuralTable table = lake.table(GoldenTable.named(ages.table()).delta());
    for (int version = 0; version < ages.versions().size(); version++) {
      isLike(table.asOf(version), version, ages.versions().get(version));
    }
    int beyond = ages.versions().size();
    assertThatThrownBy(() -> table.asOf(beyond))
        .isExactlyInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is no version " + beyond + " to read")
        .hasMessageContaining("Versions 0 to " + (beyond - 1) + " exist");
  }

  @ParameterizedTest
  @MethodSource("ages")
  void momentsAreTheVersionsOfTheirTime(Ages ages) throws IOException {
    Path copy = folder.resolve("table");
    copy(GoldenTable.named(ages.table()).delta(), copy);
    Instant first = Instant.parse("2024-02-29T12:00:00Z");
    for (int version = 0; version < ages.versions().size(); version++) {
      Path commit = copy.resolve("_delta_log/%020d.json".formatted(version));
      Files.setLastModifiedTime(commit, FileTime.from(first.plus(Duration.ofHours(version))));
    }
    NeuralTable table = lake.table(copy);
    int newest = ages.versions().size() - 1;
    for (int version = 0; version <= newest; version++) {
      Instant committed = first.plus(Duration.ofHours(version));
      isLike(table.asOf(committed), version, ages.versions().get(version));
      if (version < newest) {
        Instant later = committed.plus(Duration.ofMinutes(59));
        isLike(table.asOf(later.toString()), version, ages.versions().get(version));
      }
    }
    for (Instant outside :
        List.of(first.minusMillis(1), first.plus(Duration.ofHours(newest)).plusMillis(1))) {
      assertThatThrownBy(() -> table.asOf(outside))
          .isExactlyInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("there is no " + outside + " to read")
          .hasMessageContaining("committed from " + first);
    }
  }

  @Test
  void versionsWhoseFilesWereVacuumedSaySo() {
    NeuralTable table = lake.table(GoldenTable.named("snapshot-vacuumed").delta());
    assertThat(table.asOf(5).count()).isEqualTo(table.count());
    TableSnapshot old = table.asOf(0);
    assertThat(old.scan().plan().filesTotal()).isEqualTo(2);
    assertThatThrownBy(() -> Golden.rowsOf(old.scan()))
        .isExactlyInstanceOf(CorruptTableException.class)
        .hasMessageContaining("a file that the table needs is missing")
        .hasMessageContaining("It may have been removed by a vacuum");
  }

  private static void isLike(TableSnapshot actual, int version, String like) {
    assertThat(actual.version()).isEqualTo(version);
    RowBag expected = GoldenTable.named(like).expectedRows(actual.schema());
    Golden.assertSameRows(Golden.rowsOf(actual.scan()), expected);
    assertThat(actual.count()).isEqualTo(expected.count());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.write(target, Files.readAllBytes(path));
        }
      }
    }
  }
}
