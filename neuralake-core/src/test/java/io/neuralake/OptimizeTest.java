package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.StringType;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener.Progress;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.order.Curve;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.maintain.Optimize;
import io.neuralake.maintain.OptimizeResult;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small files become few, and rows stay what they are. */
class OptimizeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VECTORS = "delta.enableDeletionVectors";

  record Row(int id, String p) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final List<String> calls = new ArrayList<>();
  private final FaultyFileStore store =
      new FaultyFileStore(
          files,
          call -> {
            calls.add(call.operation() + " " + call.location());
            return Fault.NONE;
          });

  @AfterEach
  void close() {
    lake.close();
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, i % 2 == 0 ? "a" : "b")).toList();
  }

  /** Six files of ten ids each, by partition: three in each of two. */
  private NeuralTable table(Map<String, String> properties) {
    NeuralTable table = lake.table(store);
    var create = table.create(Row.class).partitionedBy("p");
    for (Map.Entry<String, String> property : properties.entrySet()) {
      create = create.property(property.getKey(), property.getValue());
    }
    create.commit();
    for (int from = 0; from < 60; from += 20) {
      table.append(rows(from, from + 20)).commit();
      lake.clock().advance(Duration.ofSeconds(1));
    }
    calls.clear();
    return table;
  }

  private static Set<Integer> ids(NeuralTable table) {
    try (Rows<Row> rows = table.scan().parallelism(1).as(Row.class)) {
      return new TreeSet<>(rows.stream().map(Row::id).toList());
    }
  }

  private Set<String> stored() {
    Set<String> names = new TreeSet<>();
    for (String location : files.locations()) {
      if (location.endsWith(".parquet") && !location.contains("_delta_log")) {
        names.add(location.substring(MemoryLake.LOCATION.length() + 1));
      }
    }
    return names;
  }

  private List<JsonNode> actions(long version, String kind) {
    try {
      String name = "%s/_delta_log/%020d.json".formatted(MemoryLake.LOCATION, version);
      List<JsonNode> found = new ArrayList<>();
      for (String line :
          new String(files.read(name, 1 << 20), StandardCharsets.UTF_8).split("\n")) {
        if (JSON.readTree(line).has(kind)) {
          found.add(JSON.readTree(line).get(kind));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A minimum that three files reach and two do not. */
  private long threeFiles() {
    return actions(1, "add").get(0).get("size").asLong() * 5 / 2;
  }

  private Set<String> paths(String kind, long... versions) {
    Set<String> paths = new TreeSet<>();
    for (long version : versions) {
      actions(version, kind).forEach(action -> paths.add(action.get("path").asText()));
    }
    return paths;
  }

  @Test
  void smallFilesOfAPartitionBecomeOne() {
    NeuralTable table = table(Map.of("delta.enableChangeDataFeed", "true"));
    List<Progress> seen = new ArrayList<>();

    OptimizeResult result = table.optimize().listener(seen::add).run();

    assertThat(calls.stream().filter(call -> call.startsWith("open") && call.endsWith(".parquet")))
        .as("each file is opened once")
        .hasSize(6);
    assertThat(calls.stream().filter(call -> call.startsWith("create"))).hasSize(2);
    assertThat(calls.stream().filter(call -> call.startsWith("writeIfAbsent"))).hasSize(1);
    assertThat(result.versions()).containsExactly(table.version()).containsExactly(4L);
    assertThat(result.filesConsidered()).isEqualTo(6);
    assertThat(result.filesRemoved()).isEqualTo(6);
    assertThat(result.filesAdded()).isEqualTo(2);
    assertThat(result.rows()).isEqualTo(60);
    assertThat(result.groups()).isEqualTo(2);
    assertThat(result.groupsSkipped()).isZero();
    assertThat(seen).hasSize(3);
    assertThat(seen.get(0)).isEqualTo(new Progress(0, 6, 0, 0));
    assertThat(seen.get(2)).isEqualTo(new Progress(6, 6, 60, result.bytesAdded()));
    assertThat(ids(table)).hasSize(60);
    assertThat(table.detail().files()).isEqualTo(2);
    for (String kind : List.of("add", "remove")) {
      assertThat(actions(4, kind)).allMatch(action -> !action.get("dataChange").asBoolean(true));
    }
    assertThat(actions(4, "add").get(0).get("stats").asText()).contains("\"numRecords\":30");
    HistoryEntry entry = table.history(1).get(0);
    assertThat(entry.operation()).isEqualTo("OPTIMIZE");
    assertThat(entry.parameters())
        .containsEntry("predicate", "[]")
        .containsEntry("zOrderBy", "[]")
        .containsEntry("auto", "false");
    assertThat(entry.metrics())
        .containsEntry("numAddedFiles", "2")
        .containsEntry("numRemovedFiles", "6")
        .containsEntry("numRemovedBytes", Long.toString(result.bytesRemoved()))
        .containsEntry("numDeletionVectorsRemoved", "0")
        .containsKeys("minFileSize", "p25FileSize", "p50FileSize", "p75FileSize", "maxFileSize");
    try (Rows<Row> changes = table.changes().from(4).to(4).as(Row.class)) {
      assertThat(changes.stream()).as("no row has changed").isEmpty();
    }

    OptimizeResult again = table.optimize().run();
    assertThat(again.committed()).isFalse();
    assertThat(again.filesConsidered()).isEqualTo(2);
    assertThat(table.version()).isEqualTo(4);
  }

  @Test
  void partitionsAreChosenAndOtherColumnsRefused() {
    NeuralTable table = table(Map.of());

    OptimizeResult result = table.optimize().where("p = 'a'").run();

    assertThat(result.filesRemoved()).isEqualTo(3);
    assertThat(result.filesConsidered()).isEqualTo(3);
    assertThat(table.history(1).get(0).parameters()).containsEntry("predicate", "[\"p = 'a'\"]");
    assertThatThrownBy(() -> table.optimize().where("p = 'b' AND id > 3").run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("partitioned by [p]")
        .hasMessageContaining("leave out [id]");
    assertThatThrownBy(() -> table.optimize().targetFileSize(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a target size of 0 bytes");
  }

  @Test
  void groupsAreAsLargeAsTheTargetAndWorthIt() {
    NeuralTable table = table(Map.of());
    long size = actions(1, "add").get(0).get("size").asLong();

    assertThat(table.optimize().minFiles(4).run().committed()).isFalse();
    assertThat(table.optimize().minFileSize(size / 2).run().committed()).isFalse();
    assertThat(table.optimize().sizeRatio(5).run().committed()).isFalse();
    OptimizeResult pairs = table.optimize().targetFileSize(2 * size + size / 2).run();
    assertThat(pairs.filesRemoved()).isEqualTo(4);
    assertThat(pairs.filesAdded()).isEqualTo(2);
    assertThat(pairs.versions()).hasSize(2);
    assertThat(paths("remove", 4, 5)).as("neighbours in time").isEqualTo(paths("add", 1, 2));
    assertThat(table.optimize().maxGroups(1).run().filesAdded()).isEqualTo(1);
    assertThat(table.optimize().run().filesAdded()).isEqualTo(1);
    assertThat(ids(table)).hasSize(60);
  }

  @Test
  void deletedRowsArePurged() {
    NeuralTable table = table(Map.of(VECTORS, "true", "delta.targetFileSize", "100"));
    table.delete().where("id IN (0, 2, 21)").commit();

    OptimizeResult some = table.optimize().purgeAbove(0.15).run();
    OptimizeResult rest = table.optimize().run();

    assertThat(some.vectorsRemoved()).isEqualTo(1);
    assertThat(some.rows()).as("of one file, two of ten rows gone").isEqualTo(8);
    assertThat(rest.vectorsRemoved()).isEqualTo(1);
    assertThat(table.optimize().purgeAbove(0).run().committed()).isFalse();
    assertThat(actions(table.version(), "add").get(0).has("deletionVector")).isFalse();
    assertThat(table.history(1).get(0).metrics()).containsEntry("numDeletionVectorsRemoved", "1");
    assertThat(ids(table)).hasSize(57).doesNotContain(0, 2, 21);
  }

  @Test
  void rowsKeepTheirIds() {
    NeuralTable table =
        table(Map.of("delta.enableRowTracking", "true", "delta.columnMapping.mode", "name"));
    table.update().set("id", "100").where("id = 7").commit();

    table.optimize().run();

    // What is known of ids stands in the columns that the table's properties name.
    String column = table.properties().get("delta.rowTracking.materializedRowIdColumnName");
    assertThat(actions(table.version(), "add"))
        .allSatisfy(add -> assertThat(add.get("baseRowId").asLong()).isGreaterThanOrEqualTo(60));
    assertThat(column).isNotNull();
    assertThat(ids(table)).hasSize(60).contains(100).doesNotContain(7);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tasksTravelAndRunSideBySide(boolean threads) {
    lake.tasks(
        threads
            ? new BoundedTasks(task -> new Thread(task, "optimize-task").start(), 2)
            : new SerializingTasks(null));
    NeuralTable table = table(Map.of());

    OptimizeResult result = table.optimize().parallelism(2).minFileSize(threeFiles()).run();

    assertThat(result.versions()).as("a version for each full group").hasSize(2);
    assertThat(result.filesAdded()).isEqualTo(2);
    assertThat(ids(table)).hasSize(60);
  }

  // ---- sorted

  record Point(int x, @Nullable String y, double z) {}

  @ParameterizedTest
  @ValueSource(strings = {"", "100000"})
  void sortedRowsAreFoundInFewFiles(String memory) {
    SplittableRandom random = new SplittableRandom(3);
    NeuralTable table = lake.table(store);
    table.create(Point.class).commit();
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int y = random.nextInt(1000);
      points.add(new Point(random.nextInt(1000), y < 20 ? null : "key-%04d".formatted(y), i / 3.0));
    }
    for (int from = 0; from < points.size(); from += 2500) {
      table.append(points.subList(from, from + 2500)).commit();
    }
    long target = table.detail().bytes() / 16;

    for (Curve curve : Curve.values()) {
      Optimize optimize = table.optimize().targetFileSize(target);
      optimize =
          curve == Curve.Z_ORDER ? optimize.zOrderBy("X", "y") : optimize.hilbertBy("x", "y");
      OptimizeResult result =
          (memory.isEmpty() ? optimize : optimize.sortMemory(Long.parseLong(memory))).run();

      assertThat(result.filesAdded()).isBetween(12L, 20L);
      assertThat(result.rows()).isEqualTo(20_000);
      assertThat(table.history(1).get(0).parameters()).containsEntry("zOrderBy", "[\"x\",\"y\"]");
      try (Rows<Point> rows = table.scan().parallelism(1).as(Point.class)) {
        assertThat(rows.stream()).containsExactlyInAnyOrderElementsOf(points);
      }
      // Each column is cut into about four pieces.
      assertThat(filesRead(table, "x = 500")).isLessThanOrEqualTo(8);
      assertThat(filesRead(table, "y = 'key-0300'")).isLessThanOrEqualTo(8);
      assertThat(filesRead(table, "x = 500 AND y = 'key-0300'")).isLessThanOrEqualTo(3);
      assertThat(filesRead(table, "y IS NULL")).isLessThanOrEqualTo(8);
    }
    assertThat(filesRead(table, "z = 7")).isGreaterThan(8);
  }

  private static long filesRead(NeuralTable table, String where) {
    return table.scan().where(where).plan().filesRead();
  }

  @Test
  void columnsToSortByMustHaveAnOrder() {
    NeuralTable table = table(Map.of());

    assertThatThrownBy(() -> table.optimize().zOrderBy("id", "p").run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(
            "sorted by 'p': there is no such column, or it is a partition column");
    assertThatThrownBy(() -> table.optimize().zOrderBy("id", "ID").run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("named twice");
    assertThatThrownBy(() -> table.optimize().zOrderBy())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("0 columns");
    assertThatThrownBy(() -> table.optimize().sortMemory(1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("by what to sort");
    assertThat(table.optimize().zOrderBy("id").run().filesAdded()).as("by partition").isEqualTo(2);
    assertThat(ids(table)).hasSize(60);
  }

  // ---- others at work

  /** Does something right before the first commit. */
  private void beforeCommit(Runnable other) {
    store.follow(
        call -> {
          if (call.isCommit()) {
            store.heal();
            other.run();
          }
          return Fault.NONE;
        });
  }

  @Test
  void appendsMeanwhileNeverMatter() {
    NeuralTable table = table(Map.of("delta.isolationLevel", "Serializable"));
    beforeCommit(
        () -> {
          for (int i = 0; i < 20; i++) { // more than are walked over
            lake.table(files).append(rows(100 + i, 101 + i)).commit();
          }
        });

    OptimizeResult result = table.optimize().run();

    assertThat(result.filesRemoved()).isEqualTo(6);
    assertThat(result.groupsSkipped()).isZero();
    assertThat(ids(table)).hasSize(80);
    assertThat(calls).as("nothing was read again").hasSizeLessThan(40);
  }

  @Test
  void groupsThatOthersHaveChangedArePlannedAgain() {
    NeuralTable table = table(Map.of());
    beforeCommit(() -> lake.table(files).delete().where("id = 0").commit());

    OptimizeResult result = table.optimize().run();

    assertThat(result.versions()).hasSize(2);
    assertThat(result.groups()).isEqualTo(2);
    assertThat(result.groupsSkipped()).isZero();
    assertThat(ids(table)).hasSize(59).doesNotContain(0);
    assertThat(table.detail().files()).isEqualTo(2);
    assertThat(stored()).as("six at first, one by the delete, two here").hasSize(9);
  }

  @Test
  void changeOfTheTableMeansPlanningAgain() {
    NeuralTable table = table(Map.of());
    beforeCommit(() -> lake.table(files).alter().addColumn("note", StringType.STRING).commit());

    OptimizeResult result = table.optimize().run();

    assertThat(result.versions()).containsExactly(5L);
    assertThat(result.filesAdded()).isEqualTo(2);
    assertThat(stored()).hasSize(8);
    assertThat(ids(table)).hasSize(60);
  }

  @Test
  void vectorThatGrowsMeanwhileIsNotLost() {
    NeuralTable table = table(Map.of(VECTORS, "true"));
    beforeCommit(() -> lake.table(files).delete().where("id IN (0, 1)").commit());

    OptimizeResult result = table.optimize().run();

    assertThat(result.vectorsRemoved()).isEqualTo(2);
    assertThat(ids(table)).hasSize(58);
    assertThat(table.detail().files()).isEqualTo(2);
  }

  // ---- failures

  @Test
  void whatIsCommittedStaysWhenTheRestIsCancelled() {
    NeuralTable table = table(Map.of());

    assertThatThrownBy(
            () ->
                table
                    .optimize()
                    .minFileSize(threeFiles())
                    .listener(
                        progress -> {
                          if (progress.filesDone() == 6) {
                            throw new CancellationException("enough");
                          }
                        })
                    .run())
        .isInstanceOf(CancellationException.class)
        .hasMessage("enough");

    assertThat(table.version()).isEqualTo(4);
    assertThat(table.detail().files()).isEqualTo(4);
    assertThat(stored()).as("the second group's file is gone").hasSize(7);
    assertThat(ids(table)).hasSize(60);
  }

  @Test
  void filesStayOnlyWhileTheOutcomeIsUnknown() {
    NeuralTable table = table(Map.of());
    Set<String> before = stored();
    store.follow(call -> call.isCommit() ? Fault.DENIED : Fault.NONE);
    assertThatThrownBy(() -> table.optimize().run())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("committing version");
    assertThat(stored()).isEqualTo(before);

    store.follow(call -> call.isCommitFile() ? Fault.FAIL_BEFORE : Fault.NONE);
    assertThatThrownBy(() -> table.optimize().run())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("not known");
    assertThat(stored()).hasSize(before.size() + 2);
    store.heal();

    store.follow(
        call ->
            call.operation().equals("open") && call.location().endsWith(".parquet")
                ? Fault.DENIED
                : Fault.NONE);
    assertThatThrownBy(() -> table.optimize().run())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("reading data file");
    assertThat(stored()).hasSize(before.size() + 2);
  }
}
