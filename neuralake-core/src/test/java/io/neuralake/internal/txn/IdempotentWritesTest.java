package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.IntegerType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes that carry a transaction, and what else a caller says of a commit. */
class IdempotentWritesTest {

  record Row(int id) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final FaultyFileStore faulty = new FaultyFileStore(files, call -> NONE);

  @BeforeEach
  void create() {
    healthy().create(Row.class).commit();
  }

  @AfterEach
  void nothingIsHeld() {
    assertThat(lake.allocator().getAllocatedMemory()).isZero();
    lake.close();
  }

  /** A handle as if in a process of its own. */
  private NeuralTable healthy() {
    return lake.table(files);
  }

  private NeuralTable warm() {
    NeuralTable table = lake.table(faulty);
    table.version();
    return table;
  }

  private static List<Row> rows(int... ids) {
    return IntStream.of(ids).mapToObj(Row::new).toList();
  }

  private List<Integer> ids() {
    try (Rows<Row> rows = healthy().scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  private List<String> dataFiles() {
    return files.locations().stream().filter(f -> f.endsWith(".parquet")).toList();
  }

  private String commit(long version) throws IOException {
    return new String(
        files.read(MemoryLake.LOCATION + "/_delta_log/%020d.json".formatted(version), 1 << 20),
        StandardCharsets.UTF_8);
  }

  /** Before the next commit through the faulty store, something else happens once. */
  private void beforeTheCommit(Runnable other) {
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            faulty.heal();
            other.run();
          }
          return NONE;
        });
  }

  @Test
  void transactionStandsInTheCommitAndCanBeReadBack() throws IOException {
    NeuralTable table = healthy();
    assertThat(table.transactionVersion("app")).isEmpty();

    CommitResult result = table.append(rows(1)).transaction("app", 7).commit();

    assertThat(result.committed()).isTrue();
    assertThat(commit(1))
        .contains("{\"txn\":{\"appId\":\"app\",\"version\":7,\"lastUpdated\":1767225600000}}")
        .contains("\"isBlindAppend\":true");
    assertThat(table.transactionVersion("app")).hasValue(7);
    assertThat(healthy().transactionVersion("app")).hasValue(7);
    assertThat(healthy().transactionVersion("other")).isEmpty();
  }

  @Test
  void repetitionIsANoOpThatNamesTheVersion() {
    NeuralTable table = healthy();
    table.append(rows(1)).transaction("app", 7).commit();
    table.append(rows(2)).commit();

    for (int version : new int[] {7, 6}) {
      CommitResult again = table.append(rows(1)).transaction("app", version).commit();
      assertThat(again.committed()).isFalse();
      assertThat(again.version()).as("exact: this lake has committed it").isEqualTo(1);
      assertThat(again.attempts()).isZero();
      assertThat(again.changes().filesAdded()).isZero();
    }
    CommitResult elsewhere = healthy().append(rows(1)).transaction("app", 7).commit();
    assertThat(elsewhere.committed()).isFalse();
    assertThat(elsewhere.version()).as("where it was found recorded").isEqualTo(2);
    assertThat(ids()).containsExactly(1, 2);
    assertThat(dataFiles()).hasSize(2);
  }

  @Test
  void repetitionAsksForNoRow() {
    healthy().append(rows(1)).transaction("app", 0).commit();
    Iterator<Row> untouchable =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            throw new AssertionError("the rows were asked for");
          }

          @Override
          public Row next() {
            throw new AssertionError("the rows were asked for");
          }
        };

    assertThat(healthy().append(untouchable).transaction("app", 0).commit().committed()).isFalse();
  }

  @Test
  void nextVersionAndOtherApplicationsAreWritten() {
    NeuralTable table = healthy();
    table.append(rows(1)).transaction("app", 1).commit();
    assertThat(table.append(rows(2)).transaction("app", 2).commit().committed()).isTrue();
    assertThat(table.append(rows(3)).transaction("app", 10).commit().committed()).isTrue();
    assertThat(table.append(rows(4)).transaction("b", 1).commit().committed()).isTrue();
    assertThat(healthy().append(rows(5)).transaction("app", 11).commit().committed()).isTrue();
    assertThat(ids()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void otherOperationsAreIdempotentToo() {
    NeuralTable table = healthy();
    table.overwrite(rows(1)).transaction("app", 1).commit();
    table.append(rows(2)).commit();
    assertThat(table.overwrite(rows(1)).transaction("app", 1).commit().version()).isEqualTo(1);
    table.alter().addColumn("c", IntegerType.INTEGER).transaction("app", 2).commit();
    CommitResult again =
        table.alter().addColumn("c", IntegerType.INTEGER).transaction("app", 2).commit();

    assertThat(again.committed()).isFalse();
    assertThat(again.version()).isEqualTo(3);
    assertThat(ids()).containsExactly(1, 2);
    assertThat(table.create(Row.class).orReplace().transaction("app", 2).commit().version())
        .isEqualTo(3);
    table.create(Row.class).orReplace().transaction("app", 3).tag("t", "v").commit();
    assertThat(table.create(Row.class).transaction("app", 3).commit().committed()).isFalse();
    assertThat(ids()).isEmpty();
    assertThat(table.history(1).get(0).tags()).containsEntry("t", "v");
    NeuralTable fresh = lake.table(new InMemoryFileStore());
    fresh.create(Row.class).transaction("app", 1).commit();
    assertThat(fresh.transactionVersion("app")).hasValue(1);
  }

  @Test
  void ofTwoThatWriteTheSameAtTheSameTimeOneDoes() {
    NeuralTable table = warm();
    table.append(rows(0)).transaction("app", 1).commit();
    beforeTheCommit(
        () -> {
          healthy().append(rows(9)).commit();
          healthy().append(rows(2)).transaction("app", 2).commit();
          healthy().append(rows(9)).commit();
        });

    CommitResult late = table.append(rows(2)).transaction("app", 2).commit();

    assertThat(late.committed()).isFalse();
    assertThat(late.version()).as("the winner that holds it").isEqualTo(3);
    assertThat(late.attempts()).isEqualTo(1);
    assertThat(ids()).containsExactly(0, 2, 9, 9);
    assertThat(dataFiles()).as("what the loser had written is gone").hasSize(4);
  }

  @Test
  void loserIsToldOfTheRepetitionEvenIfTheSchemaChangedAndNoReplanIsAllowed() {
    lake.retry(new RetryPolicy(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(1), 0));
    record Wider(int id, String note) {}
    NeuralTable table = warm();
    beforeTheCommit(
        () ->
            healthy()
                .append(List.of(new Wider(1, "n")))
                .evolveSchema()
                .transaction("app", 1)
                .commit());

    CommitResult late =
        table.append(List.of(new Wider(1, "n"))).evolveSchema().transaction("app", 1).commit();

    assertThat(late.committed()).isFalse();
    assertThat(late.version()).isEqualTo(1);
    assertThat(ids()).containsExactly(1);
    assertThat(dataFiles()).hasSize(1);
  }

  @Test
  void loserWithTheHigherVersionIsWrittenAfterTheWinner() {
    NeuralTable table = warm();
    beforeTheCommit(() -> healthy().append(rows(1)).transaction("app", 1).commit());

    CommitResult late = table.append(rows(2)).transaction("app", 2).commit();

    assertThat(late.version()).isEqualTo(2);
    assertThat(ids()).containsExactly(1, 2);
    assertThat(healthy().transactionVersion("app")).hasValue(2);
  }

  @Test
  void loserFarBehindLooksTheTransactionUp() {
    NeuralTable table = warm();
    table.append(rows(0)).transaction("app", 1).commit();
    beforeTheCommit(
        () -> {
          NeuralTable other = healthy();
          for (int i = 0; i < 20; i++) {
            other.append(rows(9)).commit();
          }
          other.append(rows(2)).transaction("app", 2).commit();
        });

    assertThat(table.append(rows(2)).transaction("app", 2).commit().committed()).isFalse();
    assertThat(ids()).hasSize(22).containsOnlyOnce(2);
  }

  @Test
  void unknownOutcomeIsSettledByRepeating() {
    lake.retry(RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(5)));
    for (int version = 1; version <= 2; version++) {
      boolean visible = version == 1;
      int id = version;
      NeuralTable table = warm();
      table.transactionVersion("app");
      faulty.follow(
          call ->
              call.isCommit()
                  ? visible ? FAIL_AFTER : FAIL_BEFORE
                  : call.isCommitFile() ? FAIL_BEFORE : NONE);
      assertThatThrownBy(() -> table.append(rows(id)).transaction("app", id).commit())
          .isInstanceOf(CommitStateUnknownException.class)
          .hasMessageContaining("not known whether version");
      faulty.heal();

      CommitResult again = table.append(rows(id)).transaction("app", id).commit();

      assertThat(again.committed()).as("version " + version).isEqualTo(!visible);
      assertThat(again.version()).isEqualTo(version);
    }
    assertThat(ids()).containsExactly(1, 2);
  }

  @Test
  void onceKnownATransactionCostsNoRequests() {
    NeuralTable table = warm();
    int plain = cost(() -> table.append(rows(0)).commit());
    int first = cost(() -> table.append(rows(1)).transaction("app", 1).commit());
    assertThat(first).as("reads the log once").isGreaterThan(plain);
    for (int i = 2; i <= 4; i++) {
      int id = i;
      assertThat(cost(() -> table.append(rows(id)).transaction("app", id).commit()))
          .isEqualTo(plain);
      assertThat(cost(() -> table.append(rows(id)).transaction("app", id).commit())).isZero();
    }
    healthy().append(rows(5)).commit();
    int lostPlain = cost(() -> table.append(rows(6)).commit());
    healthy().append(rows(7)).commit();
    assertThat(cost(() -> table.append(rows(8)).transaction("app", 8).commit()))
        .as("after a lost race")
        .isEqualTo(lostPlain);
  }

  private int cost(Runnable work) {
    int before = faulty.calls();
    work.run();
    return faulty.calls() - before;
  }

  @Test
  void transactionIsFoundInACheckpoint() throws IOException {
    NeuralTable table = healthy();
    table.alter().setProperty("delta.checkpointInterval", "3").commit();
    table.append(rows(1)).transaction("app", 5).commit();
    table.append(rows(2)).commit();
    lake.runBackground();
    for (long version = 0; version < 3; version++) {
      files.delete(List.of(MemoryLake.LOCATION + "/_delta_log/%020d.json".formatted(version)));
    }

    assertThat(healthy().transactionVersion("app")).hasValue(5);
    assertThat(healthy().append(rows(1)).transaction("app", 5).commit().committed()).isFalse();
  }

  @Test
  void transactionIsForgottenAfterItsRetention() {
    NeuralTable table = healthy();
    table.alter().setProperty("delta.setTransactionRetentionDuration", "interval 1 hour").commit();
    table.append(rows(1)).transaction("app", 1).commit();
    lake.clock().advance(Duration.ofMinutes(59));
    assertThat(table.append(rows(1)).transaction("app", 1).commit().committed()).isFalse();
    assertThat(healthy().transactionVersion("app")).hasValue(1);
    lake.clock().advance(Duration.ofMinutes(1));

    assertThat(table.transactionVersion("app")).isEmpty();
    assertThat(healthy().transactionVersion("app")).isEmpty();
    assertThat(table.append(rows(2)).transaction("app", 1).commit().committed()).isTrue();
    assertThat(ids()).containsExactly(1, 2);
  }

  @Test
  void whatIsKnownOfApplicationsIsBounded() {
    Applications known = Applications.UNKNOWN;
    for (int i = 0; i < 1000; i++) {
      known = known.with("app" + i, new Applications.Progress(null, i));
    }
    assertThat(known.of("app0")).isNull();
    assertThat(known.of("app743")).isNull();
    assertThat(known.of("app744")).isNotNull();
    assertThat(known.of("app999")).isNotNull();
  }

  @Test
  void transactionNeedsANameAndAVersion() {
    NeuralTable table = healthy();
    assertThatThrownBy(() -> table.append(rows(1)).transaction("", 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("needs the name of an application");
    assertThatThrownBy(() -> table.append(rows(1)).transaction("app", -1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("not 'app' and -1");
  }

  @Test
  void commitSaysWhatItIs() throws IOException {
    NeuralTable table = healthy();
    table.append(rows(1)).userMetadata("text").tag("run", "7").tag("by", "me").commit();
    table.append(rows(2)).commit();
    table.overwrite(rows(3)).overwriteSchema().commit();
    table.overwrite(rows(4)).isolation(IsolationLevel.WRITE_SERIALIZABLE).evolveSchema().commit();
    table.alter().setProperty("delta.isolationLevel", "Serializable").tag("a", "b").commit();
    table.append(rows(5)).commit();

    List<HistoryEntry> history = healthy().history(6);
    HistoryEntry append = history.get(5);
    assertThat(append.userMetadata()).contains("text");
    assertThat(append.tags()).containsEntry("run", "7").containsEntry("by", "me").hasSize(2);
    assertThat(commit(1)).contains("\"tags\":{\"run\":\"7\",\"by\":\"me\"}");
    assertThat(append.parameters())
        .containsEntry("mode", "Append")
        .containsEntry("partitionBy", "[]")
        .hasSize(2);
    assertThat(append.metrics())
        .containsEntry("numFiles", "1")
        .containsEntry("numOutputRows", "1")
        .containsKey("numOutputBytes")
        .hasSize(3);
    assertThat(append.readVersion()).contains(0L);
    assertThat(append.isBlindAppend()).contains(true);
    assertThat(append.isolationLevel()).contains("WriteSerializable");
    assertThat(append.engineInfo().orElseThrow()).startsWith("neuralake/");

    HistoryEntry overwrite = history.get(3);
    assertThat(overwrite.parameters())
        .containsEntry("mode", "Overwrite")
        .containsEntry("canOverwriteSchema", "true");
    assertThat(overwrite.metrics())
        .containsEntry("numRemovedFiles", "2")
        .containsKey("numRemovedBytes");
    assertThat(overwrite.isBlindAppend()).contains(false);
    assertThat(overwrite.isolationLevel()).contains("Serializable");

    assertThat(history.get(2).isolationLevel()).contains("WriteSerializable");
    assertThat(history.get(2).parameters()).containsEntry("canMergeSchema", "true");
    assertThat(history.get(1).tags()).containsEntry("a", "b");
    assertThat(history.get(0).isolationLevel()).contains("Serializable");
    assertThat(history.get(0).tags()).isEmpty();
    assertThat(commit(2)).doesNotContain("tags").doesNotContain("userMetadata");
  }

  @Test
  void alterationsSayWhatTheyChangedAsSparkDoes() {
    healthy().alter().setProperty("a", "1").commit();
    healthy().alter().unsetProperty("a").commit();
    healthy().alter().addColumn("x", IntegerType.INTEGER).commit();
    healthy().alter().comment("x", "c").setProperty("a", "3").commit();

    List<HistoryEntry> history = healthy().history(4);
    assertThat(history.get(3).parameters()).containsEntry("properties", "{\"a\":\"1\"}");
    assertThat(history.get(2).parameters()).containsEntry("properties", "[\"a\"]");
    assertThat(history.get(1).parameters())
        .containsEntry("columns", "[{\"column\":{\"name\":\"x\",\"type\":\"integer\"}}]");
    assertThat(history.get(0).operation()).isEqualTo("ALTER TABLE");
    assertThat(history.get(0).parameters()).containsEntry("changes", "2");
  }

  @Test
  void overwriteMaySpareWhatWasAppendedMeanwhile() {
    NeuralTable table = warm();
    table.append(rows(1)).commit();
    beforeTheCommit(() -> healthy().append(rows(2)).commit());

    table.overwrite(rows(3)).isolation(IsolationLevel.WRITE_SERIALIZABLE).commit();

    assertThat(ids()).containsExactly(2, 3);

    beforeTheCommit(() -> healthy().overwrite(rows(4)).commit());
    table.overwrite(rows(5)).isolation(IsolationLevel.WRITE_SERIALIZABLE).commit();
    assertThat(ids()).as("an overwrite is no append").containsExactly(5);
  }
}
