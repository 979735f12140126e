package io.neuralake.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitsAheadTest {

  record Row(int id) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();

  /** What the workers have been given and not begun. */
  private final Queue<Runnable> given = new ArrayDeque<>();

  @AfterEach
  void close() {
    lake.close();
  }

  private void versions(int newest) {
    NeuralTable table = lake.table(files);
    table.create(Row.class).commit();
    for (int i = 1; i <= newest; i++) {
      table.append(List.of(new Row(i))).commit();
    }
  }

  private TableLog log() {
    return new TableLog(
        MemoryLake.LOCATION,
        files,
        LockProviders.automatic(),
        lake.allocator(),
        given::add,
        new LogCache(0));
  }

  private long next(CommitsAhead ahead) throws IOException {
    return ahead.next().map(CommitContent::version).orElse(-1L);
  }

  @Test
  void moreAreUnderWayTheFurtherTheNewestIs() throws IOException {
    versions(9);
    CommitsAhead ahead = log().commitsFrom(3, false);

    assertThat(given).hasSize(1);
    assertThat(next(ahead)).isEqualTo(3);
    assertThat(next(ahead)).isEqualTo(4);
    assertThat(given).as("and two").hasSize(1 + 2);
    assertThat(next(ahead)).isEqualTo(5);
    assertThat(next(ahead)).isEqualTo(6);
    assertThat(given).as("and four").hasSize(1 + 2 + 4);
    given.forEach(Runnable::run); // as workers would, in any order
    for (int version = 7; version <= 9; version++) {
      assertThat(next(ahead)).isEqualTo(version);
    }
    assertThat(next(ahead)).as("and eight; there is no version 10").isEqualTo(-1);
    assertThat(given).hasSize(1 + 2 + 4 + 8);
  }

  @Test
  void withoutWorkersTheCallerReads() throws IOException {
    versions(1);
    TableLog closing =
        new TableLog(
            MemoryLake.LOCATION,
            files,
            LockProviders.automatic(),
            lake.allocator(),
            task -> {
              throw new RejectedExecutionException();
            },
            new LogCache(0));

    CommitsAhead ahead = closing.commitsFrom(1, true);

    assertThat(ahead.next().map(commit -> commit.adds().size())).isEqualTo(Optional.of(1));
    assertThat(next(ahead)).isEqualTo(-1);
  }
}
