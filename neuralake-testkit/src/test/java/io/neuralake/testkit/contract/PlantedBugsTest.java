package io.neuralake.testkit.contract;

import static io.neuralake.testkit.contract.ContractsTest.suite;
import static org.assertj.core.api.Assertions.assertThat;

import io.delta.storage.LogStore;
import io.neuralake.NeuralLake;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.LeaseProvider;
import io.neuralake.lock.LockProvider;
import io.neuralake.testkit.audit.TableFiles;
import io.neuralake.testkit.contract.ContractsTest.Commit;
import io.neuralake.testkit.history.HistoryRecorder;
import io.neuralake.testkit.history.ListTable;
import io.neuralake.testkit.history.Step;
import io.neuralake.testkit.history.StrictSerializability;
import io.neuralake.testkit.history.Verdict;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The suites and the history checker find what they are there to find. */
class PlantedBugsTest {
  private static final int RUNS = 3;

  @TempDir private Path folder;

  private final PlantedBugs bugs = new PlantedBugs();

  private void passes() {
    bugs.print("planted bugs, suites and histories");
    assertThat(bugs.missed()).as("bugs that nothing found").isEmpty();
  }

  // ---- electors and leases

  private static final Commit LEASE_AS_ELECTOR =
      new Commit() {
        private final LeaseProvider leases = new InProcessLeases();
        private final AtomicInteger seconds = new AtomicInteger();

        @Override
        public void run(CommitFiles log, String file, byte[] content) throws IOException {
          Optional<LeaseProvider.Grant> grant = Optional.empty();
          while (grant.isEmpty()) {
            Instant now = Instant.EPOCH.plusSeconds(seconds.incrementAndGet());
            Instant until = now.plus(Duration.ofSeconds(3));
            grant = leases.tryAcquire(log.tableLocation(), "commit", "w" + now, now, until);
          }
          if (log.exists(file)) {
            leases.release(log.tableLocation(), "commit", grant.get().token());
            throw new FileAlreadyExistsException(file);
          }
          log.write(file, content);
          leases.release(log.tableLocation(), "commit", grant.get().token());
        }
      };

  private static final Commit RETRIES_AS_THE_NEXT_VERSION =
      (log, file, content) -> {
        try {
          log.writeIfAbsent(file, content);
        } catch (FileAlreadyExistsException e) {
          throw e;
        } catch (IOException e) {
          long next = Long.parseLong(file.substring(0, 20)) + 1;
          log.writeIfAbsent(io.neuralake.lock.CommitName.of(next), content);
        }
      };

  @Test
  void electorsAndLeases() {
    bugs.hunt(
        "elector overwrites instead of creating",
        "ElectorContract.aTakenVersionIsNeverReplaced",
        "a commit of version 0, which is taken",
        RUNS,
        run -> suite(ContractsTest.OVERWRITES).aTakenVersionIsNeverReplaced());
    bugs.hunt(
        "the same, raced",
        "ElectorContract.exactlyOneWinner",
        "two would lose one's rows",
        RUNS,
        run -> suite(ContractsTest.OVERWRITES).exactlyOneWinner());
    bugs.hunt(
        "unsafe rename: looks, then writes",
        "ElectorContract.aPausedWriterNeverOverwrites",
        "the writer paused before call 2",
        RUNS,
        run -> suite(ContractsTest.LOOKS_THEN_WRITES).aPausedWriterNeverOverwrites());
    bugs.hunt(
        "a lease as elector",
        "ElectorContract.aPausedWriterNeverOverwrites",
        "the writer paused before call 2",
        RUNS,
        run -> suite(LEASE_AS_ELECTOR).aPausedWriterNeverOverwrites());
    bugs.hunt(
        "a commit in two steps",
        "ElectorContract.aCrashAtAnyMomentLeavesAllOrNothing",
        "a part of a commit would corrupt the table",
        RUNS,
        run -> suite(ContractsTest.WRITES_IN_TWO_STEPS).aCrashAtAnyMomentLeavesAllOrNothing());
    bugs.hunt(
        "any failure is taken for success",
        "ElectorContract.exactlyOneWinner",
        "two would lose one's rows",
        RUNS,
        run -> suite(ContractsTest.TAKES_ANY_FAILURE_FOR_SUCCESS).exactlyOneWinner());
    bugs.hunt(
        "any failure is taken for a lost race",
        "ElectorContract.aLostAnswerIsNeverTakenForAnotherOutcome",
        "a version told to be taken",
        RUNS,
        run ->
            suite(ContractsTest.TAKES_ANY_FAILURE_FOR_A_LOSS)
                .aLostAnswerIsNeverTakenForAnotherOutcome());
    bugs.hunt(
        "leases whose tokens do not grow",
        "LeaseContract.anAbandonedLeaseIsTakenOverAfterItsTime",
        "it fences off the first holder only if it is greater",
        RUNS,
        run -> {
          LeaseContract suite = leasesThatForget();
          suite.open();
          suite.anAbandonedLeaseIsTakenOverAfterItsTime();
        });
    bugs.hunt(
        "leases that anybody renews",
        "LeaseContract.anOldHolderChangesNothing",
        "it would work beside the new one",
        RUNS,
        run -> {
          LeaseContract suite = leasesThatForget();
          suite.open();
          suite.anOldHolderChangesNothing();
        });
    passes();
  }

  private static LeaseContract leasesThatForget() {
    return new LeaseContract() {
      @Override
      protected LeaseProvider newProvider() {
        InProcessLeases right = new InProcessLeases();
        return new LeaseProvider() {
          @Override
          public Optional<Grant> tryAcquire(
              String table, String lock, String owner, Instant now, Instant until) {
            return right
                .tryAcquire(table, lock, owner, now, until)
                .map(grant -> new Grant(1, grant.takenOver()));
          }

          @Override
          public boolean renew(String table, String lock, long token, Instant until) {
            return true;
          }

          @Override
          public void release(String table, String lock, long token) {}
        };
      }
    };
  }

  // ---- tables

  private TableAcidContract tables(Commit commit) {
    return new TableAcidContract() {
      @Override
      protected NeuralLake.Builder lake() {
        return NeuralLake.builder();
      }

      @Override
      protected LockProvider newElector() {
        return ContractsTest.elector(commit);
      }

      @Override
      protected String location(String name) {
        return folder.resolve(name).toString();
      }

      @Override
      protected TableFiles files(String location) {
        return TableFiles.local(Path.of(location));
      }
    };
  }

  @Test
  void tables() {
    bugs.hunt(
        "blind retry after a timeout: the same commit again as the next version",
        "TableAcidContract.aLostAnswerNeitherLosesNorRepeatsRows",
        "COMMITTED_ONCE",
        RUNS,
        run -> tables(RETRIES_AS_THE_NEXT_VERSION).aLostAnswerNeitherLosesNorRepeatsRows());
    bugs.hunt(
        "a commit in two steps",
        "TableAcidContract.aKilledWriterLeavesAllOrNothing",
        "cannot read the table",
        RUNS,
        run -> tables(ContractsTest.WRITES_IN_TWO_STEPS).aKilledWriterLeavesAllOrNothing());
    bugs.hunt(
        "lost update: writers overwrite each other's versions",
        "TableAcidContract.noUpdateIsLost",
        "less means a lost update",
        RUNS,
        run -> tables(ContractsTest.OVERWRITES).noUpdateIsLost());
    bugs.hunt(
        "appends overwrite each other's versions",
        "TableAcidContract.concurrentAppendsAllSurvive",
        "each must be there, and once",
        RUNS,
        run -> tables(ContractsTest.OVERWRITES).concurrentAppendsAllSurvive());
    passes();
  }

  // ---- log stores

  private StorageContract storage(UnaryOperator<DiskLogStore> bug) {
    AtomicReference<Path> root = new AtomicReference<>();
    try {
      root.set(Files.createTempDirectory(folder, "log"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new StorageContract() {
      @Override
      protected LogStore newStore(Configuration configuration) {
        return bug.apply(new DiskLogStore(configuration));
      }

      @Override
      protected Configuration configuration() {
        return new Configuration(false);
      }

      @Override
      protected org.apache.hadoop.fs.Path folder(String name) {
        return new org.apache.hadoop.fs.Path(root.get().resolve(name).toUri());
      }
    };
  }

  @Test
  void aRightLogStorePasses() throws Exception {
    StorageContract suite = storage(store -> store);
    suite.exactlyOneOfThoseThatCreateAFileWins();
    suite.onlyOverwritingReplaces();
    suite.whatIsWrittenIsListedAndReadAtOnce();
    suite.listingsAreInOrderFromWhereTheyBegin();
    suite.filesAreVisibleAsAWhole();
    suite.aWriteThatFailsLeavesNothing();
  }

  @Test
  void logStores() {
    bugs.hunt(
        "log store replaces files unasked",
        "StorageContract.onlyOverwritingReplaces",
        "a commit would be lost",
        RUNS,
        run -> storage(DiskLogStore::replacing).onlyOverwritingReplaces());
    bugs.hunt(
        "the same, raced",
        "StorageContract.exactlyOneOfThoseThatCreateAFileWins",
        "two would lose one's rows",
        RUNS,
        run -> storage(DiskLogStore::replacing).exactlyOneOfThoseThatCreateAFileWins());
    bugs.hunt(
        "listings are remembered",
        "StorageContract.whatIsWrittenIsListedAndReadAtOnce",
        "a reader would miss it",
        RUNS,
        run -> storage(DiskLogStore::remembering).whatIsWrittenIsListedAndReadAtOnce());
    bugs.hunt(
        "listings are in no order",
        "StorageContract.listingsAreInOrderFromWhereTheyBegin",
        "in order, with the file that it begins with",
        RUNS,
        run -> storage(DiskLogStore::unordered).listingsAreInOrderFromWhereTheyBegin());
    bugs.hunt(
        "files are visible while they are written",
        "StorageContract.aWriteThatFailsLeavesNothing",
        "half a commit",
        RUNS,
        run -> storage(DiskLogStore::streaming).aWriteThatFailsLeavesNothing());
    bugs.hunt(
        "the same, raced",
        "StorageContract.filesAreVisibleAsAWhole",
        "would be half a commit",
        RUNS,
        run -> storage(DiskLogStore::streaming).filesAreVisibleAsAWhole());
    passes();
  }

  // ---- histories

  /** Works on a table through a client that is wrong in one way. */
  private void history(int run, UnaryOperator<HistoryRecorder.Action> bug) {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      Path place = Files.createTempDirectory(folder, "history");
      ListTable lists = ListTable.create(lake.table(place.resolve("t")), 3);
      HistoryRecorder.Action action = bug.apply(lists::run);
      HistoryRecorder recorder = new HistoryRecorder();
      List<Step> all = List.of(new Step.Read("k0", List.of()), new Step.Read("k1", List.of()));
      for (long value = 10; value < 16; value++) {
        recorder.run("reader", all, action);
        recorder.run(
            "writer",
            List.of(new Step.Append("k0", value + run), new Step.Append("k1", value + run)),
            action);
      }
      recorder.run("reader", all, action);
      Verdict verdict = StrictSerializability.check(recorder.operations());
      if (!verdict.isStrictlySerializable()) {
        throw new AssertionError(verdict.toString());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isRead(List<Step> steps) {
    return steps.get(0) instanceof Step.Read;
  }

  @Test
  void histories() {
    history(0, right -> right);
    bugs.hunt(
        "stale read: every other read is the one before",
        "StrictSerializability",
        "a stale read",
        RUNS,
        run ->
            history(
                run,
                right -> {
                  AtomicReference<List<Step>> last = new AtomicReference<>();
                  return steps -> {
                    List<Step> old = isRead(steps) ? last.getAndSet(null) : null;
                    List<Step> result = old == null ? right.run(steps) : old;
                    if (isRead(steps) && old == null) {
                      last.set(result);
                    }
                    return result;
                  };
                }));
    bugs.hunt(
        "an append is acknowledged and dropped",
        "StrictSerializability",
        "a lost append",
        RUNS,
        run ->
            history(
                run,
                right -> {
                  AtomicInteger appends = new AtomicInteger();
                  return steps ->
                      !isRead(steps) && appends.incrementAndGet() == 3 + run
                          ? steps
                          : right.run(steps);
                }));
    bugs.hunt(
        "a commit is reported as failed and is there",
        "StrictSerializability",
        "a read of what has failed",
        RUNS,
        run ->
            history(
                run,
                right ->
                    steps -> {
                      List<Step> result = right.run(steps);
                      if (!isRead(steps)) {
                        throw new io.neuralake.error.StorageException("the answer was lost", null);
                      }
                      return result;
                    }));
    bugs.hunt(
        "an operation is done in two commits, and dies between them",
        "StrictSerializability",
        "operations that did not see each other",
        RUNS,
        run -> history(run, PlantedBugsTest::inTwoCommits));
    bugs.hunt(
        "a reader looks at each list by itself",
        "StrictSerializability",
        "operations that did not see each other",
        RUNS,
        run ->
            history(
                run,
                right -> {
                  AtomicReference<Step> old = new AtomicReference<>(new Step.Read("k1", List.of()));
                  return steps -> {
                    List<Step> result = right.run(steps);
                    return isRead(steps)
                        ? List.of(result.get(0), old.getAndSet(result.get(1)))
                        : result;
                  };
                }));
    passes();
  }

  private static HistoryRecorder.Action inTwoCommits(HistoryRecorder.Action right) {
    return steps -> {
      if (isRead(steps)) {
        return right.run(steps);
      }
      right.run(steps.subList(0, 1));
      throw new IllegalStateException("it dies, and what it did is unknown");
    };
  }
}
