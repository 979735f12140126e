package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener.Progress;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.maintain.VacuumFile;
import io.neuralake.maintain.VacuumFile.Kind;
import io.neuralake.maintain.VacuumResult;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VacuumTest {

  record Row(int id, String _region) {}

  private static final Duration WEEK = Duration.ofDays(7);
  private static final Duration LONG = Duration.ofHours(169);

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @BeforeEach
  void create() {
    tellTime(files);
    table
        .create(Row.class)
        .partitionedBy("_region")
        .property("delta.enableChangeDataFeed", "true")
        .property("delta.enableDeletionVectors", "true")
        .property("delta.checkpointInterval", "3")
        .commit();
    table.append(rows(0, 4)).commit();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void tellTime(InMemoryFileStore store) {
    store.time(() -> lake.clock().instant().toEpochMilli());
  }

  private static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, i % 2 == 0 ? "a b" : "ü%")).toList();
  }

  private static List<Integer> ids(NeuralTable table) {
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  private static FaultyFileStore counting(InMemoryFileStore store, List<String> calls) {
    Set<Integer> seen = new TreeSet<>();
    return new FaultyFileStore(
        store,
        call -> {
          synchronized (calls) {
            if (seen.add(call.number())) { // a delete is shown twice
              calls.add(call.operation());
            }
          }
          return Fault.NONE;
        });
  }

  /** What lies in the folder beside the log. */
  private Set<String> data() {
    return files.locations().stream()
        .filter(f -> !f.contains("_delta_log"))
        .map(f -> f.substring(MemoryLake.LOCATION.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void put(String... names) {
    for (String name : names) {
      files.write(MemoryLake.LOCATION + "/" + name, new byte[10]);
    }
  }

  private void pass(Duration time) {
    lake.clock().advance(time);
  }

  @Test
  void deletesWhatNoVersionWithinTheRetentionNeeds() {
    put("orphan.parquet", "_region=x/orphan", "deletion_vector_" + "0".repeat(36) + ".bin");
    put("_change_data/old", "sub/.orphan.0123456789abcdef0123456789abcdef.tmp");
    put("_delta_log/.0.json.0123456789abcdef0123456789abcdef.tmp");
    put("_delta_log/.tmp/00000000000000000001.json.some-uuid");
    final Set<String> expected = new TreeSet<>(data());
    put("_SUCCESS", ".hidden/x", "_other/x", "sub/_x/y", "_change_data/_x", "_delta_index/i");
    put("_delta_log/.tmp/00000000000000000099.json.some-uuid", "_other/.a.0123456789abcdef.tmp");
    Set<String> first = new TreeSet<>(data());
    table.overwrite(rows(10, 12)).commit(); // removes all
    pass(LONG);
    table.delete().where("id = 10").commit(); // by a vector; the file stays, young
    put("young.parquet");
    final Set<String> kept = new TreeSet<>(data());
    kept.removeAll(first);
    first.removeAll(expected);
    kept.addAll(first);

    List<VacuumFile> inventory = new ArrayList<>();
    VacuumResult planned = table.vacuum().dryRun(inventory::add);
    assertThat(data()).containsAll(expected);
    VacuumResult result = table.vacuum().run();

    assertThat(data()).isEqualTo(kept);
    assertThat(files.locations())
        .filteredOn(f -> f.contains("tmp"))
        .hasSize(2)
        .allMatch(f -> f.contains("99.json.some-uuid") || f.contains("_other"));
    assertThat(result.dryRun()).isFalse();
    assertThat(planned.dryRun()).isTrue();
    assertThat(result.deleted()).isEqualTo(planned.deleted());
    assertThat(result.deleted().keySet()).containsExactlyInAnyOrder(Kind.values());
    assertThat(result.deleted().get(Kind.TEMPORARY).files()).isEqualTo(3);
    assertThat(result.filesDeleted()).isEqualTo(expected.size() + 2).isEqualTo(inventory.size());
    assertThat(result.bytesDeleted())
        .isEqualTo(inventory.stream().mapToLong(VacuumFile::bytes).sum());
    assertThat(result.deletedBefore()).isEqualTo(lake.clock().instant().minus(WEEK));
    assertThat(result.version()).isEqualTo(table.version());
    assertThat(ids(table)).containsExactly(11);
    assertThat(table.vacuum().run().filesDeleted()).isZero();
  }

  @Test
  void shortRetentionIsRefusedUnlessAllowed() {
    table.overwrite(rows(10, 12)).commit();
    pass(Duration.ofHours(2));
    assertThatThrownBy(() -> table.vacuum().retain(Duration.ofHours(1)).run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(MemoryLake.LOCATION)
        .hasMessageContaining("delta.deletedFileRetentionDuration")
        .hasMessageContaining("allowShortRetention()");
    assertThatThrownBy(() -> table.vacuum().retain(Duration.ofSeconds(-1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("negative");
    assertThat(table.vacuum().retain(Duration.ofHours(1)).allowShortRetention().run().deleted())
        .containsOnlyKeys(Kind.DATA);
    assertThat(ids(table)).containsExactly(10, 11);
  }

  @Test
  void longerRetentionOutlivesWhatCheckpointsRemember() {
    table.overwrite(rows(10, 12)).commit();
    pass(LONG);
    for (int i = 0; i < 5; i++) {
      table.append(rows(20 + i, 21 + i)).commit();
      lake.runBackground(); // writes a checkpoint without the removed files
    }
    assertThat(table.vacuum().retain(Duration.ofDays(30)).run().filesDeleted()).isZero();
    assertThat(table.vacuum().keepVersions(7).run().filesDeleted()).isZero();
    assertThat(table.asOf(1).scan().count()).isEqualTo(4);
    assertThat(table.vacuum().keepVersions(6).dryRun().filesDeleted()).isEqualTo(2);
    assertThat(table.vacuum().lite().keepVersions(7).dryRun().filesDeleted()).isZero();
    assertThat(table.vacuum().lite().dryRun().filesDeleted()).isEqualTo(2);
    assertThat(table.vacuum().run().filesDeleted()).isEqualTo(2);
  }

  @Test
  void liteDeletesWhatCommitsRemovedAndGoesOnFromThere() {
    put("orphan.parquet");
    table.delete().where("id = 0").commit();
    table.overwrite(rows(10, 12)).commit();
    pass(LONG);
    table.overwrite(rows(20, 22)).commit();
    List<String> calls = new ArrayList<>();
    FaultyFileStore counted = counting(files, calls);
    VacuumResult result = lake.table(counted).vacuum().lite().run();
    // Two data files, the vector of one of them (inline), two files of changes.
    assertThat(result.deleted().get(Kind.DATA).files()).isEqualTo(2);
    assertThat(calls).doesNotContain("listAll").containsOnlyOnce("delete");
    assertThat(data()).contains("orphan.parquet");
    assertThat(ids(table)).containsExactly(20, 21);
    assertThat(files.locations()).anyMatch(f -> f.endsWith("_delta_log/_last_vacuum_info"));

    assertThat(table.vacuum().lite().run().filesDeleted()).isZero();
    pass(LONG);
    assertThat(table.vacuum().lite().run().filesDeleted()).isEqualTo(2);
    pass(LONG);
    for (int i = 0; i < 3; i++) {
      table.append(rows(40, 41)).commit();
      lake.runBackground();
    }
    files.delete(
        files.locations().stream()
            .filter(f -> f.matches(".*(_last_vacuum_info|/0{20}.json)"))
            .toList());
    assertThatThrownBy(() -> table.vacuum().lite().run())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("version 0 is not in the log any more")
        .hasMessageContaining("without lite()");
    assertThat(table.vacuum().run().deleted().get(Kind.DATA).files()).isEqualTo(1);
    assertThat(table.vacuum().lite().run().filesDeleted()).isZero();
  }

  @Test
  void historyTellsOfItIfAsked() {
    table.overwrite(rows(10, 12)).commit();
    pass(LONG);
    long before = table.version();
    table.vacuum().run();
    assertThat(table.version()).isEqualTo(before);
    put("orphan.parquet");
    pass(LONG);
    table.vacuum().logged().run();
    List<HistoryEntry> history = table.history(2);
    assertThat(history.get(1).operation()).isEqualTo("VACUUM START");
    assertThat(history.get(1).parameters())
        .containsEntry("retentionCheckEnabled", "true")
        .containsEntry("defaultRetentionMillis", "604800000");
    assertThat(history.get(1).metrics())
        .isEqualTo(Map.of("numFilesToDelete", "1", "sizeOfDataToDelete", "10"));
    assertThat(history.get(0).operation()).isEqualTo("VACUUM END");
    assertThat(history.get(0).parameters()).containsEntry("status", "COMPLETED");
    assertThat(history.get(0).metrics()).containsEntry("numDeletedFiles", "1");
  }

  @Test
  void theEarlierClockCounts() {
    put("orphan.parquet");
    long written = lake.clock().instant().toEpochMilli();
    pass(LONG.plus(LONG)); // only this process's clock
    files.time(() -> written + WEEK.toMillis());
    assertThat(table.vacuum().run().filesDeleted()).isZero();
    files.time(() -> written + WEEK.toMillis() + 1);
    assertThat(table.vacuum().run().filesDeleted()).isEqualTo(1);
  }

  @Test
  void batchesWavesPaceAndCancellation() {
    for (int i = 0; i < 9_500; i++) {
      put("orphan-" + i);
    }
    pass(LONG);
    InMemoryFileStore copy = files.copy();
    tellTime(copy);
    List<String> calls = new ArrayList<>();
    FaultyFileStore counted = counting(copy, calls);
    List<Progress> progress = new ArrayList<>();
    NeuralTable other = lake.table(counted);
    assertThat(other.vacuum().listener(progress::add).run().filesDeleted()).isEqualTo(9_500);
    assertThat(calls).filteredOn("delete"::equals).hasSize(10);
    assertThat(calls).containsOnlyOnce("listAll");
    assertThat(progress).hasSize(10);
    assertThat(progress.get(9).filesDone()).isEqualTo(9_500);
    assertThat(progress.get(9).bytes()).isEqualTo(95_000);

    assertThatThrownBy(
            () ->
                table
                    .vacuum()
                    .deletesPerSecond(100)
                    .listener(
                        p -> {
                          if (p.filesDone() >= 300) {
                            throw new IllegalStateException("enough");
                          }
                        })
                    .run())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
    assertThat(data()).hasSizeBetween(8_702, 9_202);
    assertThat(lake.pauses()).isNotEmpty().allMatch(p -> p.compareTo(Duration.ofSeconds(8)) <= 0);
    assertThatThrownBy(() -> table.vacuum().deletesPerSecond(0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("deletes per second");
  }

  @Test
  void hostileLogsLeadNowhere() {
    put("victim.parquet");
    String outside = "file:///tables/other/precious.parquet";
    files.write(outside, new byte[1]);
    String inside = MemoryLake.LOCATION + "/victim.parquet";
    StringBuilder commit = new StringBuilder("{\"commitInfo\":{\"operation\":\"x\"}}\n");
    for (String path :
        List.of("../other/precious.parquet", outside, inside, "_delta_log/x", "a//b", "%zz")) {
      commit.append(
          "{\"remove\":{\"path\":\"" + path + "\",\"deletionTimestamp\":1,\"dataChange\":true}}\n");
    }
    files.write(
        MemoryLake.LOCATION + "/_delta_log/00000000000000000002.json",
        commit.toString().getBytes(StandardCharsets.UTF_8));
    pass(LONG);
    NeuralTable fresh = lake.table(files);
    assertThat(fresh.vacuum().lite().run().filesDeleted()).isZero();
    assertThat(fresh.vacuum().run().filesDeleted()).isEqualTo(1); // nobody's, by the listing
    assertThat(files.locations()).contains(outside);

    String bad =
        "{\"add\":{\"path\":\"../x\",\"partitionValues\":{\"_region\":\"a\"},\"size\":1,"
            + "\"modificationTime\":1,\"dataChange\":true}}\n";
    put("orphan.parquet");
    pass(LONG);
    files.write(
        MemoryLake.LOCATION + "/_delta_log/00000000000000000003.json",
        bad.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> lake.table(files).vacuum().run())
        .isInstanceOf(CorruptTableException.class)
        .hasMessageContaining("'../x'");
    assertThat(data()).contains("orphan.parquet");
  }

  @Test
  void cloneAndItsSourceKeepWhatTheyName() {
    NeuralTable copy =
        lake.table(lake.context("file:///tables/copy", files, LockProviders.automatic()));
    copy.cloneOf(table).commit();
    copy.append(rows(50, 51)).commit();
    copy.delete().where("id < 2").commit();
    pass(LONG);
    Set<String> sources = data();
    sources.removeIf(f -> f.contains("_change_data"));
    assertThat(copy.vacuum().lite().run().deleted()).containsOnlyKeys(Kind.CHANGE_DATA);
    assertThat(copy.vacuum().run().filesDeleted()).isZero();
    assertThat(data()).isEqualTo(sources);
    assertThat(ids(copy)).containsExactly(2, 3, 50);
    assertThat(ids(table)).containsExactly(0, 1, 2, 3);
  }

  @Test
  void interruptEndsIt() {
    put("orphan.parquet");
    pass(LONG);
    FaultyFileStore interrupting =
        new FaultyFileStore(
            files,
            call -> {
              if (call.operation().equals("delete")) {
                throw new java.io.InterruptedIOException("stop");
              }
              return Fault.NONE;
            });
    assertThatThrownBy(() -> lake.table(interrupting).vacuum().run())
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith(MemoryLake.LOCATION);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(data()).contains("orphan.parquet");
  }

  /** Something else happens at each of its storage calls in turn. */
  @Test
  void othersMayWorkAtAnyMoment() {
    table.delete().where("id = 0").commit();
    table.overwrite(rows(10, 14)).commit(); // 3; 1 and 2 expire
    pass(LONG);
    table.overwrite(rows(20, 24)).commit(); // 4; 3 is within the retention
    List<Consumer<NeuralTable>> works =
        List.of(
            t -> t.append(rows(30, 32)).commit(),
            t -> t.delete().where("id = 20").commit(),
            t -> t.overwrite(rows(40, 42)).commit(),
            t -> t.restore().toVersion(3).commit(),
            t -> t.restore().toVersion(1).commit(), // beyond the retention
            t -> assertThat(t.asOf(3).scan().count()).isEqualTo(4));
    for (Consumer<NeuralTable> work : works) {
      boolean beyond = work == works.get(4);
      AtomicBoolean worked = new AtomicBoolean(true);
      for (int k = 1; worked.get(); k++) {
        int point = k;
        worked.set(false);
        InMemoryFileStore copy = files.copy();
        tellTime(copy);
        FaultyFileStore watched = new FaultyFileStore(copy, call -> Fault.NONE);
        watched.follow(
            call -> {
              boolean now = call.number() == point;
              if (now && !(beyond && call.operation().equals("delete"))) {
                try {
                  work.accept(lake.table(copy));
                } catch (InvalidRequestException gone) {
                  assertThat(beyond).as("work at call %s", point).isTrue();
                }
              }
              worked.set(worked.get() || now);
              return Fault.NONE;
            });
        lake.table(watched).vacuum().run();
        try {
          assertThat(ids(lake.table(copy))).as("work at call %s", k).isNotEmpty();
          assertThat(lake.table(copy).asOf(3).scan().count()).isEqualTo(4);
        } catch (RuntimeException e) {
          throw new AssertionError("work at call " + k, e);
        }
      }
    }
  }

  /** The process dies at each storage call in turn; the next vacuum does the rest. */
  @Test
  void diesAtAnyMoment() {
    put("orphan.parquet", "orphan2.parquet");
    table.overwrite(rows(10, 14)).commit();
    pass(LONG);
    InMemoryFileStore good = files.copy();
    tellTime(good);
    lake.table(good).vacuum().run();
    for (Fault fault : List.of(Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.CRASH_IN_DELETE)) {
      boolean crashed = true;
      for (int k = 1; crashed; k++) {
        int point = k;
        InMemoryFileStore copy = files.copy();
        tellTime(copy);
        FaultyFileStore dying =
            new FaultyFileStore(
                copy,
                call ->
                    call.number() != point
                        ? Fault.NONE
                        : fault == Fault.CRASH_IN_DELETE && !call.operation().equals("delete")
                            ? Fault.CRASH_BEFORE
                            : fault);
        crashed = false;
        try {
          lake.table(dying).vacuum().run();
        } catch (FaultyFileStore.SimulatedCrash e) {
          crashed = true;
        }
        assertThat(ids(lake.table(copy))).as("%s at call %s", fault, k).hasSize(4);
        lake.table(copy).vacuum().run();
        assertThat(copy.locations()).as("%s at call %s", fault, k).isEqualTo(good.locations());
      }
    }
  }
}
