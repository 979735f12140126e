package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.expr.Expr;
import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import io.neuralake.read.ScanReport;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import io.neuralake.testkit.signal.Region;
import io.neuralake.write.CommitResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What operations ask of the storage, request by request. Requests are what users of object storage
 * wait and pay for, so each number here is part of the promise and not an observation.
 */
@NeuralLakeTest
class RequestCountIT {
  /** The default of {@code delta.checkpointInterval}. */
  private static final int INTERVAL = 10;

  /** Once for each lake and bucket, at storages other than Amazon's (twice for a new bucket). */
  private static final String PROBE = "PUT _delta_log/.neuralake-conditional-put";

  private final Iterator<List<NeuralSignal>> batches = NeuralSignals.seeded(19).batches(1024);
  private final Queue<Runnable> background = new ArrayDeque<>();

  private HttpFaultProxy proxy;
  private S3Bucket bucket;
  private NeuralLake lake;
  private NeuralTable table;

  @BeforeEach
  void open(S3Bucket testBucket, HttpFaultProxy testProxy) {
    bucket = testBucket;
    proxy = testProxy;
    lake = newLake();
    table = lake.table(bucket.location("signals"));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** A lake through the proxy whose checkpoints are written when the test says so. */
  private NeuralLake newLake() {
    return NeuralLake.builder()
        .storage(bucket.through(proxy.endpoint()).connection().storage())
        .background(background::add)
        .build();
  }

  private NeuralTable cold(NeuralLake other) {
    NeuralTable handle = other.table(table.location());
    proxy.reset();
    return handle;
  }

  private void appendUntil(long version) {
    while (table.append(batches.next()).commit().version() < version) {
      writeCheckpoints();
    }
    writeCheckpoints();
  }

  private void writeCheckpoints() {
    for (Runnable work = background.poll(); work != null; work = background.poll()) {
      work.run();
    }
  }

  /** What was asked since the last call: method and path without the table's, bodies left out. */
  private List<String> asked() {
    String root = "/" + bucket.name() + "/signals/";
    List<String> all = new ArrayList<>();
    proxy
        .requests()
        .forEach(
            r ->
                all.add(
                    r.method()
                        + " "
                        + (r.target().contains("list-type=2")
                            ? "list"
                            : r.target().replace(root, "").replaceAll("part-.*parquet", "part"))));
    proxy.reset();
    return all;
  }

  private static String commit(long version) {
    return "_delta_log/%020d.json".formatted(version);
  }

  @Test
  void anAppendOnAWarmHandleIsTwoPuts() {
    table.create(NeuralSignal.class).commit();
    proxy.reset();
    for (int version = 1; version <= 2 * INTERVAL + 1; version++) {
      table.append(batches.next()).commit();
      // Versions that get a checkpoint are no exception: it is written afterwards.
      assertThat(asked()).containsExactly("PUT part", "PUT " + commit(version));
    }
    assertThat(background).hasSize(2);
  }

  @Test
  void anAppendWithATransactionIsTwoPutsToo() {
    table.create(NeuralSignal.class).commit();
    table.append(batches.next()).transaction("recorder", 0).commit();
    proxy.reset();
    for (int version = 2; version <= 4; version++) {
      table.append(batches.next()).transaction("recorder", version).commit();
      assertThat(asked()).containsExactly("PUT part", "PUT " + commit(version));
      table.append(batches.next()).transaction("recorder", version).commit();
      assertThat(asked()).as("a repetition").isEmpty();
    }
  }

  @Test
  void anAppendToPartitionsIsOnePutForEachAndOne() {
    table.create(NeuralSignal.class).partitionedBy("region").commit();
    proxy.reset();
    for (int version = 1; version <= 3; version++) {
      table.append(batches.next()).commit();
      List<String> expected = new ArrayList<>();
      Arrays.stream(Region.values()).forEach(r -> expected.add("PUT region%3D" + r + "/part"));
      assertThat(asked())
          .hasSize(Region.values().length + 1)
          .containsAll(expected)
          .endsWith("PUT " + commit(version));
    }
  }

  @Test
  void readingWarmsAHandleForWriting() {
    table.create(NeuralSignal.class).commit();
    try (NeuralLake other = newLake()) {
      NeuralTable handle = cold(other);
      handle.schema();
      asked();
      handle.append(batches.next()).commit();
      assertThat(asked()).containsExactly("PUT part", PROBE, "PUT " + commit(1));
      other.table(table.location()).append(batches.next()).commit();
      assertThat(asked())
          .as("handles of a lake share what it knows")
          .containsExactly("PUT part", "PUT " + commit(2));
    }
  }

  @Test
  void aLostRaceWalksToTheNewestVersionAndTriesTheNext() {
    table.create(NeuralSignal.class).commit();
    try (NeuralLake other = newLake()) {
      NeuralTable behind = cold(other);
      behind.schema();
      appendUntil(2);
      asked();
      CommitResult late = behind.append(batches.next()).commit();
      assertThat(late.attempts()).isEqualTo(2);
      List<String> asked = asked();
      asked.remove("GET " + commit(4)); // begun beside the one before, and not waited for
      assertThat(asked)
          .containsExactly(
              "PUT part",
              PROBE,
              "PUT " + commit(1),
              "GET " + commit(1),
              "GET " + commit(2),
              "GET " + commit(3), // not there: this is the version to try
              "PUT " + commit(3));
    }
  }

  /**
   * A cold open asks for the pointer to the checkpoint, for the names from that checkpoint on, and
   * for the checksum there; and for each commit since, because any of them may have changed the
   * schema. So its cost depends on how far the version is from its checkpoint, below ten by
   * default, and on nothing else: not on the number of versions. (Before the first checkpoint the
   * first commit stands in for the checksum.)
   */
  @Test
  void openingCostsTheSameHoweverManyVersionsThereAre() {
    table.create(NeuralSignal.class).commit();
    for (long version : new long[] {0, 3, 9, 10, 13, 19, 250, 253, 259}) {
      if (version > 0) {
        appendUntil(version);
      }
      try (NeuralLake other = newLake()) {
        cold(other).schema();
        List<String> expected = new ArrayList<>(List.of("GET _delta_log/_last_checkpoint"));
        expected.add("GET list");
        long checkpoint = version - version % INTERVAL;
        for (long v = version; v > checkpoint; v--) {
          expected.add("GET " + commit(v));
        }
        expected.add(
            "GET " + (checkpoint == 0 ? commit(0) : commit(checkpoint).replace("json", "crc")));
        assertThat(asked())
            .as("version %d", version)
            .startsWith(expected.get(0), expected.get(1))
            .containsExactlyInAnyOrderElementsOf(expected); // commits are fetched side by side
      }
    }
  }

  @Test
  void openingAgainIsAListingAndWhatOthersCommitted() {
    table.create(NeuralSignal.class).commit();
    for (int version : new int[] {3, 13}) {
      appendUntil(version);
      try (NeuralLake other = newLake()) {
        NeuralTable handle = cold(other);
        handle.schema();
        asked();
        for (int i = 0; i < 2; i++) {
          assertThat(handle.version()).isEqualTo(version);
          assertThat(asked()).containsExactly("GET list");
        }
        appendUntil(version + 2);
        asked();
        assertThat(handle.version()).isEqualTo(version + 2);
        assertThat(asked())
            .containsExactlyInAnyOrder(
                "GET list", "GET " + commit(version + 2), "GET " + commit(version + 1));
        handle.append(batches.next()).commit();
        asked();
        assertThat(handle.version()).isEqualTo(version + 3);
        assertThat(asked()).as("one's own commits are not read").containsExactly("GET list");
      }
    }
  }

  @Test
  void theListingIsAsShortHoweverManyVersionsThereAre() {
    table.create(NeuralSignal.class).commit();
    List<Long> bytes = new ArrayList<>();
    for (long version : new long[] {115, 255}) {
      appendUntil(version);
      try (NeuralLake other = newLake()) {
        cold(other).schema();
        proxy.requests().stream()
            .filter(r -> r.target().contains("list-type=2"))
            .forEach(r -> bytes.add(r.bytesOut()));
      }
    }
    assertThat(bytes).hasSize(2);
    assertThat(bytes.get(1)).as("%s", bytes).isCloseTo(bytes.get(0), within(64));
  }

  private static org.assertj.core.data.Offset<Long> within(long more) {
    return org.assertj.core.data.Offset.offset(more);
  }

  @Test
  void aScanOfSmallFilesIsOneGetForEachAndTheLog() {
    table.create(NeuralSignal.class).commit();
    for (int files : new int[] {1, 7, 12, 23}) {
      appendUntil(files);
      try (NeuralLake other = newLake()) {
        NeuralTable handle = cold(other);
        handle.schema();
        asked();
        List<String> log = new ArrayList<>(List.of("GET list")); // the lake knows the commits
        if (files > INTERVAL) {
          log.add("GET " + commit(files - files % INTERVAL).replace("json", "checkpoint.parquet"));
        }
        List<String> parts = new ArrayList<>(log);
        for (int file = 0; file < files; file++) {
          parts.add("GET part");
        }
        try (Rows<NeuralSignal> rows = handle.scan().as(NeuralSignal.class)) {
          assertThat(rows.stream().count()).isEqualTo(files * 1024L);
        }
        assertThat(asked()).containsExactlyInAnyOrderElementsOf(parts);
        parts.removeIf(request -> request.contains("checkpoint"));
        try (Rows<NeuralSignal> rows = handle.scan().as(NeuralSignal.class)) {
          assertThat(rows.stream().count()).isEqualTo(files * 1024L);
        }
        assertThat(asked())
            .as("again: of the log nothing but what it holds by now")
            .containsExactlyInAnyOrderElementsOf(parts);
      }
    }
  }

  /** Rows are in the order of their time, so a page of each column has the few that match. */
  @Test
  void aScanOfALargeFileFetchesColumnsAndPagesThatItNeeds() {
    table.create(NeuralSignal.class).commit();
    List<NeuralSignal> many = NeuralSignals.seeded(20).batches(102_400).next();
    table.append(many).commit();
    asked();
    ScanReport all = read(table.scan(), 102_400);
    ScanReport one = read(table.scan().select("frequency_hz"), 102_400);
    ScanReport apart = read(table.scan().select("signal_id", "frequency_hz"), 102_400);
    Expr middle = Expr.col("ts").eq(many.get(50_000).ts());
    ScanReport some = read(table.scan().where(middle).select("voltage"), 1);
    assertThat(Stream.of(all, one, apart, some).map(ScanReport::requests))
        .as("the footer and what is needed")
        .containsExactly(2L, 2L, 3L, 3L);
    assertThat(asked()).filteredOn("GET part"::equals).hasSize(2 + 2 + 3 + 3);
    assertThat(one.bytesFetched()).isLessThan(all.bytesFetched() / 2);
    assertThat(some.bytesFetched()).isLessThan(all.bytesFetched() / 4);
    assertThat(some.rowsRead()).isEqualTo(20_000);
    assertThat(some.pagesSkipped()).isGreaterThanOrEqualTo(2 * 5);
  }

  private static ScanReport read(Scan scan, long expected) {
    try (Rows<?> rows = scan.maps()) {
      assertThat(rows.stream().count()).isGreaterThanOrEqualTo(expected);
      return rows.report();
    }
  }

  @Test
  void countingFromTheLogOpensNoDataFile() {
    table.create(NeuralSignal.class).partitionedBy("region").commit();
    appendUntil(12);
    assertThat(cold(lake).count()).isEqualTo(12 * 1024L);
    assertThat(asked())
        .contains("GET list")
        .noneMatch(request -> request.contains("part") && !request.contains("_delta_log"));
    assertThat(table.scan().where("region = 'V1'").count()).isEqualTo(12 * 256L);
    assertThat(asked())
        .contains("GET list")
        .noneMatch(request -> request.contains("part") && !request.contains("_delta_log"));
  }
}
