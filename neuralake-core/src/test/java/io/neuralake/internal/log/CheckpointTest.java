package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A checkpoint says what the commits say. */
class CheckpointTest {

  private static final String TABLE = "mem://lake/t";
  private static final String LOG = TABLE + "/_delta_log/";
  private static final Instant NOW = Instant.parse("2026-01-31T00:00:00Z");
  private static final String V2 = "\"delta.checkpointPolicy\":\"v2\"";

  private final InMemoryFileStore store = new InMemoryFileStore();

  /** What a version holds, as readers see it. */
  private record State(
      List<DataFile> files, Map<String, String> domains, Object metadata, Object protocol) {
    static State of(LogSnapshot snapshot) {
      List<DataFile> files = new ArrayList<>();
      try (LogSnapshot.Files live = snapshot.files(true)) {
        while (live.hasNext()) {
          files.add(live.next());
        }
      }
      files.sort((a, b) -> a.toString().compareTo(b.toString()));
      return new State(files, snapshot.domains(), snapshot.metadata(), snapshot.protocol());
    }
  }

  @Property(tries = 60)
  void aTableReadFromItsCheckpointAloneIsTheSame(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int commits, @ForAll boolean v2)
      throws IOException {
    InMemoryFileStore files = new InMemoryFileStore();
    RandomLog.write(files, TABLE, new Random(seed), commits);
    String extra =
        metadata(v2 ? V2 : "\"a\":\"b\"")
            + "{\"txn\":{\"appId\":\"app\",\"version\":7,\"lastUpdated\":1}}\n"
            + "{\"domainMetadata\":{\"domain\":\"d\",\"configuration\":\"{}\",\"removed\":false}}\n"
            + "{\"domainMetadata\":{\"domain\":\"e\",\"configuration\":\"\",\"removed\":true}}\n";
    put(files, LogPaths.commit(TABLE, commits), extra);
    try (RootAllocator allocator = new RootAllocator()) {
      TableLog log = log(files, allocator);
      State expected = State.of(log.latest());
      for (String file : files.locations()) {
        if (file.contains("checkpoint.") && file.contains(LogPaths.versionDigits(commits))) {
          throw new AssertionError(file);
        }
      }
      List<String> before = files.locations();
      new Checkpoint(log.latest(), NOW, uuids(seed)).write();
      assertThat(State.of(log.latest())).isEqualTo(expected);

      List<String> old = new ArrayList<>(before);
      old.removeIf(
          f -> f.endsWith("_last_checkpoint") || f.equals(LogPaths.commit(TABLE, commits)));
      files.delete(old);
      LogSnapshot alone = log.latest();
      assertThat(State.of(alone)).isEqualTo(expected);
      assertThat(alone.domains()).containsExactly(Map.entry("d", "{}"));
      assertThat(alone.transaction("app")).contains(new Action.SetTransaction("app", 7, 1L));
      assertThat(files.locations().stream().anyMatch(f -> f.contains("_sidecars/")))
          .isEqualTo(v2 && !expected.files().isEmpty());

      // Once more, from the checkpoint: nothing is lost on the way.
      put(files, LogPaths.commit(TABLE, commits + 1), "{\"commitInfo\":{}}\n");
      new Checkpoint(log.latest(), NOW, uuids(seed + 1)).write();
      files.delete(List.of(LogPaths.commit(TABLE, commits)));
      assertThat(State.of(log.latest())).isEqualTo(expected);
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  @Test
  void whatHasExpiredIsForgottenAndNothingElse() throws IOException {
    String properties =
        "\"delta.deletedFileRetentionDuration\":\"interval 7 days\","
            + "\"delta.setTransactionRetentionDuration\":\"interval 7 days\"";
    long fresh = NOW.minus(Duration.ofDays(6)).toEpochMilli();
    long old = NOW.minus(Duration.ofDays(8)).toEpochMilli();
    put(
        store,
        LogPaths.commit(TABLE, 0),
        RandomLog.PROTOCOL
            + metadata(properties)
            + add("back")
            + txn("fresh", ",\"lastUpdated\":" + fresh)
            + txn("old", ",\"lastUpdated\":" + old)
            + txn("silent", ""));
    put(
        store,
        LogPaths.commit(TABLE, 1),
        remove("back", fresh) + remove("young", fresh) + remove("aged", old));
    put(store, LogPaths.commit(TABLE, 2), add("back"));
    try (RootAllocator allocator = new RootAllocator()) {
      TableLog log = log(store, allocator);
      new Checkpoint(log.latest(), NOW, uuids(1)).write();
      assertThat(removes(2, allocator)).containsExactly("young");
      assertThat(log.latest().transaction("fresh")).isPresent();
      store.delete(List.of(LogPaths.commit(TABLE, 0), LogPaths.commit(TABLE, 1)));
      assertThat(log.latest().transaction("old")).isEmpty();
      assertThat(log.latest().transaction("silent")).isEmpty();
      assertThat(State.of(log.latest()).files()).extracting(DataFile::path).containsExactly("back");

      // A tombstone of an older checkpoint is still one: VACUUM would delete its file.
      put(store, LogPaths.commit(TABLE, 3), "{\"commitInfo\":{}}\n");
      new Checkpoint(log.latest(), NOW, uuids(2)).write();
      assertThat(removes(3, allocator)).containsExactly("young");
      put(store, LogPaths.commit(TABLE, 4), "{\"commitInfo\":{}}\n");
      new Checkpoint(log.latest(), NOW.plus(Duration.ofDays(2)), uuids(3)).write();
      assertThat(removes(4, allocator)).isEmpty();
    }
  }

  @Test
  void thePointerHasWhatReadersWantAndNeverGoesBack() throws IOException {
    put(
        store,
        LogPaths.commit(TABLE, 0),
        RandomLog.PROTOCOL + metadata("") + add("a") + add("b") + remove("c", NOW.toEpochMilli()));
    put(store, LogPaths.commit(TABLE, 1), add("d"));
    try (RootAllocator allocator = new RootAllocator()) {
      TableLog log = log(store, allocator);
      new Checkpoint(log.at(1), NOW, uuids(1)).write();
      JsonNode pointer = pointer();
      assertThat(pointer.get("version").asLong()).isEqualTo(1);
      assertThat(pointer.get("size").asLong()).isEqualTo(6);
      assertThat(pointer.get("numOfAddFiles").asLong()).isEqualTo(3);
      assertThat(pointer.get("sizeInBytes").asLong()).isEqualTo(store.stat(checkpoint(1)).size());
      new Checkpoint(log.at(0), NOW, uuids(2)).write();
      assertThat(store.locations()).contains(checkpoint(0));
      assertThat(pointer()).isEqualTo(pointer);
    }
  }

  @Test
  void compactedCommitsStandForTheirRange() throws IOException {
    put(store, LogPaths.commit(TABLE, 0), RandomLog.PROTOCOL + metadata("") + add("a") + add("b"));
    put(store, LogPaths.commit(TABLE, 1), "{\"commitInfo\":{}}\n" + remove("a", 1) + add("c"));
    put(store, LogPaths.commit(TABLE, 2), remove("c", 1) + add("d") + txn("app", ""));
    put(store, LogPaths.commit(TABLE, 3), add("c"));
    try (RootAllocator allocator = new RootAllocator()) {
      TableLog log = log(store, allocator);
      State expected = State.of(log.latest());
      assertThat(new CompactedCommits(log).write(1, 3)).isTrue();
      String compacted = LogPaths.compacted(TABLE, 1, 3);
      assertThat(new String(store.read(compacted, 1 << 20), StandardCharsets.UTF_8))
          .isEqualTo(add("c") + add("d") + txn("app", "") + remove("a", 1));
      assertThat(State.of(log.latest())).isEqualTo(expected);
      // It is what is read: the commits need not even be whole.
      put(store, LogPaths.commit(TABLE, 2), "damaged");
      LogSnapshot latest = log.latest();
      assertThat(State.of(latest).files()).isEqualTo(expected.files());
      assertThat(new CompactedCommits(log).write(1, 1)).isTrue();
      assertThat(new CompactedCommits(log).write(1, 1)).isFalse();
    }
  }

  @Test
  void statisticsThatAreColumnsOnlyAreTextToAllElse() throws IOException {
    String schema =
        "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":["
            + field("id", "\\\"integer\\\"")
            + ","
            + field(
                "in",
                "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":["
                    + field("name", "\\\"string\\\"")
                    + "]}")
            + "]}";
    put(
        store,
        LogPaths.commit(TABLE, 0),
        RandomLog.PROTOCOL
            + "{\"metaData\":{\"id\":\"x\",\"format\":{\"provider\":\"parquet\",\"options\":{}},"
            + "\"schemaString\":\""
            + schema
            + "\",\"partitionColumns\":[],\"configuration\":{}}}\n");
    try (RootAllocator allocator = new RootAllocator()) {
      TableLog log = log(store, allocator);
      StructType parsed = new ParsedStats(log.latest().metadata()).addTo(CheckpointSchema.CLASSIC);
      StructType add = (StructType) parsed.at(0).getDataType();
      int text = add.indexOf("stats");
      List<StructField> withoutText = new ArrayList<>(add.fields());
      withoutText.remove(text);
      StructType written = new StructType().add("add", new StructType(withoutText), true);
      for (int i = 1; i < parsed.length(); i++) {
        written = written.add(parsed.at(i));
      }
      LogSnapshot snapshot = log.latest();
      try (ActionFile file = new ActionFile(store, checkpoint(0), written, allocator)) {
        Object[] bounds = {5, new Object[] {"a\"b"}};
        Object[] counts = {0L, new Object[] {2L}};
        file.addAll(
            List.of(
                CheckpointSchema.protocol(written, snapshot.protocol()),
                CheckpointSchema.metadata(written, snapshot.metadata()),
                add(written, "with", new Object[] {3L, null, bounds, bounds, counts}),
                add(written, "loose", new Object[] {4L, false, null, null, counts}),
                add(written, "without", null)));
        file.finish();
      }
      put(store, LogPaths.commit(TABLE, 1), "{\"commitInfo\":{}}\n");
      String expected =
          "{\"numRecords\":3,\"minValues\":{\"id\":5,\"in\":{\"name\":\"a\\\"b\"}},"
              + "\"maxValues\":{\"id\":5,\"in\":{\"name\":\"a\\\"b\"}},"
              + "\"nullCount\":{\"id\":0,\"in\":{\"name\":2}},\"tightBounds\":true}";
      String loose =
          "{\"numRecords\":4,\"minValues\":{},\"maxValues\":{},"
              + "\"nullCount\":{\"id\":0,\"in\":{\"name\":2}},\"tightBounds\":false}";
      assertThat(State.of(log.latest()).files())
          .extracting(DataFile::stats)
          .containsExactlyInAnyOrder(expected, loose, null);

      new Checkpoint(log.latest(), NOW, uuids(1)).write();
      store.delete(List.of(LogPaths.commit(TABLE, 0), checkpoint(0)));
      assertThat(State.of(log.latest()).files())
          .as("from our checkpoint alone")
          .extracting(DataFile::stats)
          .containsExactlyInAnyOrder(expected, loose, null);
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }

  private static String field(String name, String type) {
    return "{\\\"name\\\":\\\"%s\\\",\\\"type\\\":%s,\\\"nullable\\\":true,\\\"metadata\\\":{}}"
        .formatted(name, type);
  }

  private static @Nullable Object[] add(
      StructType schema, String path, @Nullable Object @Nullable [] stats) {
    StructType add = (StructType) schema.at(0).getDataType();
    @Nullable Object[] fields = new @Nullable Object[add.length()];
    fields[add.indexOf("path")] = path;
    fields[add.indexOf("partitionValues")] = Map.of();
    fields[add.indexOf("size")] = 1L;
    fields[add.indexOf("modificationTime")] = 1L;
    fields[add.indexOf("dataChange")] = false;
    fields[add.indexOf(ParsedStats.NAME)] = stats;
    return CheckpointSchema.row(schema, "add", fields);
  }

  private List<String> removes(long version, RootAllocator allocator) throws IOException {
    List<String> paths = new ArrayList<>();
    try (ParquetBatchReader reader =
        new ParquetBatchReader(
            store.open(checkpoint(version), -1), ReadSpec.of(CheckpointSchema.FILES), allocator)) {
      for (VectorSchemaRoot batch = reader.next(); batch != null; batch = reader.next()) {
        ArrowColumn remove =
            (ArrowColumn) ArrowColumn.batch(CheckpointSchema.FILES, batch).getColumnVector(1);
        for (int row = 0; row < remove.getSize(); row++) {
          if (!remove.isNullAt(row)) {
            paths.add(remove.getChild(0).getString(row));
          }
        }
        batch.close();
      }
    }
    return paths;
  }

  private static String checkpoint(long version) {
    return LOG + LogPaths.versionDigits(version) + ".checkpoint.parquet";
  }

  private JsonNode pointer() throws IOException {
    return CommitJson.MAPPER.readTree(store.read(LOG + "_last_checkpoint", 1 << 20));
  }

  private static TableLog log(InMemoryFileStore store, RootAllocator allocator) {
    return new TableLog(
        TABLE,
        store,
        LockProviders.inProcess(),
        allocator,
        Runnable::run,
        new LogCache(LogCache.DEFAULT_BYTES));
  }

  private static java.util.function.Supplier<UUID> uuids(long seed) {
    Random random = new Random(seed);
    return () -> new UUID(random.nextLong(), random.nextLong());
  }

  private static String metadata(String properties) {
    return RandomLog.METADATA.replace(
        "\"configuration\":{}", "\"configuration\":{" + properties + "}");
  }

  private static String add(String path) {
    return "{\"add\":{\"path\":\""
        + path
        + "\",\"partitionValues\":{\"p\":\"1\"},\"size\":1,\"modificationTime\":1,"
        + "\"dataChange\":true}}\n";
  }

  private static String remove(String path, long time) {
    return "{\"remove\":{\"path\":\""
        + path
        + "\",\"deletionTimestamp\":"
        + time
        + ",\"dataChange\":true}}\n";
  }

  private static String txn(String app, String more) {
    return "{\"txn\":{\"appId\":\"" + app + "\",\"version\":1" + more + "}}\n";
  }

  private static void put(InMemoryFileStore store, String location, String content) {
    store.write(location, content.getBytes(StandardCharsets.UTF_8));
  }
}
