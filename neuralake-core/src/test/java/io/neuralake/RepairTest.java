package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import io.neuralake.write.Repair;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepairTest {

  record Row(int id, String region) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @BeforeEach
  void create() {
    files.time(() -> lake.clock().instant().toEpochMilli());
    table
        .create(Row.class)
        .partitionedBy("region")
        .property("delta.enableChangeDataFeed", "true")
        .commit();
    table.append(List.of(new Row(1, "a b%=ü"), new Row(2, "b"), new Row(3, "c"))).commit();
    table.append(List.of(new Row(4, "c"))).commit();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private long delete(String part) {
    List<String> gone = files.locations().stream().filter(f -> f.contains(part)).toList();
    files.delete(gone);
    return gone.size();
  }

  private List<Integer> ids() {
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  @Test
  void entriesOfFilesThatAreGoneGoToo() {
    assertThat(table.repair().dryRun()).isEmpty();
    assertThat(table.repair().commit().committed()).isFalse();
    assertThat(delete("region=b")).isEqualTo(1);

    List<Repair.Missing> missing = table.repair().dryRun();
    assertThat(missing).hasSize(1);
    assertThat(missing.get(0).path()).startsWith("region=b/part-");
    assertThat(missing.get(0).bytes()).isPositive();
    assertThat(missing.get(0).dataFile()).isTrue();
    assertThat(missing.get(0).deletionVector()).isFalse();
    assertThat(table.version()).isEqualTo(2);

    CommitResult result = table.repair().commit();

    assertThat(result.committed()).isTrue();
    assertThat(result.changes().filesRemoved()).isEqualTo(1);
    assertThat(ids()).containsExactly(1, 3, 4);
    HistoryEntry entry = table.history(1).get(0);
    assertThat(entry.operation()).isEqualTo("FSCK");
    assertThat(entry.metrics()).isEqualTo(Map.of("numRemovedFiles", "1"));
    assertThat(table.changes().from(3).maps().stream().count()).isZero();
  }

  @Test
  void fileWithoutItsDeletionVectorIsGone() {
    String path =
        files.locations().stream().filter(f -> f.contains("region=b")).findFirst().orElseThrow();
    String relative = path.substring(MemoryLake.LOCATION.length() + 1);
    String add =
        "{\"add\":{\"path\":\""
            + relative
            + "\",\"partitionValues\":{\"region\":\"b\"},"
            + "\"size\":1,\"modificationTime\":0,\"dataChange\":true,\"deletionVector\":"
            + "{\"storageType\":\"p\",\"pathOrInlineDv\":\"file:///gone.bin\",\"offset\":1,"
            + "\"sizeInBytes\":10,\"cardinality\":1}}}\n";
    files.write(
        MemoryLake.LOCATION + "/_delta_log/00000000000000000003.json",
        add.getBytes(StandardCharsets.UTF_8));

    assertThat(table.repair().dryRun())
        .contains(new Repair.Missing(relative, 1, false, true))
        .hasSize(1);
  }

  @Test
  void concurrentAppendDoesNotDisturb() {
    delete("region=b");
    boolean[] raced = {false};
    FaultyFileStore racing =
        new FaultyFileStore(
            files,
            call -> {
              if (call.isCommit() && !raced[0]) {
                raced[0] = true;
                lake.table(files).append(List.of(new Row(5, "b"))).commit();
              }
              return Fault.NONE;
            });

    assertThat(lake.table(racing).repair().commit().version()).isEqualTo(4);
    assertThat(ids()).containsExactly(1, 3, 4, 5);
  }

  @Test
  void tableIsListedOnceAndNothingGoesIfThatFails() {
    delete("region=c");
    List<String> calls = new ArrayList<>();
    FaultyFileStore failing =
        new FaultyFileStore(
            files,
            call -> {
              calls.add(call.operation());
              return Fault.NONE;
            });
    assertThat(lake.table(failing).repair().dryRun()).hasSize(2);
    assertThat(calls).containsOnlyOnce("listRecursively").doesNotContain("stat");

    failing.follow(
        call -> call.operation().equals("listRecursively") ? Fault.FAIL_BEFORE : Fault.NONE);
    assertThatThrownBy(() -> lake.table(failing).repair().commit())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("listing the table's files");
    assertThat(table.version()).isEqualTo(2);
  }

  @Test
  void appendOnlyTableKeepsItsEntries() {
    table.alter().setProperty("delta.appendOnly", "true").commit();
    delete("region=b");

    assertThatThrownBy(() -> table.repair().commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.appendOnly");
  }
}
