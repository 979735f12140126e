package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delta.kernel.TableManager;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.exec.WorkerPool;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.lock.LockProviders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The replay finds the files that Kernel finds. */
class LogReplayTest {

  private static final String TABLE = "mem://lake/t";

  @TestFactory
  List<DynamicTest> findsTheFilesOfGoldenTablesThatKernelFinds() throws IOException {
    String golden = System.getProperty("neuralake.golden", "");
    assumeTrue(
        !golden.isEmpty() && Files.isDirectory(Path.of(golden)),
        "no golden tables: set the system property neuralake.golden to their folder");
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(Path.of(golden))) {
      for (Path log : paths.filter(p -> p.endsWith("_delta_log")).sorted().toList()) {
        Path table = log.getParent();
        String name = Path.of(golden).relativize(table).toString();
        if (name.contains("canonicalized-paths")) {
          continue; // Kernel compares the text; see QualifiedPathsTest
        }
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () -> {
                  try (FileStore store = new LocalFileStore(new Random(1))) {
                    check("file://" + table.toAbsolutePath(), store);
                  }
                }));
      }
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  @Property(tries = 60)
  void findsTheFilesOfRandomLogsThatKernelFinds(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int commits) throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    RandomLog.write(store, TABLE, new Random(seed), commits);
    assertThat(check(TABLE, store)).isTrue();
  }

  /** Compares both readers; false if neither can read the table. */
  private static boolean check(String table, FileStore store) throws IOException {
    List<DataFile> expected;
    try {
      expected = kernelFiles(table, store);
    } catch (RuntimeException | IOException e) {
      assertThatThrownBy(() -> files(table, store, true))
          .as("Kernel refuses the table: %s", e)
          .isInstanceOf(io.neuralake.error.NeuralLakeException.class)
          .hasMessageContaining(table.substring(table.lastIndexOf('/') + 1));
      return false;
    }
    assertThat(files(table, store, true)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(files(table, store, false))
        .containsExactlyInAnyOrderElementsOf(
            expected.stream().map(LogReplayTest::withoutStats).toList());
    return true;
  }

  private static DataFile withoutStats(DataFile file) {
    return new DataFile(
        file.path(),
        file.partitionValues(),
        file.size(),
        file.modificationTime(),
        null,
        file.deletionVector(),
        file.tags(),
        file.baseRowId(),
        file.defaultRowCommitVersion());
  }

  private static List<DataFile> files(String table, FileStore store, boolean withStats) {
    List<DataFile> files = new ArrayList<>();
    try (RootAllocator allocator = new RootAllocator();
        WorkerPool workers = new WorkerPool()) {
      TableLog log =
          new TableLog(
              table, store, LockProviders.inProcess(), allocator, workers, new LogCache(1 << 20));
      try (LogSnapshot.Files live = log.latest().files(withStats)) {
        while (live.hasNext()) {
          files.add(live.next());
        }
      }
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
    return files;
  }

  private static List<DataFile> kernelFiles(String table, FileStore store) throws IOException {
    Engine engine = KernelEngine.on(store);
    List<DataFile> files = new ArrayList<>();
    var snapshot = TableManager.loadSnapshot(table).build(engine);
    try (var batches = ((ScanImpl) snapshot.getScanBuilder().build()).getScanFiles(engine, true)) {
      while (batches.hasNext()) {
        try (var rows = batches.next().getRows()) {
          while (rows.hasNext()) {
            files.add(file(table, rows.next().getStruct(0)));
          }
        }
      }
    }
    return files;
  }

  private static DataFile file(String table, Row add) {
    int vector = add.getSchema().indexOf("deletionVector");
    int tags = add.getSchema().indexOf("tags");
    int stats = add.getSchema().indexOf("stats");
    return new DataFile(
        DataPaths.qualify(table, add.getString(add.getSchema().indexOf("path"))),
        strings(add.getMap(add.getSchema().indexOf("partitionValues"))),
        add.getLong(add.getSchema().indexOf("size")),
        add.getLong(add.getSchema().indexOf("modificationTime")),
        add.isNullAt(stats) ? null : add.getString(stats),
        add.isNullAt(vector) ? null : vector(add.getStruct(vector)),
        add.isNullAt(tags) ? null : strings(add.getMap(tags)),
        longOrNull(add, "baseRowId"),
        longOrNull(add, "defaultRowCommitVersion"));
  }

  private static Long longOrNull(Row row, String name) {
    int at = row.getSchema().indexOf(name);
    return row.isNullAt(at) ? null : (Long) row.getLong(at);
  }

  private static DeletionVector vector(Row row) {
    DeletionVectorDescriptor dv = DeletionVectorDescriptor.fromRow(row);
    return new DeletionVector(
        dv.getStorageType(),
        dv.getPathOrInlineDv(),
        dv.getOffset().orElse(null),
        dv.getSizeInBytes(),
        dv.getCardinality());
  }

  private static Map<String, String> strings(MapValue map) {
    Map<String, String> strings = new HashMap<>();
    for (int i = 0; i < map.getSize(); i++) {
      boolean isNull = map.getValues().isNullAt(i);
      strings.put(map.getKeys().getString(i), isNull ? null : map.getValues().getString(i));
    }
    return strings;
  }

  @Test
  void aDamagedLineIsNamedWithItsFile() throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    RandomLog.write(store, TABLE, new Random(1), 1);
    String commit = TABLE + "/_delta_log/00000000000000000001.json";
    store.write(
        commit,
        ("\n{\"commitInfo\":{}}\n{\"add\":{\"path\":\"a\",\"partitionValues\":{},\"size\":\"7\"")
            .getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> files(TABLE, store, true))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(commit + ": line 3 is not valid");
    store.write(
        commit,
        "{\"add\":{\"path\":\"a\",\"size\":1,\"modificationTime\":1,\"partitionValues\":{}}} {}"
            .getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> files(TABLE, store, true))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(commit + ": line 1 is not valid: something follows its JSON object");
    store.write(
        commit,
        "{\"add\":{\"path\":\"a\",\"partitionValues\":{}}}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> files(TABLE, store, true))
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining(commit + ": line 1 is not valid: 'size' is missing");
  }

  @Test
  void ofANameThatStandsTwiceTheLastValueCounts() throws IOException {
    InMemoryFileStore store = new InMemoryFileStore();
    RandomLog.write(store, TABLE, new Random(1), 1);
    List<DataFile> before = files(TABLE, store, true);
    store.write(
        TABLE + "/_delta_log/00000000000000000001.json",
        ("{\"add\":{\"path\":\"x\",\"path\":\"y\",\"size\":1,\"size\":2,\"modificationTime\":1,"
                + "\"partitionValues\":{\"p\":\"1\",\"p\":null,\"q\":true},\"odd\":[{}]},"
                + "\"add\":{\"path\":\"z\",\"size\":3,\"modificationTime\":1,"
                + "\"partitionValues\":{\"p\":\"1\",\"p\":null,\"q\":true},\"odd\":[{\"a\":[]}]}}")
            .getBytes(StandardCharsets.UTF_8));
    List<DataFile> after = new ArrayList<>(files(TABLE, store, true));
    after.removeAll(before);
    assertThat(after).hasSize(1);
    assertThat(after.get(0).path()).isEqualTo("z");
    assertThat(after.get(0).size()).isEqualTo(3);
    assertThat(after.get(0).partitionValues()).containsEntry("p", null).containsEntry("q", "true");
  }

  @Test
  void aSidecarOutsideOfItsFolderIsRefused() {
    assertThat(LogPaths.sidecar("s3://b/t", "a%20b.parquet"))
        .isEqualTo("s3://b/t/_delta_log/_sidecars/a b.parquet");
    assertThat(LogPaths.sidecar("s3://b/t", "s3://b/t/_delta_log/_sidecars/a.parquet"))
        .isEqualTo("s3://b/t/_delta_log/_sidecars/a.parquet");
    for (String path : List.of("../a.parquet", "x/a.parquet", "s3://b/u/a.parquet", "%2e%2e", "")) {
      assertThatThrownBy(() -> LogPaths.sidecar("s3://b/t", path))
          .isInstanceOf(CorruptTableException.class)
          .hasMessageContaining("names the sidecar '" + path + "'");
    }
  }
}
