package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.maintain.Optimize;
import io.neuralake.maintain.OptimizeResult;
import io.neuralake.read.Rows;
import io.neuralake.read.TableSnapshot;
import io.neuralake.write.CommitResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * Random sequences of row changes and optimizations against a table that is a list, looked at in
 * every version.
 */
class RandomRowChangesTest {

  record Row(int id, @Nullable String p, @Nullable Integer v, double d) {}

  record Changed(int id, @Nullable String p, @Nullable Integer v, double d, String _change_type) {}

  private static final String CHANGES = "delta.enableChangeDataFeed";

  private static final Comparator<Row> ORDER =
      Comparator.comparingInt(Row::id).thenComparing(Row::toString);

  /** A condition in SQL, and what it means. */
  private record Condition(String sql, Predicate<Row> holds) {}

  private record Setting(String column, String sql, UnaryOperator<Row> apply) {}

  private InMemoryFileStore files = new InMemoryFileStore();
  private final List<List<Row>> versions = new ArrayList<>();
  private List<Row> rows = List.of();
  private int nextId;
  private boolean partitioned;

  @Property(tries = 50)
  void tableEqualsItsModelInEveryVersion(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    files = new InMemoryFileStore();
    versions.clear();
    rows = List.of();
    nextId = 0;
    try (MemoryLake lake = new MemoryLake(seed)) {
      lake.tasks(new SerializingTasks(null));
      NeuralTable table = lake.table(files);
      create(table, random);
      for (int i = 0; i < 12; i++) {
        step(table, random);
      }
      for (int version = 0; version < versions.size(); version++) {
        TableSnapshot snapshot = table.asOf(version);
        assertThat(read(snapshot)).as("version " + version).isEqualTo(versions.get(version));
        assertThat(snapshot.scan().count()).isEqualTo(versions.get(version).size());
        if (version > 0 && "true".equals(table.properties().get(CHANGES))) {
          assertThat(changed(table, version))
              .as("changes of %d", version)
              .isEqualTo(read(snapshot));
        }
      }
    }
  }

  private void create(NeuralTable table, SplittableRandom random) {
    var create = table.create(Row.class);
    partitioned = random.nextBoolean();
    if (partitioned) {
      create = create.partitionedBy("p");
    }
    for (String flag : List.of("delta.enableDeletionVectors", CHANGES, "delta.enableRowTracking")) {
      create = create.property(flag, Boolean.toString(random.nextBoolean()));
    }
    if (random.nextBoolean()) {
      create = create.property("delta.columnMapping.mode", "name");
    }
    create.property("delta.checkpointInterval", "4").commit();
    remember(0);
  }

  private void remember(long version) {
    assertThat(version).isEqualTo(versions.size());
    versions.add(rows.stream().sorted(ORDER).toList());
  }

  private void step(NeuralTable table, SplittableRandom random) {
    Condition where = condition(random, 2);
    List<Row> matching = rows.stream().filter(where.holds()).toList();
    switch (random.nextInt(8)) {
      case 0, 1 -> {
        List<Row> more = newRows(random, 1 + random.nextInt(30));
        rows = Stream.concat(rows.stream(), more.stream()).toList();
        remember(table.append(more).commit().version());
      }
      case 2, 3 -> {
        CommitResult result = table.delete().where(where.sql()).commit();
        rows = rows.stream().filter(where.holds().negate()).toList();
        assertThat(result.committed()).isEqualTo(!matching.isEmpty());
        assertThat(result.changes().rowsDeleted()).isEqualTo(matching.size());
        rememberIf(result);
      }
      case 4 -> {
        List<Row> more = newRows(random, 20).stream().filter(where.holds()).toList();
        CommitResult result = table.overwrite(more).where(where.sql()).commit();
        replace(where.holds(), more);
        assertThat(result.committed()).isEqualTo(!matching.isEmpty() || !more.isEmpty());
        rememberIf(result);
      }
      case 5 -> {
        List<Row> more = newRows(random, random.nextInt(4));
        if (partitioned) {
          CommitResult result = table.overwrite(more).dynamicPartitions().commit();
          replace(r -> more.stream().anyMatch(m -> Objects.equals(m.p(), r.p())), more);
          assertThat(result.committed()).isEqualTo(!more.isEmpty());
          rememberIf(result);
        }
      }
      case 6 -> {
        long small = 500 + random.nextInt(3000);
        Optimize optimize = table.optimize().minFileSize(small).targetFileSize(2 * small);
        OptimizeResult result =
            switch (random.nextInt(3)) {
              case 0 -> optimize.zOrderBy("id", "v", "d").sortMemory(1000).run();
              case 1 -> optimize.hilbertBy("v", "d").run();
              default -> optimize.purgeAbove(0.2).run();
            };
        result.versions().forEach(this::remember);
      }
      default -> {
        Setting setting = setting(random);
        CommitResult result =
            table.update().set(setting.column(), setting.sql()).where(where.sql()).commit();
        rows =
            rows.stream().map(r -> where.holds().test(r) ? setting.apply().apply(r) : r).toList();
        assertThat(result.committed()).isEqualTo(!matching.isEmpty());
        assertThat(result.changes().rowsUpdated()).isEqualTo(matching.size());
        rememberIf(result);
      }
    }
  }

  private void replace(Predicate<Row> gone, List<Row> more) {
    rows = Stream.concat(rows.stream().filter(gone.negate()), more.stream()).toList();
  }

  private void rememberIf(CommitResult result) {
    if (result.committed()) {
      remember(result.version());
    }
  }

  private List<Row> newRows(SplittableRandom random, int count) {
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String[] partitions = {"a", "b", "c d", null};
      made.add(
          new Row(
              nextId++,
              partitions[random.nextInt(4)],
              random.nextInt(4) == 0 ? null : random.nextInt(10),
              random.nextInt(100) / 4.0));
    }
    return made;
  }

  private Condition condition(SplittableRandom random, int depth) {
    int n = random.nextInt(10);
    int id = random.nextInt(nextId + 1);
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0 -> new Condition("p = 'a'", r -> "a".equals(r.p()));
      case 1 -> new Condition("p IS NULL", r -> r.p() == null);
      case 2 -> new Condition("v < " + n, r -> r.v() != null && r.v() < n);
      case 3 -> new Condition("id >= " + id, r -> r.id() >= id);
      case 4 -> new Condition("id = " + id, r -> r.id() == id);
      case 5 -> new Condition("v IS NULL OR d > 20", r -> r.v() == null || r.d() > 20);
      default -> {
        Condition one = condition(random, depth - 1);
        Condition other = condition(random, depth - 1);
        yield new Condition(
            "(" + one.sql() + ") AND (" + other.sql() + ")", one.holds().and(other.holds()));
      }
    };
  }

  private static Setting setting(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 ->
          new Setting(
              "v", "v + 1", r -> new Row(r.id(), r.p(), r.v() == null ? null : r.v() + 1, r.d()));
      case 1 -> new Setting("p", "'b'", r -> new Row(r.id(), "b", r.v(), r.d()));
      case 2 -> new Setting("v", "NULL", r -> new Row(r.id(), r.p(), null, r.d()));
      default ->
          new Setting(
              "d",
              "COALESCE(v, id) * 2",
              r -> new Row(r.id(), r.p(), r.v(), Objects.requireNonNullElse(r.v(), r.id()) * 2.0));
    };
  }

  /** The version before with what the change feed says of this one. */
  private List<Row> changed(NeuralTable table, int version) {
    List<Row> state = new ArrayList<>(versions.get(version - 1));
    List<Row> added = new ArrayList<>();
    try (Rows<Changed> changes = table.changes().from(version).to(version).as(Changed.class)) {
      changes.stream()
          .forEach(
              c -> {
                Row row = new Row(c.id(), c.p(), c.v(), c.d());
                if (c._change_type().equals("insert")
                    || c._change_type().equals("update_postimage")) {
                  added.add(row);
                } else {
                  assertThat(state.remove(row)).as("%s was there", c).isTrue();
                }
              });
    }
    state.addAll(added);
    return state.stream().sorted(ORDER).toList();
  }

  private static List<Row> read(TableSnapshot snapshot) {
    try (Rows<Row> found = snapshot.scan().parallelism(1).as(Row.class)) {
      return found.stream().sorted(ORDER).toList();
    }
  }
}
