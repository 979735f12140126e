package io.neuralake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import io.neuralake.write.Merge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Merges of which another writer gets ahead: the outcome is that of one after the other. */
class MergeConflictsTest {

  record Count(int id, int n) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable others = lake.table(files);

  @AfterEach
  void nothingLeaks() {
    lake.close();
  }

  /** Lets another commit first, once. */
  private record Overtaken(LockProvider real, Deque<Runnable> winners) implements LockProvider {
    @Override
    public String name() {
      return "overtaken";
    }

    @Override
    public void commit(CommitFiles files, long version, byte[] content) throws IOException {
      Runnable winner = winners.poll();
      if (winner != null) {
        winner.run();
      }
      real.commit(files, version, content);
    }
  }

  private NeuralTable overtakenBy(Consumer<NeuralTable> winner) {
    return lake.table(
        files,
        new Overtaken(
            LockProviders.automatic(), new ArrayDeque<>(List.of(() -> winner.accept(others)))));
  }

  private void create(boolean vectors) {
    others
        .create(Count.class)
        .property("delta.enableDeletionVectors", Boolean.toString(vectors))
        .commit();
    others.append(List.of(new Count(1, 10), new Count(2, 20))).commit();
    others.append(List.of(new Count(101, 10), new Count(102, 20))).commit();
  }

  /** Adds to what is there: done twice, or on rows as they were, it shows. */
  private static Merge adding(NeuralTable table, int... ids) {
    List<Count> source = new ArrayList<>();
    for (int id : ids) {
      source.add(new Count(id, 1));
    }
    return table
        .merge(source)
        .on("t.id = s.id")
        .whenMatched()
        .update(Map.of("n", "t.n + s.n"))
        .whenNotMatched()
        .insertAll();
  }

  private Map<Integer, List<Integer>> counts() {
    Map<Integer, List<Integer>> counts = new TreeMap<>();
    try (Rows<Count> rows = others.scan().as(Count.class)) {
      rows.forEach(row -> counts.computeIfAbsent(row.id(), id -> new ArrayList<>()).add(row.n()));
    }
    counts.values().forEach(list -> list.sort(null));
    return counts;
  }

  private void bothCount(boolean vectors) {
    create(vectors);
    CommitResult result = adding(overtakenBy(t -> adding(t, 1, 7).commit()), 1, 7, 8).commit();
    assertThat(result.attempts()).isGreaterThan(1);
    assertThat(counts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                1, List.of(12),
                2, List.of(20),
                7, List.of(2),
                8, List.of(1),
                101, List.of(10),
                102, List.of(20)));
    String log = log();
    assertThat(files.locations())
        .filteredOn(file -> file.endsWith(".parquet"))
        .as("files of the lost plan are removed")
        .allMatch(file -> log.contains(file.substring(file.lastIndexOf('/') + 1)));
  }

  private String log() {
    StringBuilder log = new StringBuilder();
    for (String file : files.locations()) {
      if (file.endsWith(".json")) {
        try {
          log.append(new String(files.read(file, 1 << 20), UTF_8));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return log.toString();
  }

  @Test
  void whatWasNotInsertedBecauseOfARowThatIsGoneIsInserted() {
    create(false);
    NeuralTable table = overtakenBy(t -> t.delete().where("id < 100").commit());

    table
        .merge(List.of(new Count(1, 1), new Count(9, 1)))
        .on("t.id = s.id")
        .whenNotMatched()
        .insertAll()
        .commit();

    // Not so: 9 as if inserted after the delete, and 1 as if looked for before it.
    assertThat(counts().keySet()).containsExactly(1, 9, 101, 102);
  }

  @Test
  void mergesOfTheSameKeyCountOneAfterTheOther() {
    bothCount(false);
  }

  @Test
  void soTheyDoWithDeletionVectors() {
    bothCount(true);
  }

  @Test
  void mergesOfTheSameNewKeyInsertItOnce() {
    create(false);
    adding(overtakenBy(t -> adding(t, 50).commit()), 50).commit();
    assertThat(counts()).containsEntry(50, List.of(2));
  }

  @Test
  void mergesOfOtherFilesAreRebasedWithoutWork() {
    create(false);
    List<CommitResult> winner = new ArrayList<>();
    CommitResult loser =
        adding(overtakenBy(t -> winner.add(adding(t, 101, 102).commit())), 1, 2).commit();
    assertThat(loser.version()).isEqualTo(winner.get(0).version() + 1);
    assertThat(others.history(1).get(0).readVersion()).contains(loser.version() - 1);
    assertThat(counts()).containsEntry(1, List.of(11)).containsEntry(102, List.of(21)).hasSize(4);
  }

  @Test
  void anAppendedRowCountsAsLaterUnlessTheTableIsSerializable() {
    create(false);
    adding(overtakenBy(t -> t.append(List.of(new Count(60, 5))).commit()), 60).commit();
    assertThat(counts()).containsEntry(60, List.of(1, 5));
    others.alter().setProperty("delta.isolationLevel", "Serializable").commit();
    adding(overtakenBy(t -> t.append(List.of(new Count(61, 5))).commit()), 61).commit();
    assertThat(counts()).containsEntry(61, List.of(6));
  }

  @Test
  void whatOthersDeleteIsInsertedAgain() {
    create(true);
    adding(overtakenBy(t -> t.delete().where("id = 1").commit()), 1).commit();
    assertThat(counts()).containsEntry(1, List.of(1));
  }
}
