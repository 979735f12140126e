package io.neuralake;

import static io.neuralake.internal.store.FaultyFileStore.Fault.CRASH_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.CRASH_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.types.StringType;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.FaultyFileStore.SimulatedCrash;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process dies at each storage call in turn, before and after it took effect. */
class CrashPointsTest {

  record Row(int id, String region) {}

  /** An operation, and what of the table shows whether it took place. */
  enum Operation {
    CONVERT(false, table -> table.convert().commit()),
    CREATE(false, table -> table.create(Row.class).partitionedBy("region").commit()),
    APPEND(true, table -> table.append(rows(10, 14)).commit()),
    OVERWRITE(true, table -> table.overwrite(rows(20, 23)).commit()),
    ALTER(true, table -> table.alter().addColumn("note", StringType.STRING).commit()),
    RESTORE(true, table -> table.restore().toVersion(0).commit()),
    REPLACE(true, table -> table.create(Row.class).partitionedBy("region").orReplace().commit());

    final boolean onTable;
    final Consumer<NeuralTable> run;

    Operation(boolean onTable, Consumer<NeuralTable> run) {
      this.onTable = onTable;
      this.run = run;
    }
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, i % 2 == 0 ? "a" : "b")).toList();
  }

  /** Version, columns and rows. */
  private record State(long version, List<String> columns, List<Integer> ids) {
    static final State ABSENT = new State(-1, List.of(), List.of());

    static State of(NeuralTable table) {
      if (!table.exists()) {
        return ABSENT;
      }
      try (Rows<Row> rows = table.scan().select("id", "region").as(Row.class)) {
        return new State(
            table.version(),
            table.schema().fieldNames(),
            rows.stream().map(Row::id).sorted().toList());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void operationTakesPlaceWhollyOrNotAtAll(Operation operation) {
    try (MemoryLake lake = new MemoryLake()) {
      InMemoryFileStore start = new InMemoryFileStore();
      if (operation != Operation.CREATE) {
        lake.table(start)
            .create(Row.class)
            .partitionedBy("region")
            .property("delta.checkpointInterval", "2")
            .commit();
        lake.table(start).append(rows(0, 4)).commit();
      }
      if (!operation.onTable) {
        start.delete(start.locations().stream().filter(f -> f.contains("_delta_log")).toList());
      }
      everyPoint(lake, start, operation.run, State::of);
    }
  }

  /** A version whose checkpoint failed, at whatever call, is as good as without one. */
  @Test
  void checkpointThatFailsHarmsNothing() {
    try (MemoryLake lake = new MemoryLake()) {
      InMemoryFileStore start = new InMemoryFileStore();
      lake.table(start).create(Row.class).property("delta.checkpointInterval", "2").commit();
      lake.table(start).append(rows(0, 4)).commit();
      int published = 0;
      for (int point = 1; point < 100; point++) {
        InMemoryFileStore files = start.copy();
        FaultyFileStore failing = new FaultyFileStore(files, call -> NONE);
        lake.table(failing).append(rows(10, 14)).commit();
        int failAt = failing.calls() + point;
        failing.follow(call -> call.number() == failAt ? fault(call) : NONE);
        boolean crashed = crashes(lake::runBackground);

        NeuralTable fresh = lake.table(files);
        if (files.locations().stream().anyMatch(f -> f.contains("checkpoint"))) {
          published++;
          assertThat(fresh.version()).as("failure at call %s", point).isEqualTo(2);
          assertThat(fresh.count()).as("failure at call %s", point).isEqualTo(8);
        }
        if (failing.calls() < failAt) {
          assertThat(crashed).isFalse();
          assertThat(published).isBetween(1, point - 1);
          return;
        }
      }
      throw new AssertionError("a checkpoint takes fewer than 100 calls");
    }
  }

  /** Reads fail, as they do in practice; writes are where a process dies. */
  private static Fault fault(FaultyFileStore.Call call) {
    return switch (call.operation()) {
      case "create", "close", "write", "writeIfAbsent" -> CRASH_BEFORE;
      default -> FAIL_BEFORE;
    };
  }

  private static void everyPoint(
      MemoryLake lake,
      InMemoryFileStore start,
      Consumer<NeuralTable> operation,
      Function<NeuralTable, State> look) {
    State before = look.apply(lake.table(start));
    InMemoryFileStore good = start.copy();
    operation.accept(lake.table(good));
    State after = look.apply(lake.table(good));
    assertThat(after).isNotEqualTo(before);

    int notAtAll = 0;
    int wholly = 0;
    for (Fault crash : List.of(CRASH_BEFORE, CRASH_AFTER)) {
      boolean crashed = true;
      for (int k = 1; crashed; k++) {
        int point = k;
        InMemoryFileStore files = start.copy();
        FaultyFileStore dying =
            new FaultyFileStore(files, call -> call.number() >= point ? crash : NONE);
        crashed = crashes(() -> operation.accept(lake.table(dying)));
        State found = look.apply(lake.table(files));
        assertThat(found).as("%s at call %s", crash, k).isIn(before, after);
        if (found.equals(before)) {
          notAtAll++;
          operation.accept(lake.table(files));
          assertThat(look.apply(lake.table(files))).as("%s at call %s", crash, k).isEqualTo(after);
        } else {
          wholly++;
          lake.table(files).alter().addColumn("later", StringType.STRING).commit();
          assertThat(look.apply(lake.table(files)).version()).isEqualTo(after.version() + 1);
        }
      }
    }
    assertThat(notAtAll).isPositive();
    assertThat(wholly).isGreaterThan(1);
  }

  private static boolean crashes(Runnable work) {
    try {
      work.run();
      return false;
    } catch (SimulatedCrash e) {
      return true;
    }
  }
}
