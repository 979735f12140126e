package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delete and update, by copy-on-write and by deletion vectors. */
class RowChangesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VECTORS = "delta.enableDeletionVectors";
  private static final String CHANGES = "delta.enableChangeDataFeed";

  record Row(int id, String p, @Nullable Integer v) {}

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
    return IntStream.range(from, to)
        .mapToObj(i -> new Row(i, i % 2 == 0 ? "a" : "b", i % 5 == 0 ? null : i % 5))
        .toList();
  }

  /** Three files: ids 0 to 9, 10 to 19 and 20 to 29; or six, by partitions too. */
  private NeuralTable table(Consumer<Map<String, String>> properties, String... partitions) {
    Map<String, String> all = new HashMap<>();
    properties.accept(all);
    NeuralTable table = lake.table(store);
    var create = table.create(Row.class).partitionedBy(partitions);
    for (Map.Entry<String, String> property : all.entrySet()) {
      create = create.property(property.getKey(), property.getValue());
    }
    create.commit();
    for (int from = 0; from < 30; from += 10) {
      table.append(rows(from, from + 10)).commit();
    }
    calls.clear();
    return table;
  }

  private static Set<Integer> ids(NeuralTable table) {
    try (Rows<Row> rows = table.scan().parallelism(1).as(Row.class)) {
      return new TreeSet<>(rows.stream().map(Row::id).toList());
    }
  }

  /** Data files, vectors and files of changes that are stored. */
  private Set<String> stored() {
    Set<String> names = new TreeSet<>();
    for (String location : files.locations()) {
      if (!location.contains("_delta_log")) {
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

  // ---- delete

  @Test
  void wholeFilesGoWithoutBeingOpened() {
    NeuralTable table = table(p -> p.put(CHANGES, "true"), "p");

    CommitResult result = table.delete().where("p = 'a' AND id < 20").commit();

    assertThat(calls).noneMatch(call -> call.contains(".parquet"));
    assertThat(calls).as("a LIST, four commits since the checkpoint, and one PUT").hasSize(10);
    assertThat(calls.get(0)).startsWith("listFrom");
    assertThat(calls.get(9)).startsWith("writeIfAbsent");
    assertThat(result.changes().filesRemoved()).isEqualTo(2);
    assertThat(result.changes().rowsDeleted()).isEqualTo(10);
    assertThat(result.changes().filesAdded()).isZero();
    assertThat(actions(result.version(), "cdc")).isEmpty();
    assertThat(ids(table)).hasSize(20).doesNotContain(0, 2, 18).contains(1, 19, 20);
  }

  @Test
  void filesWithoutAMatchStayAndRowsOfUnknownConditionToo() {
    NeuralTable table = table(p -> {});

    CommitResult result = table.delete().where("v > 3").where("id < 20").commit();

    assertThat(result.changes().filesRemoved()).isEqualTo(2);
    assertThat(result.changes().rowsDeleted()).isEqualTo(4);
    assertThat(ids(table)).hasSize(26).contains(0, 5, 24).doesNotContain(4, 9, 14, 19);
    Map<String, String> metrics = table.history(1).get(0).metrics();
    assertThat(metrics).containsEntry("numCopiedRows", "16").containsEntry("numDeletedRows", "4");
    assertThat(table.delete().where("v > 30").commit().committed()).isFalse();
    assertThat(table.delete().where("v + id < -1").commit().committed()).isFalse();
    assertThat(table.version()).isEqualTo(result.version());
    assertThat(table.delete().commit().changes().filesRemoved()).isEqualTo(3);
    assertThat(table.count()).isZero();
  }

  @Test
  void tableThatOnlyGrowsRefuses() {
    NeuralTable table = table(p -> p.put("delta.appendOnly", "true"));

    assertThatThrownBy(() -> table.delete().where("id = 1").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.appendOnly");
    table.alter().setProperty("delta.appendOnly", "false").commit();
    assertThatThrownBy(() -> table.delete().where("nope = 1").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("nope");
  }

  // ---- deletion vectors

  @Test
  void smallVectorsStandInTheLogAndGrow() throws IOException {
    NeuralTable table = table(p -> p.put(VECTORS, "true"));
    Set<String> before = stored();

    CommitResult first = table.delete().where("id IN (3, 14)").commit();
    CommitResult second = table.delete().where("id IN (4, 14, 15)").commit();

    assertThat(stored()).isEqualTo(before);
    assertThat(first.changes().filesMarked()).isEqualTo(2);
    assertThat(first.changes().filesRemoved()).isZero();
    assertThat(second.changes().rowsDeleted()).isEqualTo(2);
    assertThat(actions(second.version(), "add"))
        .allSatisfy(
            add -> {
              assertThat(add.at("/deletionVector/storageType").asText()).isEqualTo("i");
              assertThat(add.at("/deletionVector/cardinality").asLong()).isEqualTo(2);
              JsonNode stats = JSON.readTree(add.get("stats").asText());
              assertThat(stats.get("numRecords").asInt()).isEqualTo(10);
              assertThat(stats.get("tightBounds").asBoolean()).isFalse();
              assertThat(stats.at("/minValues/id").isInt()).isTrue();
            });
    assertThat(table.history(1).get(0).metrics())
        .containsEntry("numDeletionVectorsUpdated", "2")
        .containsEntry("numDeletionVectorsAdded", "2");
    assertThat(ids(table)).hasSize(26).doesNotContain(3, 4, 14, 15);

    CommitResult rest = table.delete().where("id < 10 AND id <> 99").commit();
    assertThat(rest.changes().filesRemoved()).isEqualTo(1);
    assertThat(rest.changes().rowsDeleted()).isEqualTo(8);
    assertThat(table.count()).isEqualTo(18);
  }

  @Test
  void largeVectorsOfACommitShareAFile() throws IOException {
    NeuralTable table = lake.table(store);
    table.create(Row.class).property(VECTORS, "true").commit();
    table.append(rows(0, 5000)).commit();
    table.append(rows(5000, 10000)).commit();
    table.append(rows(10000, 10010)).commit();

    CommitResult result = table.delete().where("id * 7 % 11 < 4").commit();

    List<String> types =
        actions(result.version(), "add").stream()
            .map(add -> add.at("/deletionVector/storageType").asText())
            .sorted()
            .toList();
    assertThat(types).containsExactly("i", "u", "u");
    assertThat(stored().stream().filter(name -> name.startsWith("deletion_vector_"))).hasSize(1);
    Set<Integer> expected = new TreeSet<>();
    IntStream.range(0, 10010).filter(i -> i * 7 % 11 >= 4).forEach(expected::add);
    assertThat(ids(table)).isEqualTo(expected);
    table.delete().where("id % 2 = 0").commit();
    expected.removeIf(i -> i % 2 == 0);
    assertThat(ids(table)).isEqualTo(expected);
  }

  // ---- update

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void valuesAreComputedFromTheRowAsItWas(String vectors) {
    NeuralTable table = table(p -> p.put(VECTORS, vectors), "p");

    CommitResult result =
        table.update().set("id", "v").set("V", "id + 0.6D").where("id BETWEEN 11 AND 14").commit();

    assertThat(result.changes().rowsUpdated()).isEqualTo(4);
    try (Rows<Row> rows = table.scan().where("v >= 10").parallelism(1).as(Row.class)) {
      assertThat(rows.stream())
          .containsExactlyInAnyOrder(
              new Row(1, "b", 11), new Row(2, "a", 12), new Row(3, "b", 13), new Row(4, "a", 14));
    }
    assertThat(table.count()).isEqualTo(30);
    table.update().set("p", "'c'").commit();
    assertThat(table.scan().where("p = 'c'").count()).isEqualTo(30);
  }

  @Test
  void updateKeepsRulesAndFollowsGeneratedColumns() {
    NeuralTable table = lake.table(store);
    table
        .create(
            new StructType()
                .add("n", LongType.LONG)
                .add("day", DateType.DATE)
                .add("year", IntegerType.INTEGER)
                .add("name", StringType.STRING, false))
        .identityColumn("n", 1, 1)
        .generatedColumn("year", "YEAR(day)")
        .commit();
    table.append(List.of(Map.of("day", LocalDate.of(2025, 1, 1), "name", "x"))).commit();
    table.alter().addConstraint("recent", "year > 2000").commit();
    Set<String> before = stored();

    assertRefused(table, "day", "DATE '1999-01-01'", "constraint 'recent'");
    assertRefused(table, "name", "NULL", "name");
    assertRefused(table, "year", "2024", "generated column 'year'");
    assertRefused(table, "n", "5", "identity column 'n'");
    assertRefused(table, "day", "'2025-05-05'", "not stored as date");
    assertRefused(table, "nope", "1", "there is no column 'nope'");
    assertThatThrownBy(() -> table.update().commit()).hasMessageContaining("nothing to update");
    assertThatThrownBy(() -> table.update().set("day", "day").set("DAY", "day").commit())
        .hasMessageContaining("set twice");
    assertThat(stored()).isEqualTo(before);
    table.append(List.of(Map.of("day", LocalDate.of(2030, 1, 1), "name", "y"))).commit();
    table.append(IntStream.range(2000, 2020).mapToObj(RowChangesTest::named)).commit();
    assertThatThrownBy(
            () -> table.update().set("name", "NULL").where("name IN ('2003', '2017')").commit())
        .hasMessageContaining("row 3, column 'name'");
    table.delete().where("name <> 'x'").commit();

    table.update().set("day", "DATE '2024-02-02'").set("name", "7").commit();
    assertThat(table.scan().where("year = 2024 AND name = '7' AND n = 1").count()).isEqualTo(1);
  }

  private static Map<String, Object> named(int i) {
    return Map.of("day", LocalDate.of(2026, 1, 1), "name", Integer.toString(i));
  }

  record Place(String city, @Nullable Integer level) {}

  record Visit(int id, @Nullable Place place, List<String> tags) {}

  @Test
  void fieldsOfStructsAreSet() {
    NeuralTable table = lake.table(store);
    table.create(Visit.class).commit();
    List<Visit> visits =
        List.of(
            new Visit(1, new Place("A", 1), List.of("x")),
            new Visit(2, null, List.of()),
            new Visit(3, new Place("long name of a city", null), List.of("y", "z")));
    table.append(visits).commit();

    assertRefused(table, "place.nope", "1", "no column 'nope' among city, level");
    assertRefused(table, "tags.nope", "1", "no struct");
    assertRefused(table, "place.level", "'1'", "not stored as integer");
    assertThatThrownBy(() -> table.update().set("place", "place").set("place.city", "'B'").commit())
        .hasMessageContaining("set twice");
    table.update().set("PLACE.Level", "id + 7").where("id <> 3").commit();
    table.update().set("place.city", "'B'").set("place.level", "NULL").where("id = 3").commit();

    try (Rows<Visit> rows = table.scan().parallelism(1).as(Visit.class)) {
      assertThat(rows.stream())
          .containsExactlyInAnyOrder(
              new Visit(1, new Place("A", 8), List.of("x")),
              new Visit(2, new Place(null, 9), List.of()),
              new Visit(3, new Place("B", null), List.of("y", "z")));
    }
    table.update().set("place", "NULL").commit();
    assertThat(table.scan().where("place IS NULL").count()).isEqualTo(3);
  }

  private static void assertRefused(NeuralTable table, String column, String sql, String why) {
    assertThatThrownBy(() -> table.update().set(column, sql).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(why);
  }

  // ---- overwrite of a part

  @Test
  void rowsMustSatisfyTheConditionOfThoseTheyReplace() {
    NeuralTable table = table(p -> p.put(CHANGES, "true"));
    Set<String> before = stored();
    assertThatThrownBy(() -> table.overwrite(rows(13, 30)).where("id BETWEEN 12 AND 25").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 13 does not satisfy")
        .hasMessageContaining("id >= 12 AND id <= 25");
    assertThat(stored()).isEqualTo(before);

    assertThatThrownBy(
            () ->
                table
                    .overwrite(rows(14, 16))
                    .where("id BETWEEN 12 AND 25")
                    .listener(
                        progress -> {
                          if (progress.filesDone() > 0) {
                            throw new CancellationException("enough");
                          }
                        })
                    .commit())
        .isInstanceOf(CancellationException.class);
    assertThat(stored()).as("new rows and rewritten ones are gone").isEqualTo(before);

    CommitResult part = table.overwrite(rows(14, 16)).where("id BETWEEN 12 AND 25").commit();
    assertThat(ids(table)).hasSize(18).contains(11, 14, 15, 26).doesNotContain(12, 13, 16, 25);
    assertThat(part.changes().rowsDeleted()).isEqualTo(14);
    assertThat(part.changes().rowsAdded()).isEqualTo(2);
    assertThat(actions(part.version(), "cdc")).as("two deletes, one insert").hasSize(3);

    before = stored();
    CommitResult whole = table.overwrite(rows(3, 5)).where("id < 10").commit();
    assertThat(actions(whole.version(), "cdc")).isEmpty();
    assertThat(stored()).as("changes that were not needed are gone").hasSize(before.size() + 1);
    Map<String, String> parameters = table.history(1).get(0).parameters();
    assertThat(parameters).containsEntry("mode", "Overwrite").containsEntry("predicate", "id < 10");
    assertThatThrownBy(() -> table.overwrite(rows(0, 1)).dynamicPartitions().commit())
        .hasMessageContaining("no partitions");
    assertThatThrownBy(() -> table.overwrite(rows(0, 1)).where("id = 0").overwriteSchema().commit())
        .hasMessageContaining("replaces the whole table");
  }

  @Test
  void replacedRowsAreThoseOfTheNewestVersion() {
    NeuralTable table = table(p -> {}, "p");
    beforeCommit(() -> lake.table(files).append(rows(40, 44)).commit());

    CommitResult result =
        table.overwrite(List.of(new Row(100, "a", 1))).dynamicPartitions().commit();

    assertThat(result.attempts()).isEqualTo(2);
    assertThat(table.scan().where("p = 'a'").count()).isEqualTo(1);
    assertThat(table.scan().where("p = 'b'").count()).isEqualTo(17);
    assertThat(calls).noneMatch(call -> call.startsWith("open") && call.contains(".parquet"));
  }

  // ---- change feed

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void versionWithFilesOfChangesHasAllItsChangesThere(String vectors) {
    NeuralTable table =
        table(
            p -> {
              p.put(CHANGES, "true");
              p.put(VECTORS, vectors);
            });

    CommitResult delete = table.delete().where("id >= 15").commit();
    CommitResult update = table.update().set("v", "0").where("id = 3").commit();

    assertThat(actions(delete.version(), "cdc"))
        .hasSize(2)
        .allSatisfy(
            cdc -> {
              assertThat(cdc.get("path").asText()).startsWith("_change_data/cdc-");
              assertThat(cdc.get("dataChange").asBoolean()).isFalse();
              assertThat(cdc.get("size").asLong()).isPositive();
            });
    assertThat(actions(update.version(), "cdc")).hasSize(1);
    assertThat(stored().stream().filter(name -> name.startsWith("_change_data/"))).hasSize(3);
    assertThat(delete.changes().rowsDeleted()).isEqualTo(15);
  }

  // ---- conflicts

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

  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void twoDeletesOfOneFileBothTakeEffect(String vectors) {
    NeuralTable table = table(p -> p.put(VECTORS, vectors));
    beforeCommit(() -> lake.table(files).delete().where("id = 1").commit());

    CommitResult result = table.delete().where("id IN (1, 2)").commit();

    assertThat(result.changes().rowsDeleted()).isEqualTo(1);
    assertThat(ids(table)).hasSize(28).doesNotContain(1, 2);
    long live = table.detail().files();
    assertThat(stored().stream().filter(name -> !name.contains("/")))
        .as("the lost plan's files are gone: what is live, and what was before")
        .hasSize((int) live + (vectors.equals("true") ? 0 : 2));
  }

  @Test
  void appendMeanwhileDoesNotMatterUnlessTheTableIsSerializable() {
    NeuralTable table = table(p -> {});
    beforeCommit(() -> lake.table(files).append(rows(0, 10)).commit());
    table.delete().where("id = 1").commit();
    assertThat(table.scan().where("id = 1").count()).isEqualTo(1);

    table.alter().setProperty("delta.isolationLevel", "Serializable").commit();
    beforeCommit(() -> lake.table(files).append(rows(0, 10)).commit());
    table.delete().where("id = 1").commit();
    assertThat(table.scan().where("id = 1").count()).isZero();
  }

  @Test
  void filesStayOnlyWhileTheOutcomeIsUnknown() {
    NeuralTable table = table(p -> {});
    Set<String> before = stored();
    store.follow(call -> call.isCommit() ? Fault.DENIED : Fault.NONE);
    assertThatThrownBy(() -> table.delete().where("id = 1").commit())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("committing version");
    assertThat(stored()).isEqualTo(before);

    store.follow(
        call -> {
          if (!call.isCommit()) {
            return Fault.NONE;
          }
          store.heal();
          return Fault.FAIL_AFTER;
        });
    CommitResult delete = table.delete().where("id = 2").commit();
    assertThat(delete.committed()).isTrue();
    assertThat(table.version()).as("once, though the answer was lost").isEqualTo(delete.version());
    assertThat(ids(table)).hasSize(29);
    before = stored();

    store.follow(call -> call.isCommitFile() ? Fault.FAIL_BEFORE : Fault.NONE);
    assertThatThrownBy(() -> table.delete().where("id = 1").commit())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("not known");
    assertThat(stored()).hasSize(before.size() + 1);
  }

  @Test
  void repetitionDoesNothing() {
    NeuralTable table = table(p -> {});
    var update = table.update().set("v", "100").where("id = 1").transaction("app", 3);
    long version = update.commit().version();

    CommitResult again = update.commit();

    assertThat(again.committed()).isFalse();
    assertThat(again.version()).isEqualTo(version);
    assertThat(again.changes()).isEqualTo(CommitResult.Changes.NONE);
    assertThat(table.transactionVersion("app")).hasValue(3);
  }

  // ---- tasks

  @Test
  void listenerSeesProgressAndCancels() {
    NeuralTable table = table(p -> p.put(CHANGES, "true"));
    List<ProgressListener.Progress> seen = new ArrayList<>();
    table.update().set("v", "v").where("id % 10 < 5").listener(seen::add).commit();
    assertThat(seen).hasSize(4);
    assertThat(seen.get(0)).isEqualTo(new ProgressListener.Progress(0, 3, 0, 0));
    assertThat(seen.get(3).filesDone()).isEqualTo(3);
    assertThat(seen.get(3).rows()).isEqualTo(15);
    assertThat(seen.get(3).bytes()).isPositive();

    Set<String> before = stored();
    long version = table.version();
    assertThatThrownBy(
            () ->
                table
                    .delete()
                    .where("id % 10 < 5")
                    .listener(
                        progress -> {
                          if (progress.filesDone() == 2) {
                            throw new CancellationException("enough");
                          }
                        })
                    .commit())
        .isInstanceOf(CancellationException.class)
        .hasMessage("enough");
    assertThat(stored()).isEqualTo(before);
    assertThat(table.version()).isEqualTo(version);
  }

  @Test
  void interruptEndsRunningTasksAndLeavesNothing() {
    lake.tasks(new BoundedTasks(task -> new Thread(task, "task").start(), 2));
    NeuralTable table = table(p -> {});
    Set<String> before = stored();
    Thread caller = Thread.currentThread();
    store.follow(
        call -> {
          if (call.operation().equals("create")) {
            caller.interrupt();
          }
          return Fault.NONE;
        });

    assertThatThrownBy(() -> table.delete().where("id % 10 < 5").commit())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void listenerThatCancelsAgainAndAgainEndsItOnce() {
    lake.tasks(new BoundedTasks(task -> new Thread(task, "task").start(), 3));
    NeuralTable table = table(p -> {});
    Set<String> before = stored();
    assertThatThrownBy(
            () ->
                table
                    .update()
                    .set("v", "1 / (id - 13)")
                    .where("id % 10 < 5")
                    .listener(
                        progress -> {
                          if (progress.filesDone() > 0) {
                            throw new CancellationException("enough");
                          }
                        })
                    .commit())
        .isInstanceOfAny(CancellationException.class, InvalidRequestException.class)
        .hasMessageFindingMatch("enough|zero");
    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void failureOfOneTaskEndsTheOthers() {
    lake.tasks(new BoundedTasks(task -> new Thread(task, "task").start(), 3));
    NeuralTable table = table(p -> {});
    Set<String> before = stored();
    assertThatThrownBy(() -> table.update().set("v", "1 / (id - 13)").where("id % 10 < 5").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("zero");
    assertThat(stored()).isEqualTo(before);
    table.update().set("v", "id").where("id % 10 < 5").commit();
    assertThat(table.scan().where("v = id").count()).isGreaterThanOrEqualTo(15);
  }

  @Test
  void tasksRunInAnotherLake() throws IOException {
    var folder = java.nio.file.Files.createTempDirectory("tasks");
    try (NeuralLake other = NeuralLake.builder().build()) {
      SerializingTasks tasks = new SerializingTasks(other.taskWorker());
      try (NeuralLake own = NeuralLake.builder().taskExecutor(tasks).build()) {
        NeuralTable table = own.table(folder);
        table.create(Row.class).commit();
        table.append(rows(0, 10)).commit();
        table.delete().where("id = 4").commit();
        assertThat(tasks.runs()).isEqualTo(1);
        assertThat(ids(table)).hasSize(9).doesNotContain(4);
      }
    } finally {
      try (var all = java.nio.file.Files.walk(folder)) {
        all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }
}
