package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.internal.deletionvectors.Base85Codec;
import io.delta.kernel.types.StringType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Changes;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class ChangesTest {

  record Row(int id, String region) {}

  record Changed(int id, String region, String _change_type) {}

  record Event(int id, String _change_type, long _commit_version, Instant _commit_timestamp) {}

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

  private NeuralTable create(String... properties) {
    var create =
        table
            .create(Row.class)
            .partitionedBy("region")
            .property("delta.enableChangeDataFeed", "true");
    for (int i = 0; i < properties.length; i += 2) {
      create = create.property(properties[i], properties[i + 1]);
    }
    create.commit();
    return table;
  }

  private static List<String> texts(Changes changes) {
    try (Rows<Map<String, Object>> rows =
        changes.select("_commit_version", "_change_type", "id", "region").maps()) {
      return rows.stream().map(row -> row.values().toString()).sorted().toList();
    }
  }

  private String text(long version) throws IOException {
    return new String(files.read(log(version), 1 << 20), StandardCharsets.UTF_8);
  }

  private static String log(long version) {
    return MemoryLake.LOCATION + String.format(Locale.ROOT, "/_delta_log/%020d.json", version);
  }

  private void commit(long version, String... actions) {
    String info = "{\"commitInfo\":{\"timestamp\":0,\"operation\":\"TEST\"}}\n";
    files.write(log(version), (info + String.join("\n", actions)).getBytes(StandardCharsets.UTF_8));
  }

  /** The body of a version's only action of a kind. */
  private String body(String kind, long version) throws IOException {
    Matcher found = Pattern.compile("\\{\"" + kind + "\":(\\{.*\\})\\}").matcher(text(version));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void addedRowsAreInsertedAndRemovedOnesDeleted() {
    create().append(rows(0, 3)).commit();
    table.overwrite(rows(7, 8)).commit();

    assertThat(texts(table.changes().from(0)))
        .containsExactly(
            "[1, insert, 0, a]",
            "[1, insert, 1, b]",
            "[1, insert, 2, a]",
            "[2, delete, 0, a]",
            "[2, delete, 1, b]",
            "[2, delete, 2, a]",
            "[2, insert, 7, b]");
    assertThat(texts(table.changes().from(1).to(1))).hasSize(3);
    assertThat(texts(table.changes().from(2).to(99))).hasSize(4);
    assertThat(texts(table.changes().from(0).where("_change_type = 'delete' AND region = 'a'")))
        .containsExactly("[2, delete, 0, a]", "[2, delete, 2, a]");
    assertThat(texts(table.changes().from(0).where("_commit_version > 1 AND id > 1")))
        .containsExactly("[2, delete, 2, a]", "[2, insert, 7, b]");
  }

  @Test
  void changesComeInAllForms() throws IOException {
    create();
    lake.clock().advance(Duration.ofSeconds(1));
    table.append(rows(0, 3)).commit();
    Instant at = table.history(1).get(0).timestamp();
    Changes changes = table.changes().from(1).where("id = 1 AND region = 'b'");

    try (Rows<Event> events = changes.as(Event.class)) {
      assertThat(events.stream()).containsExactly(new Event(1, "insert", 1, at));
      assertThat(
              events.report().filesSkippedByPartition()
                  + events.report().filesSkippedByStatistics())
          .isEqualTo(1);
    }
    try (var records = changes.avro()) {
      assertThat(records.stream().map(r -> r.get("_change_type").toString()))
          .containsExactly("insert");
    }
    try (ArrowReader arrow = changes.arrow()) {
      assertThat(arrow.loadNextBatch()).isTrue();
      assertThat(arrow.getVectorSchemaRoot().getSchema().getFields().stream().map(f -> f.getName()))
          .containsExactly("id", "region", "_change_type", "_commit_version", "_commit_timestamp");
    }
  }

  @Test
  void rangesByTimeAndWhatIsOutOfRange() {
    create("delta.enableInCommitTimestamps", "true");
    for (int i = 1; i <= 4; i++) {
      lake.clock().advance(Duration.ofHours(1));
      table.append(rows(i, i + 1)).commit();
    }

    assertThat(texts(table.changes().from("2026-01-01T01:30:00Z").to("2026-01-01T03:30:00Z")))
        .containsExactly("[2, insert, 2, a]", "[3, insert, 3, b]");
    assertThat(texts(table.changes().from("2026-01-01T03:00:00Z").to("2027-01-01"))).hasSize(2);
    assertThat(texts(table.changes().from("2025-01-01"))).hasSize(4);
    assertThat(texts(table.changes().from("2026-01-01T01:20:00Z").to("2026-01-01T01:40:00Z")))
        .isEmpty();
    assertThatThrownBy(() -> texts(table.changes().from("2026-01-01T05:00:00Z")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("no version since 2026-01-01T05:00:00Z");
    assertThatThrownBy(() -> texts(table.changes().from(5)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the newest is version 4");
    assertThatThrownBy(() -> texts(table.changes().from(3).to(2)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("from version 3 to 2, which is before it");
    assertThatThrownBy(() -> texts(table.changes()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("from()");
    assertThatThrownBy(() -> table.changes().from(-1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("versions count from 0");
  }

  @Test
  void changeDataFilesStandForTheWholeCommit() throws IOException {
    create("delta.columnMapping.mode", "name").append(List.of(new Row(1, "a"))).commit();
    NeuralTable other =
        lake.table(lake.context("file:///tables/o", files, LockProviders.automatic()));
    other.create(Changed.class).commit();
    other
        .append(
            List.of(
                new Changed(1, "a", "update_preimage"), new Changed(5, "a", "update_postimage")))
        .commit();
    String changes =
        files.locations().stream().filter(f -> f.contains("/o/part")).findFirst().orElseThrow();
    String physical = body("add", 1).replaceAll(".*partitionValues\":\\{\"([^\"]*)\".*", "$1");
    // A file without the table's physical names: its id is not found, its type of change is.
    commit(
        2,
        "{\"remove\":" + body("add", 1) + "}",
        "{\"cdc\":{\"path\":\""
            + changes
            + "\",\"partitionValues\":{\""
            + physical
            + "\":\"a\"},\"size\":"
            + files.stat(changes).size()
            + ",\"dataChange\":false}}");

    assertThat(texts(table.changes().from(2)))
        .containsExactly("[2, update_postimage, null, a]", "[2, update_preimage, null, a]");
    assertThat(texts(table.changes().from(2).where("_change_type = 'update_preimage'"))).hasSize(1);
    assertThat(texts(table.changes().from(2).where("region = 'b'"))).isEmpty();
  }

  @Test
  void onlyTheRowsThatAVectorNamesNewlyAreDeleted() throws IOException {
    create("delta.enableDeletionVectors", "true")
        .append(IntStream.range(0, 8).mapToObj(i -> new Row(i, "a")).toList())
        .commit();
    String add = body("add", 1);
    commit(2, "{\"remove\":" + add + "}", "{\"add\":" + with(add, 1, 3) + "}");
    commit(3, "{\"remove\":" + with(add, 1, 3) + "}", "{\"add\":" + with(add, 3, 5, 6) + "}");
    commit(4, "{\"remove\":" + with(add, 3, 5, 6) + "}", "{\"add\":" + add + "}");
    commit(5, "{\"remove\":" + add + "}", "{\"add\":" + add + "}");

    assertThat(texts(table.changes().from(2)))
        .containsExactly(
            "[2, delete, 1, a]",
            "[2, delete, 3, a]",
            "[3, delete, 5, a]",
            "[3, delete, 6, a]",
            "[3, insert, 1, a]",
            "[4, insert, 3, a]",
            "[4, insert, 5, a]",
            "[4, insert, 6, a]");
  }

  private static String with(String add, int... deleted) {
    RoaringBitmap bitmap = RoaringBitmap.bitmapOf(deleted);
    ByteBuffer buffer =
        ByteBuffer.allocate(16 + bitmap.serializedSizeInBytes()).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(1681511377).putLong(1).putInt(0);
    bitmap.serialize(buffer);
    String text =
        Base85Codec.encodeBytes(buffer.array()).replace("\\", "\\\\").replace("\"", "\\\"");
    return add.substring(0, add.length() - 1)
        + ",\"deletionVector\":{\"storageType\":\"i\",\"pathOrInlineDv\":\""
        + text
        + "\",\"sizeInBytes\":"
        + buffer.capacity()
        + ",\"cardinality\":"
        + deleted.length
        + "}}";
  }

  @Test
  void rowsThatOnlyMovedHaveNotChanged() throws IOException {
    create().append(List.of(new Row(1, "a"))).commit();
    String still = body("add", 1).replace("\"dataChange\":true", "\"dataChange\":false");
    commit(2, "{\"remove\":" + still + "}", "{\"add\":" + still.replace("part-", "./part-") + "}");
    String merge =
        "{\"commitInfo\":{\"timestamp\":0,\"operation\":\"MERGE\",\"operationMetrics\":"
            + "{\"numTargetRowsInserted\":\"0\",\"numTargetRowsUpdated\":\"0\","
            + "\"numTargetRowsDeleted\":\"0\"}}}";
    commit(3, merge, "{\"remove\":" + body("add", 1) + "}");

    assertThat(texts(table.changes().from(2))).isEmpty();
  }

  @Test
  void columnsAreThoseOfTheLastVersion() {
    create("delta.columnMapping.mode", "name").append(rows(0, 1)).commit();
    table.alter().addColumn("note", StringType.STRING).commit();
    table.append(List.of(Map.of("id", 9, "region", "b", "note", "new"))).commit();
    table.alter().renameColumn("id", "number").commit();

    try (Rows<Map<String, Object>> changes =
        table.changes().from(0).select("number", "region", "note").maps()) {
      assertThat(changes.stream().map(Map::toString))
          .containsExactly("{number=0, region=a, note=null}", "{number=9, region=b, note=new}");
    }
    assertThat(texts(table.changes().from(0).to(1))).containsExactly("[1, insert, 0, a]");

    table.alter().dropColumn("note").commit();
    assertThatThrownBy(() -> table.changes().from(0).maps().stream().count())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("version 2 cannot be read with the columns of the last version")
        .hasMessageContaining("its column 'note' is not there");
    assertThat(table.changes().from(5).maps().stream().count()).isZero();
  }

  @Test
  void feedMustBeOnThroughoutAndTheLogThere() throws IOException {
    table.create(Row.class).commit();
    table.append(rows(0, 1)).commit();
    table.alter().setProperty("delta.enableChangeDataFeed", "true").commit();
    table.append(rows(1, 2)).commit();
    table.alter().setProperty("delta.enableChangeDataFeed", "false").commit();
    table.append(rows(2, 3)).commit();

    assertThat(texts(table.changes().from(2).to(3))).containsExactly("[3, insert, 1, b]");
    assertThatThrownBy(() -> texts(table.changes().from(1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("changes of version 1 were not recorded")
        .hasMessageContaining("delta.enableChangeDataFeed")
        .hasMessageContaining("alter().setProperty");
    assertThatThrownBy(() -> texts(table.changes().from(2)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("changes of version 4 were not recorded");

    Changes late = table.changes().from(2).to(3);
    try (Rows<Map<String, Object>> reading = late.maps()) {
      files.delete(List.of(log(2)));
      assertThatThrownBy(() -> reading.stream().count())
          .isInstanceOf(CorruptTableException.class)
          .hasMessageContaining("version 2 is gone from the log")
          .hasMessageContaining("delta.logRetentionDuration");
    }
  }

  /** What a range of changes makes of the version before it is the version at its end. */
  @Property(tries = 60)
  void changesLeadFromOneVersionToTheOther(
      @ForAll @Size(min = 2, max = 8) List<@IntRange(max = 6) Integer> steps,
      @ForAll boolean vectors,
      @ForAll @IntRange(max = 8) int one,
      @ForAll @IntRange(max = 8) int other) {
    InMemoryFileStore store = new InMemoryFileStore();
    try (MemoryLake own = new MemoryLake(steps.hashCode())) {
      store.time(() -> own.clock().instant().toEpochMilli());
      NeuralTable any = own.table(store);
      any.create(Row.class)
          .partitionedBy("region")
          .property("delta.enableChangeDataFeed", "true")
          .property("delta.checkpointInterval", "3")
          .property("delta.enableDeletionVectors", Boolean.toString(vectors))
          .property("delta.columnMapping.mode", vectors ? "id" : "none")
          .commit();
      any.append(rows(0, 9)).commit();
      for (int i = 0; i < steps.size(); i++) {
        switch (steps.get(i)) {
          case 0, 1 -> any.append(rows(i, i + 3)).commit();
          case 2 -> any.overwrite(rows(i, i + 2)).commit();
          case 3 -> any.alter().setProperty("p" + i, "x").commit();
          case 4 -> any.delete().where("id % 3 = " + i % 3).commit();
          case 5 -> any.update().set("id", "id + 1").where("id % 2 = " + i % 2).commit();
          default -> any.restore().toVersion(any.version() / 2).commit();
        }
        own.runBackground();
      }
      long newest = any.version();
      long from = 1 + Math.min(one % newest, other % newest);
      long to = 1 + Math.max(one % newest, other % newest);

      Map<Row, Integer> state = counted(any.asOf(from - 1).scan().as(Row.class));
      try (Rows<Changed> changes = any.changes().from(from).to(to).as(Changed.class)) {
        for (Changed change : changes) {
          int sign = change._change_type().matches("insert|update_postimage") ? 1 : -1;
          state.merge(new Row(change.id(), change.region()), sign, Integer::sum);
        }
      }
      state.values().removeIf(count -> count == 0);
      assertThat(state).isEqualTo(counted(any.asOf(to).scan().as(Row.class)));
    }
  }

  private static Map<Row, Integer> counted(Rows<Row> rows) {
    Map<Row, Integer> counts = new java.util.HashMap<>();
    try (rows) {
      rows.forEach(row -> counts.merge(row, 1, Integer::sum));
    }
    return counts;
  }
}
