package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.IntegerType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Several writers whose steps interleave as a seed says: at each commit, others may run whole
 * operations first, nested to some depth; every storage call may fail.
 */
class ConcurrentWritersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WRITERS = 3;
  private static final int OPERATIONS = 14;

  private enum Kind {
    APPEND,
    OVERWRITE,
    ALTER
  }

  private enum Outcome {
    DONE,
    FAILED,
    UNKNOWN
  }

  /** An operation and how it ended, as its writer saw it. */
  private record Attempt(Kind kind, List<Integer> ids, Outcome outcome, long version) {}

  record Row(int id) {}

  /** One run of the simulation. */
  private static final class World {
    final SplittableRandom random;
    final MemoryLake lake;
    final InMemoryFileStore files = new InMemoryFileStore();
    final FaultyFileStore store = new FaultyFileStore(files, call -> NONE);
    final List<NeuralTable> writers = new ArrayList<>();
    final Map<String, Attempt> attempts = new HashMap<>();
    Runnable step = this::operate;
    int nextOperation;
    int nextId;
    int depth;

    World(long seed, String... properties) {
      random = new SplittableRandom(seed);
      lake = new MemoryLake(seed);
      lake.retry(
          new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofHours(1), 50));
      lake.table(files)
          .create(Row.class)
          .properties(
              java.util.Arrays.stream(properties).collect(Collectors.toMap(p -> p, p -> "true")))
          .commit();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(lake.table(store));
      }
    }

    void run() {
      store.follow(this::fate);
      while (nextOperation < OPERATIONS) {
        step.run();
      }
      store.heal();
    }

    /** Lets others go first now and then, and fails at random. */
    private Fault fate(FaultyFileStore.Call call) {
      if (call.isCommit()) {
        while (depth < 3 && nextOperation < OPERATIONS && random.nextInt(3) == 0) {
          depth++;
          step.run();
          depth--;
        }
        return switch (random.nextInt(6)) {
          case 0 -> Fault.FAIL_BEFORE;
          case 1 -> Fault.FAIL_AFTER;
          case 2 -> Fault.EXISTS_AFTER;
          default -> NONE;
        };
      }
      boolean lookUp = call.isCommitFile() && call.operation().equals("open");
      return lookUp && depth > 0 && random.nextInt(8) == 0 ? Fault.FAIL_BEFORE : NONE;
    }

    private void operate() {
      NeuralTable writer = writers.get(random.nextInt(WRITERS));
      String name = "op" + nextOperation++;
      int dice = random.nextInt(10);
      Kind kind = dice < 7 ? Kind.APPEND : dice < 9 ? Kind.OVERWRITE : Kind.ALTER;
      List<Integer> ids =
          kind == Kind.ALTER
              ? List.of()
              : IntStream.range(nextId, nextId + 1 + random.nextInt(3)).boxed().toList();
      nextId += ids.size();
      List<Row> rows = ids.stream().map(Row::new).toList();
      Outcome outcome;
      long version = -1;
      try {
        version =
            switch (kind) {
              case APPEND -> writer.append(rows).userMetadata(name).commit().version();
              case OVERWRITE -> writer.overwrite(rows).userMetadata(name).commit().version();
              case ALTER ->
                  writer
                      .alter()
                      .addColumn("c" + name, IntegerType.INTEGER)
                      .userMetadata(name)
                      .commit()
                      .version();
            };
        outcome = Outcome.DONE;
      } catch (CommitStateUnknownException e) {
        outcome = Outcome.UNKNOWN;
      } catch (CommitConflictException | io.neuralake.error.StorageException e) {
        outcome = Outcome.FAILED;
      }
      attempts.put(name, new Attempt(kind, ids, outcome, version));
    }

    List<Integer> finalIds() {
      try (Rows<Row> rows = lake.table(files).scan().as(Row.class)) {
        return rows.stream().map(Row::id).sorted().toList();
      }
    }
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void whatIsThereIsWhatSomeSerialOrderMakes(@ForAll long seed) {
    World world = new World(seed);
    world.run();

    List<HistoryEntry> history = new ArrayList<>(world.lake.table(world.files).history(1000));
    Collections.reverse(history);
    assertThat(history.stream().map(HistoryEntry::version).toList())
        .as("versions without gaps")
        .isEqualTo(IntStream.range(0, history.size()).mapToObj(i -> (long) i).toList());
    List<Integer> expected = new ArrayList<>();
    Map<String, Long> committed = new HashMap<>();
    for (HistoryEntry entry : history.subList(1, history.size())) {
      String name = entry.userMetadata().orElseThrow();
      assertThat(committed.put(name, entry.version())).as(name + " committed twice").isNull();
      Attempt attempt = world.attempts.get(name);
      if (attempt.kind() == Kind.OVERWRITE) {
        expected.clear();
      }
      expected.addAll(attempt.ids());
    }
    world.attempts.forEach(
        (name, attempt) -> {
          switch (attempt.outcome()) {
            case DONE -> assertThat(committed).containsEntry(name, attempt.version());
            case FAILED -> assertThat(committed).doesNotContainKey(name);
            case UNKNOWN -> {}
          }
        });
    assertThat(world.finalIds()).isEqualTo(expected.stream().sorted().toList());
    assertThat(world.attempts.values().stream().filter(a -> a.outcome() == Outcome.DONE))
        .isNotEmpty();
    world.lake.close();
  }

  /** Each batch is written again and again, by any writer, until some attempt has an answer. */
  @Property(tries = 30, shrinking = ShrinkingMode.OFF)
  void batchesThatAreRepeatedAreWrittenOnce(@ForAll long seed) {
    World world = new World(seed);
    int batches = 12;
    Set<Integer> settled = new HashSet<>();
    world.step = () -> writeSome(world, settled, batches);
    world.store.follow(world::fate);
    while (settled.size() < batches) {
      world.step.run();
    }
    world.store.heal();

    assertThat(world.finalIds()).isEqualTo(IntStream.range(0, batches).boxed().toList());
    world.lake.close();
  }

  private static void writeSome(World world, Set<Integer> settled, int batches) {
    int batch = world.random.nextInt(batches);
    NeuralTable writer = world.writers.get(world.random.nextInt(WRITERS));
    try {
      writer.append(List.of(new Row(batch))).transaction("batch " + batch, 0).commit();
      settled.add(batch);
    } catch (CommitStateUnknownException
        | CommitConflictException
        | io.neuralake.error.StorageException e) {
      assertThat(e).hasMessageContaining(MemoryLake.LOCATION);
    }
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void rowIdsOfConcurrentAppendsNeverOverlap(@ForAll long seed) throws IOException {
    World world = new World(seed, "delta.enableRowTracking");
    world.run();

    TreeMap<Long, Long> ranges = new TreeMap<>();
    long newest = world.lake.table(world.files).version();
    long mark = -1;
    for (long version = 0; version <= newest; version++) {
      for (JsonNode action : actions(world.files, version)) {
        JsonNode add = action.path("add");
        if (add.isObject()) {
          assertThat(add.path("defaultRowCommitVersion").longValue()).isEqualTo(version);
          long first = add.path("baseRowId").longValue();
          long rows = JSON.readTree(add.path("stats").textValue()).path("numRecords").longValue();
          assertThat(ranges.put(first, first + rows)).as("one id twice").isNull();
        }
        JsonNode domain = action.path("domainMetadata");
        if (domain.path("domain").asText().equals("delta.rowTracking")) {
          long next =
              JSON.readTree(domain.path("configuration").textValue())
                  .path("rowIdHighWaterMark")
                  .longValue();
          assertThat(next).isGreaterThan(mark);
          mark = next;
        }
      }
    }
    long end = 0;
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      assertThat(range.getKey()).as("ids without gaps or overlaps").isEqualTo(end);
      end = range.getValue();
    }
    assertThat(mark).isEqualTo(end - 1);
    world.lake.close();
  }

  private static List<JsonNode> actions(InMemoryFileStore files, long version) throws IOException {
    String text =
        new String(
            files.read(MemoryLake.LOCATION + "/_delta_log/%020d.json".formatted(version), 1 << 20),
            StandardCharsets.UTF_8);
    List<JsonNode> actions = new ArrayList<>();
    for (String line : text.lines().toList()) {
      actions.add(JSON.readTree(line));
    }
    return actions;
  }
}
