package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.StringType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.ChangeFollower;
import io.neuralake.read.ChangePosition;
import io.neuralake.read.Changes;
import io.neuralake.read.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeFollowerTest {

  record Row(int id) {}

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final NeuralTable table = lake.table(files);

  @BeforeEach
  void create() {
    files.time(() -> lake.clock().instant().toEpochMilli());
    table.create(Row.class).property("delta.enableChangeDataFeed", "true").commit();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void append(int id) {
    lake.clock().advance(MINUTE);
    table.append(List.of(new Row(id))).commit();
  }

  private static List<Object> values(Optional<Changes> changes, String column) {
    try (Rows<Map<String, Object>> rows = changes.orElseThrow().maps()) {
      return rows.stream().map(row -> row.get(column)).collect(Collectors.toList());
    }
  }

  @Test
  void versionsComeAsTheyLandAndGoOnFromAPosition() {
    append(1);
    append(2);
    List<Duration> pauses = new ArrayList<>();
    NeuralTable other =
        lake.sleeper(
                pause -> {
                  pauses.add(pause);
                  if (pauses.size() == 3) {
                    append(3);
                  }
                })
            .table(files);

    ChangePosition stored;
    try (ChangeFollower follower = other.changes().from(1).where("id > 0").follow(MINUTE)) {
      assertThat(follower.position().version()).isZero();
      assertThat(values(follower.next(), "id")).containsExactly(1);
      assertThat(values(follower.next(), "_commit_version")).containsExactly(2L);
      stored = ChangePosition.parse(follower.position().toString());
      assertThat(follower.next(Duration.ofSeconds(90))).isEmpty();
      assertThat(pauses).containsExactly(MINUTE, Duration.ofSeconds(30));
      Optional<Changes> third = follower.next();
      assertThat(values(third, "id")).containsExactly(3).isEqualTo(values(third, "id"));
      assertThat(values(third, "_commit_timestamp"))
          .containsExactly(Instant.parse("2026-01-01T00:03:00Z"));
      assertThat(follower.position().version()).isEqualTo(3);
      follower.close();
      assertThat(follower.next()).isEmpty();
    }
    assertThat(stored.version()).isEqualTo(2);
    try (ChangeFollower resumed = table.changes().from(stored).follow()) {
      assertThat(values(resumed.next(), "id")).containsExactly(3);
      assertThat(resumed.next(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void beginsWithWhatComesOrAtATime() {
    append(1);
    append(2);
    try (ChangeFollower coming = table.changes().follow();
        ChangeFollower since = table.changes().from("2026-01-01T00:01:30Z").follow();
        ChangeFollower future = table.changes().from("2030-01-01").follow()) {
      append(3);
      assertThat(values(coming.next(), "id")).containsExactly(3);
      assertThat(values(since.next(), "id")).containsExactly(2);
      assertThat(values(future.next(), "id")).containsExactly(3);
    }
    assertThatThrownBy(() -> table.changes().from(5).follow())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("from version 5 on: the newest is version 3");
    assertThatThrownBy(() -> table.changes().to(5).follow())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("without to()");
    assertThatThrownBy(() -> table.changes().follow(Duration.ZERO))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("more than no time");
  }

  @Test
  void eachVersionHasItsColumnsAndEndsWhereTheFeedEnds() {
    try (ChangeFollower follower = table.changes().follow()) {
      append(1);
      table.alter().addColumn("note", StringType.STRING).commit();
      table.append(List.of(Map.of("id", 2, "note", "n"))).commit();
      table.alter().setProperty("delta.enableChangeDataFeed", "false").commit();

      assertThat(values(follower.next(), "note")).containsExactly((Object) null);
      assertThat(values(follower.next(), "id")).isEmpty();
      assertThat(values(follower.next(), "note")).containsExactly("n");
      for (int again = 0; again < 2; again++) {
        assertThatThrownBy(follower::next)
            .isInstanceOf(InvalidRequestException.class)
            .hasMessageContaining("version 4 were not recorded");
      }
      assertThat(follower.position().version()).isEqualTo(3);
    }
  }

  @Test
  void positionsOfOtherTablesAndEntriesThatAreGoneAreErrors() {
    assertThatThrownBy(() -> table.changes().from(new ChangePosition("other", 2)).follow())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("belongs to another table (other)");
    append(1);
    try (ChangeFollower follower = table.changes().from(1).follow()) {
      append(2);
      append(3);
      files.delete(
          files.locations().stream().filter(f -> f.matches(".*_delta_log/0*[12].json")).toList());
      assertThatThrownBy(follower::next)
          .isInstanceOf(CorruptTableException.class)
          .hasMessageContaining("version 1 is gone from the log");
    }
    for (String text : List.of("", "12", "@12", "id@x")) {
      assertThatThrownBy(() -> ChangePosition.parse(text))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("is not the position");
    }
  }

  @Test
  void interruptEndsTheWaiting() {
    NeuralTable other =
        lake.sleeper(
                pause -> {
                  throw new InterruptedException();
                })
            .table(files);
    try (ChangeFollower follower = other.changes().follow()) {
      assertThatThrownBy(follower::next)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("interrupted while waiting for version 1");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void lookingIsOneListingAndTakingOneRead() {
    List<String> calls = new ArrayList<>();
    FaultyFileStore counting =
        new FaultyFileStore(
            files,
            call -> {
              calls.add(call.operation());
              return Fault.NONE;
            });
    try (ChangeFollower follower = lake.table(counting).changes().follow()) {
      calls.clear();
      assertThat(follower.next(Duration.ZERO)).isEmpty();
      assertThat(calls).containsExactly("listFrom");
      append(1);
      append(2);
      calls.clear();
      assertThat(follower.next()).isPresent();
      assertThat(follower.next()).isPresent();
      assertThat(calls.stream().filter("listFrom"::equals)).hasSize(1);
      assertThat(calls.stream().filter("open"::equals)).hasSize(2);
    }
  }
}
