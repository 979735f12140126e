package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import io.neuralake.write.Merge;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clauses of merges, one rule after the other. */
class MergeTest {

  record Pet(@Nullable Integer id, @Nullable String name, int age) {}

  record Change(@Nullable Integer id, @Nullable String name, int age, boolean gone) {}

  record Toys(int count, @Nullable List<String> names) {}

  record Owner(int id, @Nullable Toys toys, Map<String, Integer> marks) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @AfterEach
  void nothingLeaks() {
    lake.close();
  }

  private void pets(Object... namesByFile) {
    table.create(Pet.class).commit();
    int id = 0;
    for (Object names : namesByFile) {
      List<Pet> rows = new ArrayList<>();
      for (String name : ((String) names).split(" ")) {
        rows.add(new Pet(id, name, 10 + id++));
      }
      table.append(rows).commit();
    }
  }

  private List<String> rows() {
    try (Rows<Map<String, Object>> rows = table.scan().maps()) {
      List<String> all = new ArrayList<>();
      rows.forEach(
          row ->
              all.add(
                  String.join(
                      " ", row.values().stream().map(String::valueOf).toArray(String[]::new))));
      all.sort(Comparator.naturalOrder());
      return all;
    }
  }

  private Map<String, String> metrics() {
    HistoryEntry newest = table.history(1).get(0);
    assertThat(newest.operation()).isEqualTo("MERGE");
    return newest.metrics();
  }

  @Test
  void upsertsAndDeletesByKey() {
    pets("ann bob", "cid dot");
    CommitResult result =
        table
            .merge(
                List.of(
                    new Change(1, "BOB", 1, false),
                    new Change(2, "CID", 2, true),
                    new Change(7, "new", 7, false),
                    new Change(8, "never", 8, true)))
            .on("t.id = s.id")
            .whenMatched("s.gone")
            .delete()
            .whenMatched()
            .updateAll()
            .whenNotMatched("NOT s.gone")
            .insertAll()
            .commit();
    assertThat(result.committed()).isTrue();
    assertThat(rows()).containsExactly("0 ann 10", "1 BOB 1", "3 dot 13", "7 new 7");
    assertThat(metrics())
        .containsEntry("numSourceRows", "4")
        .containsEntry("numTargetRowsInserted", "1")
        .containsEntry("numTargetRowsUpdated", "1")
        .containsEntry("numTargetRowsMatchedUpdated", "1")
        .containsEntry("numTargetRowsDeleted", "1")
        .containsEntry("numTargetRowsMatchedDeleted", "1")
        .containsEntry("numTargetRowsCopied", "2")
        .containsEntry("numOutputRows", "4")
        .containsEntry("numTargetFilesRemoved", "2")
        .containsEntry("numTargetFilesAdded", "3");
    assertThat(table.history(1).get(0).parameters())
        .containsEntry("predicate", "[\"t.id = s.id\"]")
        .containsEntry(
            "matchedPredicates",
            "[{\"predicate\":\"s.gone\",\"actionType\":\"delete\"},{\"actionType\":\"update\"}]")
        .containsEntry("notMatchedBySourcePredicates", "[]");
  }

  @Test
  void filesWithoutMatchesAreNotTouchedAndInsertOnlyRewritesNothing() {
    pets("ann bob", "cid dot", "eve fay");
    table.merge(List.of(new Pet(3, "DOT", 0))).on("t.id = s.id").whenMatched().updateAll().commit();
    assertThat(metrics()).containsEntry("numTargetFilesRemoved", "1");
    table
        .merge(List.of(new Pet(3, "x", 0), new Pet(9, "zoe", 0)))
        .on("t.id = s.id")
        .whenNotMatched()
        .insertAll()
        .commit();
    assertThat(metrics())
        .containsEntry("numTargetFilesRemoved", "0")
        .containsEntry("numTargetFilesAdded", "1")
        .containsEntry("numTargetRowsCopied", "0");
    assertThat(rows()).contains("3 DOT 0", "9 zoe 0").hasSize(7);
    long version = table.version();
    CommitResult nothing =
        table
            .merge(List.of(new Pet(3, "x", 0)))
            .on("t.id = s.id")
            .whenNotMatched()
            .insertAll()
            .commit();
    assertThat(nothing.committed()).isFalse();
    assertThat(table.version()).isEqualTo(version);
  }

  @Test
  void severalSourceRowsForOneRowAreAnErrorUnlessAllAreDeleted() {
    pets("ann bob");
    List<Change> twice = List.of(new Change(1, "x", 1, false), new Change(1, "y", 2, true));
    assertThatThrownBy(
            () ->
                table
                    .merge(twice)
                    .on("t.id = s.id")
                    .whenMatched()
                    .update(Map.of("age", "s.age"))
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("several rows of the source match the same row");
    assertThat(table.version()).isEqualTo(1);
    table
        .merge(twice)
        .on("t.id = s.id")
        .whenMatched("s.gone")
        .update(Map.of("age", "s.age"))
        .commit();
    assertThat(rows()).containsExactly("0 ann 10", "1 bob 2");
    table.merge(twice).on("t.id = s.id").whenMatched().delete().commit();
    assertThat(rows()).containsExactly("0 ann 10");
    assertThat(metrics()).containsEntry("numTargetRowsDeleted", "1");
  }

  @Test
  void nullKeysMatchOnlyNullSafely() {
    table.create(Pet.class).commit();
    table.append(List.of(new Pet(null, "nobody", 1), new Pet(1, "ann", 1))).commit();
    List<Pet> source = List.of(new Pet(null, "NOBODY", 2));
    table
        .merge(source)
        .on("t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .commit();
    assertThat(rows()).containsExactly("1 ann 1", "null NOBODY 2", "null nobody 1");
    table.merge(source).on("t.id <=> s.id AND t.age = 1").whenMatched().delete().commit();
    assertThat(rows()).containsExactly("1 ann 1", "null NOBODY 2");
  }

  @Test
  void rowsThatTheSourceLacks() {
    pets("ann bob", "cid dot");
    table
        .merge(List.of(new Pet(1, "BOB", 1)))
        .on("t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatchedBySource("t.age = 10")
        .update(Map.of("name", "UPPER(name)", "age", "t.age + 1"))
        .whenNotMatchedBySource("age = 12")
        .delete()
        .commit();
    assertThat(rows()).containsExactly("0 ANN 11", "1 BOB 1", "3 dot 13");
    assertThat(metrics())
        .containsEntry("numTargetRowsNotMatchedBySourceUpdated", "1")
        .containsEntry("numTargetRowsNotMatchedBySourceDeleted", "1");
    table
        .merge(List.of(new Pet(3, "x", 0)))
        .on("t.id = s.id")
        .whenNotMatchedBySource()
        .delete()
        .commit();
    assertThat(rows()).containsExactly("3 dot 13");
    table.merge(List.of()).on("t.id = s.id").whenNotMatchedBySource().delete().commit();
    assertThat(rows()).isEmpty();
  }

  @Test
  void conditionsWithoutKeysCompareEveryPair() {
    pets("ann bob", "cid dot");
    table
        .merge(List.of(new Pet(11, "up to 11", 12), new Pet(13, "13", 99)))
        .on("t.age >= s.id AND t.age <= s.age")
        .whenMatched("s.id = 11")
        .update(Map.of("name", "s.name"))
        .commit();
    assertThat(rows()).containsExactly("0 ann 10", "1 up to 11 11", "2 up to 11 12", "3 dot 13");
    table
        .merge(List.of(new Pet(20, "z", 1)))
        .on(Expr.lit(false))
        .whenNotMatched()
        .insert(Map.of("id", "s.id + 1", "age", 5))
        .commit();
    assertThat(rows()).contains("21 null 5");
  }

  @Test
  void columnsOfTheSourceAreAddedOnlyOnRequest() {
    pets("ann bob");
    List<Change> source = List.of(new Change(1, "BOB", 1, true), new Change(5, "eve", 5, false));
    table.merge(source).on("t.id = s.id").whenMatched().updateAll().commit();
    assertThat(table.schema().fieldNames()).containsExactly("id", "name", "age");
    table
        .merge(source)
        .on("t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .evolveSchema()
        .commit();
    assertThat(rows()).containsExactly("0 ann 10 null", "1 BOB 1 true", "5 eve 5 false");
    record Short(int id, String name) {}
    assertThatThrownBy(
            () ->
                table
                    .merge(List.of(new Short(1, "b")))
                    .on("t.id = s.id")
                    .whenMatched()
                    .updateAll()
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("updateAll needs all columns, but the source lacks age, gone");
  }

  @Test
  void nestedColumnsAndTypesThatConvert() {
    table.create(Owner.class).property("delta.columnMapping.mode", "name").commit();
    table
        .append(
            List.of(
                new Owner(1, new Toys(1, List.of("a")), Map.of("x", 1)),
                new Owner(2, null, Map.of())))
        .commit();
    record Wide(long id, @Nullable Toys toys, Map<String, Integer> marks) {}
    table
        .merge(
            List.of(
                new Wide(2, new Toys(5, List.of("b", "c")), Map.of("y", 2)),
                new Wide(3, null, Map.of("z", 3))))
        .on("t.id = s.id AND (t.toys.count IS NULL OR s.toys.count = 5)")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .commit();
    assertThat(rows())
        .containsExactly(
            "1 {count=1, names=[a]} {x=1}", "2 {count=5, names=[b, c]} {y=2}", "3 null {z=3}");
    assertThatThrownBy(
            () ->
                table
                    .merge(List.of(new Wide(1L << 40, null, Map.of())))
                    .on("t.id = s.id")
                    .whenNotMatched()
                    .insertAll()
                    .commit())
        .hasMessageContaining("1099511627776");
  }

  @Test
  void computedColumnsAndConstraints() {
    table
        .create(
            new StructType()
                .add("id", IntegerType.INTEGER)
                .add("name", StringType.STRING)
                .add("shout", StringType.STRING))
        .generatedColumn("shout", "UPPER(name)")
        .commit();
    table.alter().addConstraint("named", "name IS NOT NULL").commit();
    table.append(List.of(Map.of("id", 1, "name", "a"))).commit();
    record Named(int id, @Nullable String name) {}
    table
        .merge(List.of(new Named(1, "b"), new Named(2, "c")))
        .on("t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .commit();
    assertThat(rows()).containsExactly("1 b B", "2 c C");
    Merge broken =
        table
            .merge(new ArrayList<>(List.of(new Named(2, null))))
            .on("t.id = s.id")
            .whenMatched()
            .updateAll();
    assertThatThrownBy(broken::commit)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("breaks the constraint 'named'");
    assertThatThrownBy(broken::commit).hasMessageContaining("merged before");
  }

  @Test
  void aScanIsASourceAndAliasesCanBeNamed() {
    pets("ann bob", "cid dot");
    table
        .merge(table.scan().where("id < 2").select("id", "age"))
        .as("pet", "younger")
        .on("pet.id = younger.id + 2")
        .whenMatched()
        .update(Map.of("age", "younger.age"))
        .commit();
    assertThat(rows()).containsExactly("0 ann 10", "1 bob 11", "2 cid 10", "3 dot 11");
  }

  @Test
  void aLargeSourceIsPutIntoAFileAndPartitionsNarrowTheWork() {
    record Day(int id, LocalDate day, String text) {}
    table.create(Day.class).partitionedBy("day").commit();
    LocalDate first = LocalDate.parse("2026-01-01");
    List<Day> days = new ArrayList<>();
    List<Day> changes = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      days.add(new Day(i, first.plusDays(i % 4), "day " + i));
      changes.add(new Day(i * 2, first.plusDays(i % 2 * 2), "changed"));
    }
    table.append(days).commit();
    table
        .merge(changes)
        .on("t.id = s.id AND t.day = s.day")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .sourceMemory(100_000)
        .commit();
    assertThat(metrics())
        .containsEntry("numTargetFilesRemoved", "2")
        .containsEntry("numTargetRowsUpdated", "10000")
        .containsEntry("numTargetRowsInserted", "10000");
    assertThat(table.scan().where("text = 'changed' AND id < 20000").count()).isEqualTo(10_000);
    assertThat(table.count()).isEqualTo(30_000);
  }

  @Test
  void mapsHaveTheColumnsOfTheTableOrThoseThatAreSaid() {
    pets("ann bob");
    Map<String, Object> gone = new HashMap<>(Map.of("id", 1, "gone", true));
    table
        .merge(List.of(gone))
        .sourceSchema(
            new StructType().add("id", IntegerType.INTEGER).add("gone", BooleanType.BOOLEAN))
        .on("t.id = s.id")
        .whenMatched("s.gone")
        .delete()
        .commit();
    assertThat(rows()).containsExactly("0 ann 10");
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingIsWritten() {
    pets("ann");
    List<Pet> one = List.of(new Pet(1, "x", 1));
    Map<Merge, String> wrong = new HashMap<>();
    wrong.put(table.merge(one).whenMatched().delete(), "needs a condition");
    wrong.put(table.merge(one).on("t.id = s.id"), "needs a clause");
    wrong.put(
        table.merge(one).on("t.id = s.id").whenMatched().delete().whenMatched().updateAll(),
        "must be the last one of its kind");
    wrong.put(table.merge(one).on("id = s.id").whenMatched().delete(), "is ambiguous");
    wrong.put(table.merge(one).on("t.nope = s.id").whenMatched().delete(), "nope");
    wrong.put(
        table.merge(one).on("t.id = s.id").whenNotMatched("t.age = 1").insertAll(),
        "cannot be used here");
    wrong.put(
        table.merge(one).on("t.id = s.id").whenMatched().update(Map.of("nope", "1")),
        "has no column 'nope'");
    wrong.forEach(
        (merge, message) ->
            assertThatThrownBy(merge::commit)
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(MemoryLake.LOCATION));
    assertThat(table.version()).isEqualTo(1);
    assertThat(wrong).hasSize(7);
  }

  @Test
  void tasksThatRunTogetherShareNestedRows() {
    record Nested(int id, List<String> texts, Map<String, Integer> marks) {}
    lake.tasks(new BoundedTasks(task -> new Thread(task, "merge-test").start(), 4));
    NeuralTable shared = lake.table(files);
    shared.create(Nested.class).commit();
    List<Nested> changes = new ArrayList<>();
    for (int file = 0; file < 8; file++) {
      List<Nested> rows = new ArrayList<>();
      for (int id = file * 2000; id < (file + 1) * 2000; id++) {
        rows.add(new Nested(id, List.of(), Map.of()));
        changes.add(new Nested(id, List.of("a" + id, "b"), Map.of("k" + id, id)));
      }
      shared.append(rows).commit();
    }
    shared.merge(changes).on("t.id = s.id").whenMatched().updateAll().commit();
    List<Nested> found = new ArrayList<>();
    try (Rows<Nested> rows = shared.scan().as(Nested.class)) {
      rows.forEach(found::add);
    }
    found.sort(Comparator.comparingInt(Nested::id));
    assertThat(found).isEqualTo(changes);
  }

  @Test
  void onlyFilesThatMayMatchAreAskedFor() {
    List<String> calls = new ArrayList<>();
    FaultyFileStore counted =
        new FaultyFileStore(
            files,
            call -> {
              String name = call.location().substring(call.location().lastIndexOf('/') + 1);
              calls.add(call.operation() + " " + name.replaceAll("^part-.*", "part"));
              return FaultyFileStore.Fault.NONE;
            });
    pets("ann bob", "cid dot", "eve fay");
    NeuralTable handle = lake.table(counted);
    handle.version();
    calls.clear();
    handle.merge(List.of(new Pet(3, "D", 0))).on("t.id = s.id").whenMatched().updateAll().commit();
    // The listing, the file's key column, the file whole, one PUT of it, one of the commit.
    assertThat(calls)
        .containsExactly(
            "listFrom 00000000000000000000.",
            "open part",
            "readFully part",
            "open part",
            "readFully part",
            "create part",
            "close part",
            "writeIfAbsent 00000000000000000004.json");
  }
}
