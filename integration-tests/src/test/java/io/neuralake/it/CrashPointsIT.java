package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.CrashingWriter.Operation;
import io.neuralake.it.CrashingWriter.Row;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.Rows;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.CrashPoints;
import io.neuralake.testkit.process.CrashPoints.Point;
import io.neuralake.testkit.process.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every operation, killed before each of its storage calls: afterwards all of it is there or
 * nothing, and the table goes on.
 */
@NeuralLakeTest
@Timeout(240)
class CrashPointsIT {
  private static final AtomicInteger TOTAL = new AtomicInteger();

  private final StandaloneReader standalone = new StandaloneReader();

  @AfterAll
  static void report() {
    System.out.println("crash points in total: " + TOTAL);
  }

  /** Version, columns and rows. */
  private record State(long version, List<String> columns, List<Integer> ids) {
    static State of(NeuralTable table) {
      if (!table.exists()) {
        return new State(-1, List.of(), List.of());
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
  void killedOnLocalDisk(Operation operation, @TempDir Path folder) throws Exception {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      killAtEachPoint(
          operation,
          Map.of(),
          number -> lake.table(folder.resolve("t" + number)),
          number -> {
            Path path = folder.resolve("t" + number);
            NeuralTable table = lake.table(path);
            if (operation == Operation.DELETE_BY_VECTORS) {
              return; // the witness cannot read them
            }
            assertThat(standalone.read(path, "id", "region"))
                .isEqualTo(ScanContent.of(table.scan().select("id", "region")));
            assertThat(standalone.latestVersion(path)).isEqualTo(table.version());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "APPEND_OF_SEVERAL_FILES"})
  void killedOnS3(Operation operation, S3Bucket bucket) throws Exception {
    try (NeuralLake lake = bucket.newLake()) {
      killAtEachPoint(
          operation,
          bucket.env(),
          number -> lake.table(bucket.location(operation + "/t" + number)),
          number -> {});
    }
  }

  private interface Witness {
    void agrees(int number);
  }

  private static void killAtEachPoint(
      Operation operation,
      Map<String, String> env,
      IntFunction<NeuralTable> tables,
      Witness witness)
      throws Exception {
    State before = State.of(stage(operation, tables.apply(0)));
    AtomicInteger wholly = new AtomicInteger();
    List<Point> points =
        CrashPoints.enumerate(
            1,
            new CrashPoints.Trial() {
              @Override
              public JavaProcess.Builder program(int number) {
                NeuralTable table = stage(operation, tables.apply(number));
                return JavaProcess.of(
                        CrashingWriter.class, operation.name(), table.location(), "" + number)
                    .environment(env)
                    .jvmArguments(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xshare:auto");
              }

              @Override
              public void afterwards(Point point) {
                NeuralTable table = tables.apply(point.number());
                State found = State.of(table);
                if (found.equals(before)) {
                  assertThat(wholly).as("after it was there, at %s", point).hasValue(0);
                  assertThat(point.place()).isNotEqualTo(Point.END);
                } else {
                  wholly.incrementAndGet();
                }
                goOn(operation, table, before, found, point);
                witness.agrees(point.number());
              }
            });
    assertThat(wholly).hasPositiveValue();
    assertThat(points).hasSizeGreaterThan(wholly.get());
    TOTAL.addAndGet(points.size());
    System.out.println(
        operation + ": " + points.size() + " crash points, whole after the last " + wholly);
  }

  private static NeuralTable stage(Operation operation, NeuralTable table) {
    if (operation != Operation.CREATE) {
      boolean checkpoint = operation == Operation.APPEND_AND_CHECKPOINT;
      boolean changes = operation == Operation.UPDATE;
      table
          .create(Row.class)
          .partitionedBy("region")
          .property("delta.checkpointInterval", checkpoint ? "2" : "100")
          .property("delta.enableChangeDataFeed", Boolean.toString(changes))
          .property(
              "delta.enableDeletionVectors",
              Boolean.toString(operation == Operation.DELETE_BY_VECTORS))
          .commit();
      if (operation == Operation.OPTIMIZE) { // two files of each region
        table.append(CrashingWriter.rows(0, 2)).commit();
        table.append(CrashingWriter.rows(2, 4)).commit();
      } else {
        table.append(CrashingWriter.rows(0, 4)).commit();
      }
      if (operation == Operation.VACUUM_AND_APPEND) {
        table.overwrite(CrashingWriter.rows(0, 4)).commit();
      }
    }
    return table;
  }

  /** All or nothing is there; the operation is repeated where it must be, or may be. */
  private static void goOn(
      Operation operation, NeuralTable table, State before, State found, Point point) {
    State after = expected(operation, before);
    assertThat(found).as("%s", point).isIn(before, after);
    if (found.equals(before) || operation.idempotent) {
      operation.on(table);
      State repeated = State.of(table);
      if (operation != Operation.APPENDS_IN_ONE_VERSION) { // here they need not go together
        assertThat(repeated.version()).as("repeated after %s", point).isEqualTo(after.version());
      }
      assertThat(repeated.ids()).as("repeated after %s", point).isEqualTo(after.ids());
      assertThat(repeated.columns()).isEqualTo(after.columns());
    }
    long version = table.version();
    table.append(List.of(new Row(99, "b"))).commit();
    assertThat(table.version()).as("%s", point).isEqualTo(version + 1);
    assertThat(State.of(table).ids()).as("%s", point).contains(99).hasSize(after.ids().size() + 1);
  }

  private static State expected(Operation operation, State before) {
    List<Integer> ids =
        switch (operation) {
          case CREATE -> List.of();
          case APPEND, VACUUM_AND_APPEND -> List.of(0, 1, 2, 3, 10);
          case APPEND_OF_SEVERAL_FILES -> List.of(0, 1, 2, 3, 10, 11, 12, 13, 14, 15, 16, 17);
          case IDEMPOTENT_APPEND -> List.of(0, 1, 2, 3, 10, 11, 12, 13);
          case APPENDS_IN_ONE_VERSION -> List.of(0, 1, 2, 3, 10, 11, 12);
          case OVERWRITE -> List.of(20, 21, 22);
          case MERGE -> List.of(1, 2, 3, 40);
          case DELETE_BY_VECTORS -> List.of(2, 3);
          case UPDATE -> List.of(0, 2, 3, 9);
          case ALTER, OPTIMIZE -> before.ids();
          case APPEND_AND_CHECKPOINT -> List.of(0, 1, 2, 3, 10, 11);
        };
    List<String> columns =
        operation == Operation.ALTER ? List.of("id", "region", "note") : List.of("id", "region");
    return new State(before.version() + 1, columns, ids);
  }
}
