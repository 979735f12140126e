package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.DENIED;
import static io.neuralake.internal.store.FaultyFileStore.Fault.EXISTS_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionTest {

  record Row(int id, String name) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final FaultyFileStore faulty = new FaultyFileStore(files, call -> NONE);

  @AfterEach
  void nothingIsHeld() {
    assertThat(Thread.interrupted()).isFalse();
    assertThat(lake.allocator().getAllocatedMemory()).isZero();
    lake.close();
  }

  private NeuralTable healthy() {
    return lake.table(files);
  }

  private void create() {
    healthy().create(Row.class).commit();
  }

  /** A handle that has seen the newest version, on the store that fails. */
  private NeuralTable warm() {
    NeuralTable table = lake.table(faulty);
    table.version();
    return table;
  }

  private static List<Row> rows(int... ids) {
    return IntStream.of(ids).mapToObj(i -> new Row(i, "n" + i)).toList();
  }

  private List<Integer> ids() {
    try (Rows<Map<String, Object>> rows = healthy().scan().maps()) {
      return rows.stream().map(r -> (Integer) r.get("id")).sorted().toList();
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

  /** Before the first commit of the handle, something else happens once. */
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

  /** The first commit meets a fault. */
  private void theCommitMeets(Fault fault) {
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            faulty.heal();
            return fault;
          }
          return NONE;
        });
  }

  @Test
  void blindAppendsRebaseOverAppends() {
    create();
    NeuralTable stale = warm();
    healthy().append(rows(1)).commit();
    healthy().append(rows(2)).commit();

    CommitResult result = stale.append(rows(3)).commit();

    assertThat(result.version()).isEqualTo(3);
    assertThat(result.attempts()).as("the lost one, and the one that won").isEqualTo(2);
    assertThat(ids()).containsExactly(1, 2, 3);
    assertThat(lake.pauses()).hasSize(1);
  }

  @Test
  void whatIsReadAfterThePauseIsTriedAtOnce() {
    create();
    lake.sleeper(pause -> healthy().append(rows(2)).commit());
    NeuralTable stale = warm();
    healthy().append(rows(1)).commit();

    CommitResult result = stale.append(rows(3)).commit();

    assertThat(result.version()).isEqualTo(3);
    assertThat(result.attempts()).as("what others wrote in the pause is known").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL_AFTER", "EXISTS_AFTER"})
  void lostResponseIsRecognisedByTheCommitsOwnIdentity(Fault fault) {
    create();
    NeuralTable table = warm();
    theCommitMeets(fault);

    CommitResult result = table.append(rows(1)).commit();

    assertThat(result.version()).isEqualTo(1);
    assertThat(healthy().version()).isEqualTo(1);
    assertThat(ids()).containsExactly(1);
    assertThat(table.append(rows(2)).commit().version()).isEqualTo(2);
  }

  @Test
  void commitThatIsAbsentAfterAnErrorIsTriedAgainWithTheSameBytes() {
    create();
    NeuralTable table = warm();
    List<String> tried = new ArrayList<>();
    faulty.follow(
        call -> {
          if (!call.isCommit()) {
            return NONE;
          }
          lake.clock().advance(Duration.ofSeconds(1));
          tried.add(call.location() + new String(call.content(), StandardCharsets.UTF_8));
          return tried.size() < 4 ? FAIL_BEFORE : NONE;
        });

    CommitResult result = table.append(rows(1)).commit();

    assertThat(result.version()).isEqualTo(1);
    assertThat(result.attempts()).isEqualTo(4);
    assertThat(tried).hasSize(4).allMatch(tried.get(0)::equals);
    assertThat(ids()).containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL_AFTER", "FAIL_BEFORE"})
  void outcomeThatCannotBeReadUntilTheDeadlineIsUnknownAndKeepsTheDataFiles(Fault fault) {
    create();
    lake.retry(RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(30)));
    NeuralTable table = warm();
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            return fault;
          }
          return call.isCommitFile() ? FAIL_BEFORE : NONE;
        });

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining(MemoryLake.LOCATION)
        .hasMessageContaining("not known whether version 1 was committed")
        .hasMessageContaining("the storage cannot be read")
        .hasMessageContaining("txnId");

    assertThat(dataFiles()).hasSize(1);
    assertThat(ids()).hasSize(fault == FAIL_AFTER ? 1 : 0);
    assertThat(lake.clock().instant().getEpochSecond())
        .isBetween(1767225600L + 30, 1767225600L + 33);
  }

  @Test
  void storageThatKeepsFailingEndsAtTheDeadlineEvenIfTheClockStandsStill() {
    create();
    lake.retry(RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(10)));
    lake.sleeper(lake.pauses()::add);
    NeuralTable table = warm();
    faulty.follow(call -> call.isCommit() ? FAIL_BEFORE : NONE);

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("the storage kept failing: injected failure before");
    assertThat(lake.pauses().stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
  }

  @Test
  void refusalIsDefiniteAndRemovesTheDataFiles() {
    create();
    NeuralTable table = warm();
    faulty.follow(call -> call.isCommit() ? DENIED : NONE);

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("the storage refused access while committing version 1")
        .hasMessageContaining("credentials");
    assertThat(dataFiles()).isEmpty();
    assertThat(lake.pauses()).isEmpty();
  }

  /** Takes effect, then fails in a way that the contract does not know. */
  private static LockProvider failingAfterSuccess(Runnable failure) {
    LockProvider real = LockProviders.automatic();
    return new LockProvider() {
      @Override
      public String name() {
        return "broken";
      }

      @Override
      public void commit(CommitFiles log, long version, byte[] content) throws IOException {
        real.commit(log, version, content);
        failure.run();
      }
    };
  }

  @Test
  void unexpectedExceptionOfTheElectorAfterItsSuccessIsNoFailure() {
    create();
    NeuralTable table =
        lake.table(
            files,
            failingAfterSuccess(
                () -> {
                  throw new IllegalStateException("bug in the elector");
                }));

    assertThat(table.append(rows(1)).commit().version()).isEqualTo(1);
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void errorOfTheElectorKeepsTheDataFilesThatTheCommitMayHold() {
    create();
    NeuralTable table =
        lake.table(
            files,
            failingAfterSuccess(
                () -> {
                  throw new OutOfMemoryError("simulated");
                }));

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("simulated");
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void electorForAnotherStorageIsRefusedBeforeAnythingIsVisible() {
    create();
    NeuralTable table = lake.table(files, LockProviders.conditionalPut());

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("made for s3 or s3a, not for file");
    assertThat(dataFiles()).isEmpty();
  }

  @Test
  void electorIsAskedToCompleteAVersionThatIsTakenButCannotBeRead() {
    create();
    List<byte[]> halfDone = new ArrayList<>();
    LockProvider twoSteps =
        new LockProvider() {
          @Override
          public String name() {
            return "two steps";
          }

          @Override
          public void commit(CommitFiles log, long version, byte[] content) throws IOException {
            if (version == 1 && halfDone.isEmpty()) {
              halfDone.add(content); // another writer dies here, with our content for simplicity
              throw new java.nio.file.FileAlreadyExistsException("entry 1");
            }
            log.writeIfAbsent("%020d.json".formatted(version), content);
          }

          @Override
          public boolean recover(CommitFiles log) throws IOException {
            if (!halfDone.isEmpty() && !log.exists("%020d.json".formatted(1))) {
              String other = new String(halfDone.get(0), StandardCharsets.UTF_8);
              log.write(
                  "%020d.json".formatted(1),
                  other
                      .replaceAll("\"txnId\":\"[^\"]*\"", "\"txnId\":\"another\"")
                      .lines()
                      .limit(1)
                      .map(line -> line + "\n")
                      .toList()
                      .get(0)
                      .getBytes(StandardCharsets.UTF_8));
            }
            return true;
          }
        };
    NeuralTable table = lake.table(files, twoSteps);

    assertThat(table.append(rows(1)).commit().version()).isEqualTo(2);
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void interruptInsideTheCommitLeavesItUnknownAndKeepsTheFlag() {
    create();
    NeuralTable table = warm();
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            throw new InterruptedIOException("injected");
          }
          return NONE;
        });

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("the thread was interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(dataFiles()).hasSize(1);
  }

  @Test
  void socketTimeoutIsNoInterrupt() {
    create();
    NeuralTable table = warm();
    int[] timeouts = {0};
    faulty.follow(
        call -> {
          if (call.isCommitFile() && timeouts[0]++ < 2) {
            throw new SocketTimeoutException("injected");
          }
          return NONE;
        });

    assertThat(table.append(rows(1)).commit().version()).isEqualTo(1);
    assertThat(timeouts[0]).isGreaterThan(2);
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void interruptBetweenAttemptsIsAFailureThatRemovesTheDataFiles() {
    create();
    lake.sleeper(
        pause -> {
          throw new InterruptedException("injected");
        });
    NeuralTable table = warm();
    beforeTheCommit(() -> healthy().append(rows(1)).commit());

    assertThatThrownBy(() -> table.append(rows(2)).commit())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("interrupted before the next attempt")
        .hasMessageContaining("nothing is visible");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ids()).containsExactly(1);
    assertThat(dataFiles()).hasSize(1);
  }

  @Test
  void othersThatAlwaysWinEndTheAppendAtTheDeadline() {
    create();
    lake.retry(RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(20)));
    NeuralTable table = warm();
    int[] next = {100};
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            healthy().append(rows(next[0]++)).commit();
          }
          return NONE;
        });

    assertThatThrownBy(() -> table.append(rows(1)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("WRITE lost against version")
        .hasMessageContaining("times in a row until the deadline")
        .hasMessageContaining("Nothing of it is visible");
    faulty.heal();
    assertThat(ids()).doesNotContain(1).hasSize(next[0] - 100);
    assertThat(dataFiles()).hasSize(next[0] - 100);
    assertThat(lake.pauses()).allMatch(p -> p.compareTo(Duration.ofSeconds(2)) <= 0);
  }

  @Test
  void appendRebasesOverANewColumn() {
    create();
    NeuralTable stale = warm();
    healthy().alter().addColumn("note", StringType.STRING).commit();

    CommitResult result = stale.append(rows(1)).commit();

    assertThat(result.version()).isEqualTo(2);
    assertThat(healthy().schema().fieldNames()).containsExactly("id", "name", "note");
    assertThat(healthy().scan().where("note IS NULL").count()).isEqualTo(1);
  }

  @Test
  void appendThatNoLongerFitsIsAConflictThatNamesVersionOperationAndRule() {
    create();
    NeuralTable stale = warm();
    healthy()
        .create(new StructType().add("id", StringType.STRING).add("name", StringType.STRING))
        .orReplace()
        .commit();

    assertThatThrownBy(() -> stale.append(rows(1)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining(MemoryLake.LOCATION)
        .hasMessageContaining("WRITE lost against version 1 (REPLACE TABLE)")
        .hasMessageContaining("metadata: the winner changed the schema")
        .hasMessageContaining("id")
        .hasMessageContaining("read the table again and repeat");
    assertThat(dataFiles()).isEmpty();
  }

  @Test
  void appendToAColumnThatIsGoneIsAConflict() {
    healthy().create(Row.class).property("delta.columnMapping.mode", "name").commit();
    NeuralTable stale = warm();
    healthy().alter().dropColumn("name").commit();

    assertThatThrownBy(() -> stale.append(rows(1)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("lost against version 1 (DROP COLUMNS)")
        .hasMessageContaining("the rows have a column name (string)");
    assertThat(dataFiles()).isEmpty();
  }

  @Test
  void overwriteRemovesWhatOthersAppendedMeanwhile() {
    create();
    healthy().append(rows(1)).commit();
    NeuralTable table = warm();
    beforeTheCommit(
        () -> {
          healthy().append(rows(2)).commit();
          healthy().append(rows(3)).commit();
        });

    CommitResult result = table.overwrite(rows(9)).commit();

    assertThat(result.version()).isEqualTo(4);
    assertThat(result.changes().filesRemoved()).isEqualTo(3);
    assertThat(ids()).containsExactly(9);
  }

  @Test
  void tableThatWasEmptyIsReplacedTogetherWithWhatOthersAppendedMeanwhile() {
    create();
    NeuralTable table = warm();
    beforeTheCommit(() -> healthy().append(rows(1)).commit());

    table.create(new StructType().add("x", StringType.STRING)).orReplace().commit();

    assertThat(healthy().schema().fieldNames()).containsExactly("x");
    assertThat(healthy().count()).isZero();
  }

  @Test
  void alterRebasesOverAppendsAndIsDoneAgainAfterOtherChanges() {
    create();
    NeuralTable table = warm();
    beforeTheCommit(
        () -> {
          healthy().append(rows(1)).commit();
          healthy().alter().addColumn("a", IntegerType.INTEGER).commit();
        });

    table.alter().addColumn("b", IntegerType.INTEGER).commit();

    assertThat(healthy().schema().fieldNames()).containsExactly("id", "name", "a", "b");
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void replansAreBounded() {
    create();
    lake.retry(new RetryPolicy(Duration.ZERO, Duration.ZERO, Duration.ofDays(1), 3));
    NeuralTable table = warm();
    int[] next = {100};
    faulty.follow(
        call -> {
          if (call.isCommit()) {
            healthy().append(rows(next[0]++)).commit();
          }
          return NONE;
        });

    assertThatThrownBy(() -> table.overwrite(rows(1)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("concurrent append: the winner added rows that the plan did not see");
    assertThat(next[0]).isEqualTo(104);
    faulty.heal();
    assertThat(ids()).containsExactly(100, 101, 102, 103);
  }

  @Test
  void ofTwoThatCreateOneDoes() {
    NeuralTable table = lake.table(faulty);
    beforeTheCommit(this::create);

    assertThatThrownBy(() -> table.create(Row.class).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("a table exists here already (version 0)")
        .hasMessageContaining("ifNotExists()");
    assertThat(healthy().history(10)).hasSize(1);
  }

  @Test
  void whoCreatesIfNotExistsJoinsTheOther() {
    NeuralTable table = lake.table(faulty);
    beforeTheCommit(this::create);

    CommitResult result = table.create(Row.class).ifNotExists().commit();

    assertThat(result.committed()).isFalse();
    assertThat(result.version()).isZero();
    assertThat(table.append(rows(1)).commit().version()).isEqualTo(1);
  }

  @Test
  void createWhoseResponseIsLostIsStillOurs() {
    NeuralTable table = lake.table(faulty);
    theCommitMeets(EXISTS_AFTER);

    assertThat(table.create(Row.class).commit().committed()).isTrue();
    assertThat(healthy().version()).isZero();
  }

  @Test
  void staleHandleCatchesUpWithoutTryingEveryVersion() {
    create();
    NeuralTable stale = warm();
    NeuralTable other = healthy();
    for (int i = 0; i < 60; i++) {
      other.append(rows(i)).commit();
    }

    CommitResult result = stale.append(rows(100)).commit();

    assertThat(result.version()).isEqualTo(61);
    assertThat(result.attempts()).isEqualTo(2);
    assertThat(lake.pauses()).hasSize(1);
    assertThat(ids()).hasSize(61);
  }

  @Test
  void handleThatSleptWhileTheLogWasCleanedUpDoesNotCommitIntoThePast() throws IOException {
    healthy()
        .create(Row.class)
        .property("delta.checkpointInterval", "5")
        .property("delta.logRetentionDuration", "interval 1 hour")
        .commit();
    NeuralTable sleeper = warm();
    NeuralTable other = healthy();
    for (int i = 1; i <= 10; i++) {
      other.append(rows(i)).commit();
    }
    lake.runBackground();
    for (long v = 0; v < 10; v++) {
      files.delete(List.of(MemoryLake.LOCATION + "/_delta_log/%020d.json".formatted(v)));
    }
    lake.clock().advance(Duration.ofHours(2));

    CommitResult result = sleeper.append(rows(11)).commit();

    assertThat(result.version()).isEqualTo(11);
    assertThat(ids()).hasSize(11).contains(11);
  }

  @Test
  void inCommitTimestampsGrowWhateverTheClockSays() throws IOException {
    healthy().create(Row.class).property("delta.enableInCommitTimestamps", "true").commit();
    NeuralTable stale = warm();
    healthy().append(rows(1)).commit();
    lake.clock().advance(Duration.ofDays(-1));
    healthy().append(rows(2)).commit();
    stale.append(rows(3)).commit();

    List<Long> times =
        healthy().history(10).stream().map(h -> h.timestamp().toEpochMilli()).toList();
    long created = 1767225600000L;
    assertThat(times).containsExactly(created + 3, created + 2, created + 1, created);
    assertThat(commit(3)).startsWith("{\"commitInfo\":{\"inCommitTimestamp\":" + (created + 3));
    assertThat(healthy().properties())
        .doesNotContainKey("delta.inCommitTimestampEnablementVersion");
  }

  @Test
  void tableThatTurnsInCommitTimestampsOnSaysSinceWhenAlsoAfterItWasReplaced() {
    create();
    healthy().append(rows(1)).commit();
    lake.clock().advance(Duration.ofMinutes(1));
    healthy().alter().setProperty("delta.enableInCommitTimestamps", "true").commit();
    String since = Long.toString(lake.clock().millis());

    assertThat(healthy().properties())
        .containsEntry("delta.inCommitTimestampEnablementVersion", "2")
        .containsEntry("delta.inCommitTimestampEnablementTimestamp", since);

    healthy()
        .create(Row.class)
        .property("delta.enableInCommitTimestamps", "true")
        .orReplace()
        .commit();

    assertThat(healthy().properties())
        .containsEntry("delta.inCommitTimestampEnablementVersion", "2")
        .containsEntry("delta.inCommitTimestampEnablementTimestamp", since);
    assertThat(healthy().asOf(1).count()).isEqualTo(1);
    assertThat(healthy().history(9)).extracting(HistoryEntry::version).hasSize(4);
  }

  @Test
  void failureOfTheBackgroundExecutorDoesNotMakeACommitFail() {
    healthy().create(Row.class).property("delta.checkpointInterval", "1").commit();
    lake.executor(
        work -> {
          throw new IllegalStateException("no threads");
        });

    assertThat(healthy().append(rows(1)).commit().version()).isEqualTo(1);
    assertThat(ids()).containsExactly(1);
  }

  @Test
  void noDeadlineAtAllIsAccepted() {
    create();
    lake.retry(
        new RetryPolicy(
            Duration.ofSeconds(1),
            Duration.ofSeconds(Long.MAX_VALUE),
            Duration.ofSeconds(Long.MAX_VALUE),
            20));
    NeuralTable stale = warm();
    healthy().append(rows(1)).commit();

    assertThat(stale.append(rows(2)).commit().version()).isEqualTo(2);
  }
}
