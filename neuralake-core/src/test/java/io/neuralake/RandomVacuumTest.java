package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.DeletionVector;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.lock.LockProviders;
import io.neuralake.maintain.Vacuum;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random histories with vacuums in between: nothing goes that is needed, nothing else stays. */
class RandomVacuumTest {

  record Row(int id, String p) {}

  private static final Duration RETENTION = Duration.ofHours(10);

  private record Version(Instant committed, List<Integer> ids) {}

  private InMemoryFileStore files = new InMemoryFileStore();
  private final List<Version> versions = new ArrayList<>();
  private int nextId;
  private int orphans;

  @Property(tries = 12)
  void nothingNeededGoesAndNothingElseStays(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    files = new InMemoryFileStore();
    versions.clear();
    try (MemoryLake lake = new MemoryLake(seed)) {
      files.time(() -> lake.clock().instant().toEpochMilli());
      TableContext context = lake.context(files, LockProviders.automatic());
      NeuralTable table = lake.table(context);
      var create =
          table
              .create(Row.class)
              .property("delta.deletedFileRetentionDuration", "interval 10 hours")
              .property("delta.enableDeletionVectors", Boolean.toString(random.nextBoolean()))
              .property("delta.enableChangeDataFeed", Boolean.toString(random.nextBoolean()))
              .property("delta.checkpointInterval", "3");
      create = random.nextBoolean() ? create.partitionedBy("p") : create;
      remember(lake, table, create.commit());
      int kept = 1 + random.nextInt(4);
      for (int i = 0; i < 25; i++) {
        step(lake, table, random);
        lake.runBackground();
        lake.clock().advance(Duration.ofMinutes(random.nextInt(240)));
        if (random.nextInt(5) == 0) {
          Vacuum vacuum = table.vacuum().keepVersions(kept);
          boolean lite = random.nextBoolean();
          (lite ? vacuum.lite() : vacuum).run();
          check(lake, context, kept, lite);
        }
      }
    }
  }

  private void step(MemoryLake lake, NeuralTable table, SplittableRandom random) {
    switch (random.nextInt(8)) {
      case 0, 1 -> remember(lake, table, table.append(rows(random)).commit());
      case 2 -> remember(lake, table, table.overwrite(rows(random)).commit());
      case 3 ->
          remember(lake, table, table.delete().where("id % 3 = " + random.nextInt(3)).commit());
      case 4 ->
          remember(
              lake,
              table,
              table.update().set("p", "'c'").where("id % 4 = " + random.nextInt(4)).commit());
      case 5 -> {
        int version = random.nextInt(versions.size());
        if (isRetained(version, lake.clock().instant().minus(RETENTION))) {
          remember(lake, table, table.restore().toVersion(version).commit());
        }
      }
      case 6 -> files.write(MemoryLake.LOCATION + "/p=a/orphan-" + orphans++, new byte[3]);
      default -> {
        NeuralTable copy =
            lake.table(
                lake.context("file:///clones/" + orphans++, files, LockProviders.automatic()));
        int before = files.locations().size();
        copy.cloneOf(table).commit();
        copy.delete().where("id % 2 = 0").commit();
        copy.vacuum().retain(Duration.ZERO).allowShortRetention().run();
        assertThat(table.scan().count()).isEqualTo(versions.get(versions.size() - 1).ids().size());
        assertThat(files.locations()).hasSizeGreaterThanOrEqualTo(before);
      }
    }
  }

  private List<Row> rows(SplittableRandom random) {
    return IntStream.range(0, 1 + random.nextInt(40))
        .mapToObj(i -> new Row(nextId++, random.nextBoolean() ? "a" : "b"))
        .toList();
  }

  private void remember(MemoryLake lake, NeuralTable table, CommitResult result) {
    if (result.committed()) {
      assertThat(result.version()).isEqualTo(versions.size());
      versions.add(new Version(lake.clock().instant(), ids(table.latest().scan())));
    }
  }

  private static List<Integer> ids(io.neuralake.read.Scan scan) {
    try (Rows<Row> rows = scan.as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  /** Whether a version was the newest at some moment from a cut on. */
  private boolean isRetained(int version, Instant cut) {
    return version + 1 == versions.size() || !versions.get(version + 1).committed().isBefore(cut);
  }

  private void check(MemoryLake lake, TableContext context, int kept, boolean lite) {
    Instant cut = lake.clock().instant().minus(RETENTION);
    NeuralTable table = lake.table(context);
    Set<String> needed = new HashSet<>();
    for (int version = 0; version < versions.size(); version++) {
      if (isRetained(version, cut) || version >= versions.size() - kept) {
        assertThat(ids(table.asOf(version).scan()))
            .as("version " + version)
            .isEqualTo(versions.get(version).ids());
        addFiles(context.log().at(version), needed);
      }
    }
    if (!lite) {
      for (String location : files.locations()) {
        if (location.startsWith(MemoryLake.LOCATION + "/") && !location.contains("_delta_log")) {
          assertThat(needed.contains(location) || isYoung(location, cut))
              .as(location + " stays for nothing")
              .isTrue();
        }
      }
    }
  }

  private boolean isYoung(String location, Instant cut) {
    try {
      return location.contains("_change_data") // of the versions that were to be kept
          || files.stat(location).modifiedMillis() >= cut.toEpochMilli();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void addFiles(LogSnapshot snapshot, Set<String> needed) {
    try (LogSnapshot.Files live = snapshot.files(false)) {
      while (live.hasNext()) {
        DataFile file = live.next();
        needed.add(DataPaths.resolve(snapshot.table(), file.path()));
        DeletionVector vector = file.deletionVector();
        if (vector != null && vector.storageType().equals("u")) {
          DeletionVector placed =
              io.neuralake.internal.log.DeletionVectors.absolute(snapshot.table(), vector);
          needed.add(DataPaths.resolve(snapshot.table(), placed.pathOrInlineDv()));
        }
      }
    }
  }
}
