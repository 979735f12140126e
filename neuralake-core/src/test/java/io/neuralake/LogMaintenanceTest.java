package io.neuralake;

import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.FaultyFileStore.SimulatedCrash;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import io.neuralake.read.TableSnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints, compacted commits and clean-up of the log leave every version readable. */
class LogMaintenanceTest {

  private static final String LOG = MemoryLake.LOCATION + "/_delta_log/";

  record Row(int id) {}

  /** A table, and what each of its versions holds. */
  private static final class Checked {
    final InMemoryFileStore files = new InMemoryFileStore();
    final List<Set<Integer>> versions = new ArrayList<>();
    final List<Instant> times = new ArrayList<>();
    final MemoryLake lake;

    Checked(MemoryLake lake, String policy, int interval) {
      this.lake = lake;
      files.time(() -> lake.clock().millis());
      table()
          .create(Row.class)
          .property("delta.checkpointPolicy", policy)
          .property("delta.checkpointInterval", Integer.toString(interval))
          .property("delta.logRetentionDuration", "interval 2 days")
          .property("delta.constraints.positive", "id >= 0")
          .commit();
      note(Set.of());
    }

    NeuralTable table() {
      return lake.table(files);
    }

    private void note(Set<Integer> ids) {
      versions.add(ids);
      times.add(lake.clock().instant());
    }

    void append(Duration later) {
      lake.clock().advance(later);
      Set<Integer> ids = new TreeSet<>(versions.get(versions.size() - 1));
      int id = versions.size();
      if (id % 4 == 3) {
        ids.clear();
        table().overwrite(List.of(new Row(id))).commit();
      } else {
        table().append(List.of(new Row(id))).commit();
      }
      ids.add(id);
      note(ids);
    }

    int newest() {
      return versions.size() - 1;
    }

    /** The first version that can be read, all that follow being as they should. */
    int check(InMemoryFileStore store) {
      NeuralTable table = lake.table(store);
      assertThat(table.version()).isEqualTo(newest());
      assertThat(ids(table.scan())).isEqualTo(versions.get(newest()));
      int first = newest();
      while (first > 0 && isThere(table, first - 1)) {
        first--;
      }
      for (int version = first; version <= newest(); version++) {
        assertThat(ids(table.asOf(version).scan()))
            .as("version %s of %s", version, newest())
            .isEqualTo(versions.get(version));
      }
      for (int gone = first - 1; gone >= 0; gone -= 3) {
        int version = gone;
        assertThatThrownBy(() -> table.asOf(version))
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("Versions " + first + " to " + newest() + " exist");
      }
      return first;
    }

    private static boolean isThere(NeuralTable table, int version) {
      try {
        table.asOf(version);
        return true;
      } catch (InvalidRequestException e) {
        return false;
      }
    }

    /** The version that was the newest when the retention began. */
    int newestExpired() {
      Instant cut = lake.clock().instant().minus(Duration.ofDays(2));
      int version = 0;
      while (version < newest() && !times.get(version + 1).isAfter(cut)) {
        version++;
      }
      return version;
    }
  }

  private static Set<Integer> ids(Scan scan) {
    Set<Integer> ids = new TreeSet<>();
    try (Rows<Row> rows = scan.as(Row.class)) {
      rows.forEach(row -> ids.add(row.id()));
    }
    return ids;
  }

  @Property(tries = 20)
  void everyVersionIsReadableOrBeyondRetention(@ForAll long seed) {
    Random random = new Random(seed);
    try (MemoryLake lake = new MemoryLake(seed).compactEvery(random.nextInt(4) / 2 * 2)) {
      Checked table =
          new Checked(lake, random.nextBoolean() ? "v2" : "classic", 2 + random.nextInt(3));
      List<TableSnapshot> held = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        table.append(Duration.ofHours(random.nextInt(36)));
        if (random.nextInt(4) == 0) {
          held.add(table.table().latest());
        }
        if (random.nextInt(3) > 0) {
          lake.runBackground();
        }
      }
      lake.runBackground();
      int first = table.check(table.files);
      assertThat(first).isLessThanOrEqualTo(table.newestExpired());
      for (TableSnapshot snapshot : held) {
        // Of the newest expired version it is the time of opening that counts, which may be
        // earlier.
        if (snapshot.version() > table.newestExpired()) {
          assertThat(ids(snapshot.scan())).isEqualTo(table.versions.get((int) snapshot.version()));
        } else {
          try {
            assertThat(ids(snapshot.scan()))
                .isEqualTo(table.versions.get((int) snapshot.version()));
          } catch (NeuralLakeException e) {
            assertThat(e).hasMessageContaining(MemoryLake.LOCATION);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "v2"})
  void whatHasExpiredGoesWithItsSidecarsAndNothingElse(String policy) throws Exception {
    try (MemoryLake lake = new MemoryLake()) {
      Checked table = new Checked(lake, policy, 4);
      for (String other : List.of("notes.txt", "_staged_commits/0.json", "x7.json", ".a.tmp")) {
        table.files.write(LOG + other, new byte[] {1});
      }
      for (int i = 0; i < 24; i++) {
        table.append(Duration.ofHours(12));
        lake.runBackground();
      }
      assertThat(table.check(table.files)).isEqualTo(16);
      List<String> log = table.files.locations().stream().filter(f -> f.startsWith(LOG)).toList();
      assertThat(log).contains(LOG + "notes.txt", LOG + "x7.json", LOG + "_staged_commits/0.json");
      assertThat(log).filteredOn(f -> f.matches(".*/0{18}\\d\\d\\.json")).hasSize(9);
      assertThat(log).filteredOn(f -> f.contains(".checkpoint.")).hasSize(3);
      assertThat(log)
          .filteredOn(f -> f.contains("_sidecars/"))
          .hasSize(policy.equals("v2") ? 3 : 0);
      table.table().alter().setProperty("delta.enableExpiredLogCleanup", "false").commit();
      table.note(table.versions.get(table.newest()));
      for (int i = 0; i < 24; i++) {
        table.append(Duration.ofDays(2));
        lake.runBackground();
      }
      assertThat(table.check(table.files)).isEqualTo(16);
    }
  }

  @Test
  void aDamagedCheckpointIsNotMadeTheBeginning() throws Exception {
    try (MemoryLake lake = new MemoryLake()) {
      Checked table = new Checked(lake, "classic", 4);
      for (int i = 0; i < 9; i++) {
        table.append(Duration.ofHours(1));
        lake.runBackground();
      }
      table.files.write(LOG + "00000000000000000008.checkpoint.parquet", new byte[] {1, 2, 3});
      table.files.delete(List.of(LOG + "_last_checkpoint", LOG + "00000000000000000008.crc"));
      lake.clock().advance(Duration.ofDays(9));
      for (int version = 10; version <= 12; version++) {
        assertThat(table.files.locations()).contains(LOG + "00000000000000000000.json");
        try {
          table.append(Duration.ZERO);
        } catch (NeuralLakeException e) {
          break; // the damage is seen: nothing was deleted
        }
        lake.runBackground();
      }
      assertThat(table.files.locations())
          .contains(LOG + "00000000000000000000.json", LOG + "00000000000000000004.json");
    }
  }

  @Test
  void protectedCheckpointsGoTogetherOrNotAtAll() {
    for (int protectedBefore : List.of(12, 13, 17)) {
      try (MemoryLake lake = new MemoryLake()) {
        Checked table = new Checked(lake, "classic", 4);
        table
            .table()
            .alter()
            .setProperty("delta.feature.checkpointProtection", "supported")
            .commit();
        table.note(Set.of());
        String name = LOG + "00000000000000000001.json";
        String commit = new String(read(table.files, name), StandardCharsets.UTF_8);
        assertThat(commit).contains("checkpointProtection");
        String protectedCommit =
            commit
                + metaData(table)
                    .replace(
                        "\"configuration\":{",
                        "\"configuration\":{\"delta.requireCheckpointProtectionBeforeVersion\":\""
                            + protectedBefore
                            + "\",");
        table.files.write(name, protectedCommit.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 12; i++) {
          table.append(Duration.ofHours(1));
        }
        lake.runBackground();
        lake.clock().advance(Duration.ofDays(9));
        for (int i = 0; i < 3; i++) {
          table.append(Duration.ofHours(1));
        }
        lake.runBackground();
        assertThat(table.check(table.files)).isEqualTo(protectedBefore == 12 ? 12 : 0);
      }
    }
  }

  private static byte[] read(InMemoryFileStore files, String location) {
    try {
      return files.read(location, 1 << 20);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String metaData(Checked table) {
    String first =
        new String(read(table.files, LOG + "00000000000000000000.json"), StandardCharsets.UTF_8);
    return first.lines().filter(l -> l.startsWith("{\"metaData\"")).findFirst().orElseThrow()
        + "\n";
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAIL_BEFORE", "CRASH_BEFORE", "CRASH_AFTER", "CRASH_IN_DELETE"})
  void aCrashAnywhereLeavesEveryVersionReadable(Fault fault) {
    for (String policy : List.of("classic", "v2")) {
      try (MemoryLake lake = new MemoryLake().compactEvery(3)) {
        Checked table = new Checked(lake, policy, 4);
        for (int i = 0; i < 11; i++) {
          table.append(Duration.ofHours(1));
          lake.runBackground();
        }
        lake.clock().advance(Duration.ofDays(9));
        InMemoryFileStore before = table.files.copy();
        table.append(Duration.ofHours(1)); // version 12: a checkpoint, and all before 8 goes
        lake.runBackground();
        assertThat(table.check(table.files)).isEqualTo(8);
        Set<Integer> starts = new TreeSet<>();
        boolean done = false;
        for (int point = 1; !done; point++) {
          InMemoryFileStore files = before.copy();
          files.time(() -> lake.clock().millis());
          FaultyFileStore failing = new FaultyFileStore(files, call -> NONE);
          NeuralTable writer = lake.table(failing);
          writer.append(List.of(new Row(12))).commit();
          int at = failing.calls() + point;
          List<Integer> failed = new ArrayList<>();
          failing.follow(
              call -> {
                if (failsAt(call, at, fault)) {
                  failed.add(call.number());
                  return fault;
                }
                return NONE;
              });
          try {
            lake.runBackground();
          } catch (SimulatedCrash e) {
            assertThat(fault).isNotEqualTo(FAIL_BEFORE);
          }
          done = failed.isEmpty();
          if (done || failed.get(0) == at) { // else the same as the next point
            starts.add(table.check(files));
          }
        }
        assertThat(starts).isSubsetOf(0, 4, 8).contains(0, 8);
      }
    }
  }

  private static boolean failsAt(FaultyFileStore.Call call, int at, Fault fault) {
    return switch (fault) {
      case FAIL_BEFORE -> call.number() == at;
      case CRASH_IN_DELETE -> call.number() >= at && call.operation().equals("delete");
      default -> call.number() >= at && !call.operation().equals("abort");
    };
  }
}
