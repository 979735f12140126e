package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.log.LogCache;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import io.neuralake.read.TableSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a handle reads of the log when it opens its table again, and that it never reads amiss. */
class SnapshotCacheTest {

  private static final String LOG = MemoryLake.LOCATION + "/_delta_log/";

  record Row(int id, String name) {}

  record Other(long number) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final FaultyFileStore watched =
      new FaultyFileStore(
          files,
          call -> {
            if (List.of("listFrom", "read", "readFully").contains(call.operation())
                && call.location().startsWith(LOG)) {
              asked.add(call.operation() + " " + name(call.location()));
            }
            return Fault.NONE;
          });
  private final NeuralTable writer = lake.table(files);
  private final NeuralTable reader = lake.table(watched);

  @AfterEach
  void nothingIsHeld() {
    assertThat(lake.allocator().getAllocatedMemory()).isZero();
    lake.close();
  }

  /** Without the zeros that versions begin with. */
  private static String name(String location) {
    return location.substring(LOG.length()).replaceFirst("^0+(?=\\d)", "");
  }

  private List<String> asked() {
    List<String> all = List.copyOf(asked);
    asked.clear();
    return all;
  }

  private void appendUntil(NeuralTable table, long version) {
    while (table.append(List.of(new Row(1, "a"))).commit().version() < version) {
      lake.runBackground();
    }
    lake.runBackground();
  }

  private void create(long version) {
    writer.create(Row.class).commit();
    if (version > 0) {
      appendUntil(writer, version);
    }
  }

  private void deleteLog(String upTo) {
    files.delete(
        files.locations().stream()
            .filter(f -> f.startsWith(LOG + "0") && f.compareTo(LOG + upTo) < 0)
            .toList());
  }

  private static long count(NeuralTable table) {
    try (Rows<Map<String, Object>> rows = table.scan().maps()) {
      return rows.stream().count();
    }
  }

  @Test
  void onlyNewCommitsAreRead() {
    create(2);
    assertThat(count(reader)).isEqualTo(2);
    assertThat(asked())
        .containsExactlyInAnyOrder(
            "read _last_checkpoint",
            "listFrom 0.",
            "readFully 2.json",
            "readFully 1.json",
            "readFully 0.json");
    assertThat(reader.version()).isEqualTo(2);
    assertThat(asked()).containsExactly("listFrom 0.");
    appendUntil(writer, 5);
    assertThat(count(reader)).isEqualTo(5);
    assertThat(asked())
        .containsExactlyInAnyOrder(
            "listFrom 0.", "readFully 5.json", "readFully 4.json", "readFully 3.json");
    assertThat(count(reader)).isEqualTo(5);
    assertThat(asked()).containsExactly("listFrom 0.");
  }

  @Test
  void aNewCheckpointIsFoundAndStartedFrom() {
    create(9);
    assertThat(count(reader)).isEqualTo(9);
    appendUntil(writer, 12);
    asked();
    assertThat(count(reader)).isEqualTo(12);
    assertThat(asked())
        .containsExactlyInAnyOrder(
            "listFrom 0.",
            "readFully 10.crc",
            "readFully 10.checkpoint.parquet",
            "readFully 11.json",
            "readFully 12.json");
    assertThat(count(reader)).isEqualTo(12);
    assertThat(asked()).containsExactly("read _last_checkpoint", "listFrom 10.");
    assertThat(count(reader)).isEqualTo(12);
    assertThat(asked()).containsExactly("listFrom 10.");
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "3, 3", "3, 13", "13, 3", "13, 13", "13, 23", "23, 13"})
  void aTableMadeAnewAtTheSamePlaceIsNotMistakenForTheOldOne(long before, long after) {
    create(before);
    assertThat(count(reader)).isEqualTo(before);

    files.delete(files.locations());
    NeuralTable anew = lake.table(files);
    anew.create(Other.class).commit();
    for (long version = 1; version <= after; version++) {
      anew.append(List.of(new Other(version))).commit();
      lake.runBackground();
    }

    assertThat(reader.version()).isEqualTo(after);
    assertThat(reader.schema()).isEqualTo(anew.schema());
    assertThat(count(reader)).isEqualTo(after);
    assertThat(reader.append(List.of(new Other(0))).commit().version()).isEqualTo(after + 1);
    assertThat(count(anew)).isEqualTo(after + 1);
  }

  @Test
  void aTableMadeAnewWithTheSameColumnsIsReadAnew() {
    create(3);
    assertThat(count(reader)).isEqualTo(3);
    files.delete(files.locations());
    lake.table(files).create(Row.class).commit();
    appendUntil(lake.table(files), 2);
    assertThat(count(reader)).isEqualTo(2);
  }

  @Test
  void aTableThatIsGoneIsGone() {
    create(3);
    assertThat(reader.exists()).isTrue();
    files.delete(files.locations());
    assertThat(reader.exists()).isFalse();
    create(1);
    assertThat(reader.version()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"5, 13", "13, 23", "13, 13"})
  void logFilesMayBeCleanedUpMeanwhile(long seen, long newest) {
    create(seen);
    TableSnapshot held = reader.latest();
    assertThat(count(reader)).isEqualTo(seen);
    if (newest > seen) {
      appendUntil(writer, newest);
    }
    long checkpoint = newest - newest % 10;
    deleteLog("%020d.checkpoint".formatted(checkpoint));
    assertThat(count(reader)).isEqualTo(newest);
    assertThat(count(reader)).isEqualTo(newest);
    try (Rows<Map<String, Object>> rows = held.scan().maps()) {
      assertThat(rows.stream().count()).as("its files are in memory").isEqualTo(seen);
    }
  }

  @Test
  void withoutMemoryEverythingIsReadEachTime() {
    create(2);
    NeuralTable forgetful = lake.logCache(new LogCache(0)).table(watched);
    for (int i = 0; i < 2; i++) {
      assertThat(forgetful.version()).isEqualTo(2);
      assertThat(asked()).contains("read _last_checkpoint", "readFully 2.json");
    }
  }

  @Test
  void openingWhileOthersCommitSeesWhatWasCommittedBefore() throws Exception {
    create(0);
    AtomicLong committed = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            pool.submit(
                () -> {
                  boolean right = true;
                  for (long least = 0; least < 25 && right; least = committed.get()) {
                    TableSnapshot snapshot = reader.latest();
                    try (Rows<Map<String, Object>> rows = snapshot.scan().maps()) {
                      right =
                          snapshot.version() >= least
                              && rows.stream().count() == snapshot.version();
                    }
                  }
                  return right;
                }));
      }
      for (long version = 1; version <= 25; version++) {
        appendUntil(writer, version);
        committed.set(version);
      }
      for (Future<Boolean> result : readers) {
        assertThat(result.get(60, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
