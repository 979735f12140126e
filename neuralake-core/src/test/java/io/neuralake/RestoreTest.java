package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.read.TableSnapshot;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestoreTest {

  record Row(int id, String region) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @BeforeEach
  void tellTheTime() {
    files.time(() -> lake.clock().instant().toEpochMilli());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, i % 2 == 0 ? "a" : "b")).toList();
  }

  /** All that a reader can see of a version. */
  private record State(StructType schema, Map<String, String> properties, List<String> rows) {
    static State of(TableSnapshot snapshot) {
      try (Rows<Map<String, Object>> rows = snapshot.scan().maps()) {
        return new State(
            snapshot.schema(),
            snapshot.properties(),
            rows.stream().map(Map::toString).sorted().toList());
      }
    }
  }

  private static void deleteDataFiles(InMemoryFileStore files) {
    files.delete(files.locations().stream().filter(f -> f.endsWith(".parquet")).toList());
  }

  @Test
  void oldVersionIsTheNewestAgain() {
    table.create(Row.class).partitionedBy("region").property("mine", "1").commit();
    table.append(rows(0, 4)).commit();
    table.alter().addColumn("note", StringType.STRING).setProperty("mine", "2").commit();
    table.overwrite(rows(10, 20)).commit();
    State one = State.of(table.asOf(1));

    CommitResult result = table.restore().toVersion(1).userMetadata("oops").commit();

    assertThat(result.version()).isEqualTo(4);
    assertThat(result.committed()).isTrue();
    assertThat(result.changes().filesAdded()).isEqualTo(2);
    assertThat(result.changes().filesRemoved()).isEqualTo(2);
    assertThat(result.changes().bytesAdded()).isPositive();
    assertThat(State.of(table.latest())).isEqualTo(one);
    HistoryEntry entry = table.history(1).get(0);
    assertThat(entry.operation()).isEqualTo("RESTORE");
    assertThat(entry.parameters()).isEqualTo(Map.of("version", "1"));
    assertThat(entry.userMetadata()).contains("oops");
    assertThat(entry.isolationLevel()).contains("Serializable");
    String bytes = Long.toString(result.changes().bytesAdded());
    assertThat(entry.metrics())
        .isEqualTo(
            Map.of(
                "tableSizeAfterRestore",
                bytes,
                "numOfFilesAfterRestore",
                "2",
                "numRemovedFiles",
                "2",
                "numRestoredFiles",
                "2",
                "removedFilesSize",
                Long.toString(result.changes().bytesRemoved()),
                "restoredFilesSize",
                bytes));

    assertThat(table.restore().toVersion(4).commit().committed()).isFalse();
    assertThat(table.restore().toVersion(1).commit().committed()).isFalse();
    assertThat(table.version()).isEqualTo(4);
  }

  @Test
  void momentNamesTheVersion() {
    table.create(Row.class).property("delta.enableInCommitTimestamps", "true").commit();
    lake.clock().advance(Duration.ofHours(1));
    table.append(rows(0, 4)).commit();
    lake.clock().advance(Duration.ofHours(1));
    table.append(rows(4, 8)).commit();
    lake.clock().advance(Duration.ofHours(1));

    table.restore().toTime("2026-01-01T01:30:00Z").commit();

    assertThat(table.count()).isEqualTo(4);
    assertThat(table.history(1).get(0).parameters())
        .isEqualTo(Map.of("timestamp", "2026-01-01T01:30:00Z"));
    assertThatThrownBy(() -> table.restore().toTime(Instant.parse("2025-01-01T00:00:00Z")).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is no 2025-01-01T00:00:00Z to read");
    assertThatThrownBy(() -> table.restore().toVersion(9).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Versions 0 to 3 exist");
    assertThatThrownBy(() -> table.restore().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("toVersion or toTime");
    assertThatThrownBy(() -> table.restore().toVersion(-1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("count from 0");
  }

  @Test
  void filesThatAreGoneAreAnErrorUnlessTheyAreIgnored() {
    table.create(Row.class).commit();
    for (int i = 0; i < 30; i++) {
      table.append(rows(i, i + 1)).commit();
    }
    deleteDataFiles(files);
    table.overwrite(rows(50, 51)).commit();

    assertThatThrownBy(() -> table.restore().toVersion(30).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("version 30 cannot be restored")
        .hasMessageContaining("30 of its files are gone")
        .hasMessageContaining(".parquet, ...")
        .hasMessageContaining("ignoringMissingFiles()");
    assertThatThrownBy(() -> table.restore().toVersion(1).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("1 of its files are gone");
    assertThat(table.version()).isEqualTo(31);

    table.restore().toVersion(30).ignoringMissingFiles().commit();
    assertThat(table.count()).isZero();
    assertThat(table.history(1).get(0).metrics())
        .containsEntry("numOfFilesAfterRestore", "0")
        .containsEntry("tableSizeAfterRestore", "0")
        .containsEntry("numRestoredFiles", "0");
  }

  @Test
  void fewFilesAreAskedForOneByOneAndManyByOneListing() {
    table.create(Row.class).commit();
    for (int i = 0; i < 20; i++) {
      table.append(rows(i, i + 1)).commit();
    }
    table.overwrite(rows(50, 51)).commit();
    lake.runBackground();

    assertThat(callsOfRestoreTo(16))
        .containsEntry("stat", 16L)
        .doesNotContainKey("listRecursively");
    assertThat(callsOfRestoreTo(17)).containsEntry("listRecursively", 1L).doesNotContainKey("stat");
  }

  private Map<String, Long> callsOfRestoreTo(long version) {
    List<String> calls = new ArrayList<>();
    FaultyFileStore counting =
        new FaultyFileStore(
            files.copy(),
            call -> {
              calls.add(call.operation());
              return Fault.NONE;
            });
    lake.table(counting).restore().toVersion(version).commit();
    assertThat(calls).containsOnlyOnce("writeIfAbsent");
    return calls.stream()
        .collect(
            java.util.stream.Collectors.groupingBy(c -> c, java.util.stream.Collectors.counting()));
  }

  @Test
  void whatOthersCommitMeanwhileIsUndoneToo() throws IOException {
    table.create(Row.class).commit();
    table.append(rows(0, 4)).commit();
    table.append(rows(4, 8)).commit();
    boolean[] raced = {false};
    FaultyFileStore racing =
        new FaultyFileStore(
            files,
            call -> {
              if (call.isCommit() && !raced[0]) {
                raced[0] = true;
                lake.table(files).append(rows(8, 9)).commit();
              }
              return Fault.NONE;
            });

    CommitResult result = lake.table(racing).restore().toVersion(1).commit();

    assertThat(raced[0]).isTrue();
    assertThat(result.version()).isEqualTo(4);
    assertThat(result.changes().filesRemoved()).isEqualTo(2);
    assertThat(table.count()).isEqualTo(4);
  }

  @Test
  void appendOnlyTableKeepsItsRows() {
    table.create(Row.class).property("delta.appendOnly", "true").commit();
    table.append(rows(0, 4)).commit();

    assertThatThrownBy(() -> table.restore().toVersion(0).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.appendOnly");
    assertThat(table.count()).isEqualTo(4);
  }

  @Test
  void identityColumnsAndIdsOfColumnsGoOn() {
    table
        .create(
            new StructType()
                .add("n", LongType.LONG)
                .add("id", io.delta.kernel.types.IntegerType.INTEGER))
        .identityColumn("n", 1, 1)
        .property("delta.columnMapping.mode", "name")
        .commit();
    List<Map<String, Integer>> three = List.of(Map.of("id", 1), Map.of("id", 2), Map.of("id", 3));
    table.append(three).commit();
    table.append(three).commit();
    table.alter().addColumn("extra", StringType.STRING).commit();

    table.restore().toVersion(1).commit();
    table.append(three).commit();

    try (Rows<Map<String, Object>> rows = table.scan().maps()) {
      assertThat(rows.stream().map(r -> r.get("n")))
          .containsExactlyInAnyOrder(1L, 2L, 3L, 7L, 8L, 9L);
    }
    assertThat(table.properties()).containsEntry("delta.columnMapping.maxColumnId", "3");
  }

  @Test
  void rowIdsAreThoseOfTheOldVersion() {
    table.create(Row.class).property("delta.enableRowTracking", "true").commit();
    table.append(rows(0, 4)).commit();
    table.overwrite(rows(4, 8)).commit();

    table.restore().toVersion(1).commit();
    table.append(rows(8, 10)).commit();

    String log =
        files.locations().stream().filter(f -> f.endsWith("3.json")).findFirst().orElseThrow();
    assertThat(text(log)).contains("\"baseRowId\":0,").doesNotContain("rowIdHighWaterMark");
    assertThat(text(log.replace("3.json", "4.json"))).contains("\"baseRowId\":8,");
  }

  private String text(String location) {
    try {
      return new String(files.read(location, 1 << 20), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Any version of any history; each step is undone or done again by the ones that follow. */
  @Property(tries = 60)
  void anyVersionCanBeRestored(
      @ForAll @Size(min = 1, max = 8) List<@IntRange(max = 6) Integer> steps,
      @ForAll @IntRange(max = 8) int target) {
    InMemoryFileStore store = new InMemoryFileStore();
    try (MemoryLake own = new MemoryLake(steps.hashCode())) {
      store.time(() -> own.clock().instant().toEpochMilli());
      NeuralTable any = own.table(store);
      any.create(Row.class)
          .partitionedBy("region")
          .property("delta.columnMapping.mode", "name")
          .property("delta.checkpointInterval", "3")
          .property("delta.enableDeletionVectors", "true")
          .commit();
      List<State> states = new ArrayList<>(List.of(State.of(any.latest())));
      for (int i = 0; i < steps.size(); i++) {
        step(any, steps.get(i), i);
        own.runBackground();
        while (states.size() <= any.version()) {
          states.add(State.of(any.asOf(states.size())));
        }
      }
      int version = target % states.size();

      any.restore().toVersion(version).commit();

      State restored = State.of(any.latest());
      State expected = states.get(version);
      assertThat(restored.rows()).isEqualTo(expected.rows());
      assertThat(restored.schema()).isEqualTo(expected.schema());
      assertThat(any.properties().keySet()).isEqualTo(expected.properties().keySet());
    }
  }

  private static void step(NeuralTable table, int kind, int number) {
    int from = number * 10;
    switch (kind) {
      case 0, 1 -> table.append(rows(from, from + 3)).commit();
      case 2 -> table.overwrite(rows(from, from + 2)).commit();
      case 3 -> table.alter().addColumn("c" + number, StringType.STRING).commit();
      case 4 -> table.delete().where("id % 3 = " + number % 3).commit();
      case 5 -> table.alter().setProperty("p" + number, "x").commit();
      default -> table.restore().toVersion(table.version() / 2).commit();
    }
  }
}
