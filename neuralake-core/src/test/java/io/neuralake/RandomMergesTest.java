package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import io.neuralake.schema.Schemas;
import io.neuralake.write.CommitResult;
import io.neuralake.write.Merge;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Random merges against a table that is a list, with tasks that travel as bytes. */
class RandomMergesTest {

  record Inner(@Nullable Integer n, @Nullable List<String> texts) {}

  record Row(@Nullable Integer k, @Nullable String p, @Nullable Integer v, @Nullable Inner inner) {}

  /** A condition on a row of the table and one of the source, either of which may be missing. */
  private record Condition(String sql, BiPredicate<Row, Row> holds) {}

  private enum Action {
    UPDATE_ALL,
    UPDATE,
    DELETE
  }

  private record Clause(@Nullable Condition condition, Action action) {
    boolean appliesTo(@Nullable Row t, @Nullable Row s) {
      return condition == null || condition.holds().test(t, s);
    }
  }

  private static final List<Condition> JOINS =
      List.of(
          new Condition("t.k = s.k", (t, s) -> t.k() != null && t.k().equals(s.k())),
          new Condition("t.k <=> s.k", (t, s) -> Objects.equals(t.k(), s.k())),
          new Condition(
              "s.k = t.k AND t.p = s.p",
              (t, s) -> t.k() != null && t.k().equals(s.k()) && equal(t.p(), s.p())),
          new Condition(
              "t.k = s.k AND t.v > 4",
              (t, s) -> t.k() != null && t.k().equals(s.k()) && t.v() != null && t.v() > 4),
          new Condition(
              "t.k = s.v + 1 AND t.v <> s.k AND s.p = 'a'",
              (t, s) ->
                  t.k() != null
                      && s.v() != null
                      && t.k() == s.v() + 1
                      && differ(t.v(), s.k())
                      && "a".equals(s.p())),
          new Condition(
              "t.k < s.k AND t.v = 3", (t, s) -> less(t.k(), s.k()) && t.v() != null && t.v() == 3),
          new Condition("false", (t, s) -> false));

  private static boolean equal(@Nullable Object a, @Nullable Object b) {
    return a != null && a.equals(b);
  }

  private static boolean differ(@Nullable Object a, @Nullable Object b) {
    return a != null && b != null && !a.equals(b);
  }

  private static boolean less(@Nullable Integer a, @Nullable Integer b) {
    return a != null && b != null && a < b;
  }

  private static @Nullable Condition matchedIf(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Condition("t.v < s.v", (t, s) -> less(t.v(), s.v()));
      case 1 -> new Condition("s.p = 'a'", (t, s) -> "a".equals(s.p()));
      case 2 ->
          new Condition("t.inner.n IS NULL", (t, s) -> t.inner() == null || t.inner().n() == null);
      default -> null;
    };
  }

  private static @Nullable Condition insertedIf(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Condition("s.v > 3", (t, s) -> s.v() != null && s.v() > 3);
      case 1 -> new Condition("p IS NULL", (t, s) -> s.p() == null);
      default -> null;
    };
  }

  private static @Nullable Condition aloneIf(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Condition("t.v = 5", (t, s) -> t.v() != null && t.v() == 5);
      case 1 -> new Condition("p = 'b'", (t, s) -> "b".equals(t.p()));
      default -> null;
    };
  }

  @Property(tries = 80)
  void tableEqualsItsModel(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    InMemoryFileStore files = new InMemoryFileStore();
    try (MemoryLake lake = new MemoryLake(seed)) {
      if (random.nextBoolean()) {
        lake.tasks(new SerializingTasks(null));
      }
      NeuralTable table = lake.table(files);
      create(table, random);
      List<Row> rows = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        List<Row> more = rows(random, random.nextInt(12));
        table.append(more).commit();
        rows.addAll(more);
      }
      for (int i = 0; i < 4; i++) {
        rows = merged(table, rows, random);
        assertThat(read(table)).containsExactlyInAnyOrderElementsOf(rows);
      }
    }
  }

  private static void create(NeuralTable table, SplittableRandom random) {
    var create = table.create(Row.class);
    if (random.nextBoolean()) {
      create = create.partitionedBy("p");
    }
    for (String flag :
        List.of(
            "delta.enableDeletionVectors",
            "delta.enableChangeDataFeed",
            "delta.enableRowTracking")) {
      create = create.property(flag, Boolean.toString(random.nextBoolean()));
    }
    if (random.nextBoolean()) {
      create = create.property("delta.columnMapping.mode", "name");
    }
    create.commit();
  }

  private static List<Row> rows(SplittableRandom random, int count) {
    List<Row> made = new ArrayList<>();
    String[] partitions = {"a", "b", null};
    for (int i = 0; i < count; i++) {
      made.add(
          new Row(
              random.nextInt(8) == 0 ? null : random.nextInt(25),
              partitions[random.nextInt(3)],
              random.nextInt(6) == 0 ? null : random.nextInt(8),
              random.nextInt(3) == 0
                  ? null
                  : new Inner(
                      random.nextBoolean() ? null : random.nextInt(5),
                      random.nextBoolean() ? null : List.of("x" + i))));
    }
    return made;
  }

  /** Merges into the table, and says what should come of it. */
  private static List<Row> merged(NeuralTable table, List<Row> rows, SplittableRandom random) {
    List<Row> source = rows(random, random.nextInt(12));
    Condition join = JOINS.get(random.nextInt(JOINS.size()));
    List<Clause> matched = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      matched.add(clause(matched, matchedIf(random), random, 3));
    }
    List<Clause> inserts = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      inserts.add(clause(inserts, insertedIf(random), random, 2));
    }
    List<Clause> alone = new ArrayList<>();
    for (int i = Math.max(0, random.nextInt(5) - 2); i > 0; i--) {
      alone.add(clause(alone, aloneIf(random), random, 3));
    }
    Merge merge = table.merge(source).on(join.sql()).sourceMemory(random.nextInt(2, 2000));
    if (source.isEmpty()) {
      merge = merge.sourceSchema(Schemas.fromClass(Row.class));
    }
    for (Clause clause : matched) {
      Condition condition = clause.condition();
      Merge.Matched when =
          condition == null ? merge.whenMatched() : merge.whenMatched(condition.sql());
      merge =
          switch (clause.action()) {
            case UPDATE_ALL -> when.updateAll();
            case UPDATE -> when.update(Map.of("v", "COALESCE(s.v, t.v) * 2", "p", "s.p"));
            case DELETE -> when.delete();
          };
    }
    for (Clause clause : inserts) {
      Condition condition = clause.condition();
      Merge.NotMatched when =
          condition == null ? merge.whenNotMatched() : merge.whenNotMatched(condition.sql());
      merge =
          clause.action() == Action.UPDATE_ALL
              ? when.insertAll()
              : when.insert(Map.of("k", "s.k", "inner", "s.inner"));
    }
    for (Clause clause : alone) {
      Condition condition = clause.condition();
      Merge.NotMatchedBySource when =
          condition == null
              ? merge.whenNotMatchedBySource()
              : merge.whenNotMatchedBySource(condition.sql());
      merge =
          clause.action() == Action.DELETE ? when.delete() : when.update(Map.of("v", "t.v + 1"));
    }
    if (matched.isEmpty() && inserts.isEmpty() && alone.isEmpty()) {
      return rows;
    }
    Model model = new Model(matched, inserts, alone);
    List<Row> expected = model.merge(rows, source, join);
    if (expected == null) {
      assertThatThrownBy(merge::commit)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("several rows of the source");
      return rows;
    }
    CommitResult result = merge.commit();
    assertThat(result.committed()).isEqualTo(model.updated + model.deleted + model.inserted > 0);
    assertThat(result.changes().rowsUpdated()).isEqualTo(model.updated);
    assertThat(result.changes().rowsDeleted()).isEqualTo(model.deleted);
    assertThat(result.changes().rowsAdded()).isEqualTo(model.inserted);
    if (result.committed()) {
      assertThat(table.history(1).get(0).metrics())
          .containsEntry("numSourceRows", Integer.toString(source.size()));
    }
    return expected;
  }

  /** The last of a kind may be without a condition. */
  private static Clause clause(
      List<Clause> before, @Nullable Condition condition, SplittableRandom random, int actions) {
    Clause last = before.isEmpty() ? null : before.get(before.size() - 1);
    if (last != null && last.condition() == null) {
      before.remove(last);
    }
    return new Clause(condition, Action.values()[random.nextInt(actions)]);
  }

  /** Merges, row by row. */
  private static final class Model {
    private final List<Clause> matched;
    private final List<Clause> inserts;
    private final List<Clause> alone;
    private int updated;
    private int deleted;
    private int inserted;

    Model(List<Clause> matched, List<Clause> inserts, List<Clause> alone) {
      this.matched = matched;
      this.inserts = inserts;
      this.alone = alone;
    }

    /** Null if it is not clear what should be. */
    @Nullable List<Row> merge(List<Row> table, List<Row> source, Condition join) {
      List<Row> result = new ArrayList<>();
      Set<Integer> used = new HashSet<>();
      boolean onlyDelete =
          matched.size() == 1
              && matched.get(0).action() == Action.DELETE
              && matched.get(0).condition() == null;
      for (Row t : table) {
        boolean partner = false;
        int changes = 0;
        Row after = t;
        for (int i = 0; i < source.size(); i++) {
          Row s = source.get(i);
          if (!join.holds().test(t, s)) {
            continue;
          }
          partner = true;
          used.add(i);
          Clause clause = first(matched, t, s);
          if (clause != null) {
            changes++;
            after = changed(clause, t, s);
          }
        }
        if (changes > 1 && !onlyDelete) {
          return null;
        }
        if (!partner) {
          Clause clause = first(alone, t, null);
          if (clause != null) {
            changes = 1;
            after = clause.action() == Action.DELETE ? null : withV(t, add(t.v(), 1));
          }
        }
        updated += changes > 0 && after != null ? 1 : 0;
        deleted += after == null ? 1 : 0;
        Stream.ofNullable(after).forEach(result::add);
      }
      for (int i = 0; i < source.size(); i++) {
        Row s = source.get(i);
        Clause clause = used.contains(i) ? null : first(inserts, null, s);
        if (clause != null) {
          inserted++;
          result.add(
              clause.action() == Action.UPDATE_ALL ? s : new Row(s.k(), null, null, s.inner()));
        }
      }
      return result;
    }

    private static @Nullable Clause first(List<Clause> clauses, @Nullable Row t, @Nullable Row s) {
      return clauses.stream().filter(c -> c.appliesTo(t, s)).findFirst().orElse(null);
    }

    private static @Nullable Row changed(Clause clause, Row t, Row s) {
      return switch (clause.action()) {
        case UPDATE_ALL -> s;
        case DELETE -> null;
        case UPDATE -> {
          Integer v = s.v() == null ? t.v() : s.v();
          yield new Row(t.k(), s.p(), v == null ? null : v * 2, t.inner());
        }
      };
    }

    private static Row withV(Row row, @Nullable Integer v) {
      return new Row(row.k(), row.p(), v, row.inner());
    }

    private static @Nullable Integer add(@Nullable Integer value, int more) {
      return value == null ? null : value + more;
    }
  }

  private static List<Row> read(NeuralTable table) {
    List<Row> all = new ArrayList<>();
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      rows.forEach(all::add);
    }
    all.sort(Comparator.comparing(Row::toString));
    return all;
  }
}
