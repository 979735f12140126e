package io.neuralake.testkit.contract;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.CommitName;
import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.LeaseProvider;
import io.neuralake.lock.LockProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The suites find what they are there to find: implementations that are wrong in one way each. */
class ContractsTest {

  private interface Commit {
    void run(CommitFiles log, String file, byte[] content) throws IOException;
  }

  private static final Commit RIGHT = CommitFiles::writeIfAbsent;

  private static final Commit OVERWRITES = CommitFiles::write;

  private static final Commit LOOKS_THEN_WRITES =
      (log, file, content) -> {
        if (log.exists(file)) {
          throw new FileAlreadyExistsException(file);
        }
        log.write(file, content);
      };

  private static final Commit WRITES_IN_TWO_STEPS =
      (log, file, content) -> {
        log.writeIfAbsent(file, Arrays.copyOf(content, content.length / 2));
        log.write(file, content);
      };

  private static final Commit TAKES_ANY_FAILURE_FOR_A_LOSS =
      (log, file, content) -> {
        try {
          log.exists(file); // an answer that is lost here says nothing about the version
          log.writeIfAbsent(file, content);
        } catch (IOException e) {
          throw new FileAlreadyExistsException(file);
        }
      };

  private static final Commit TAKES_ANY_FAILURE_FOR_SUCCESS =
      (log, file, content) -> {
        try {
          log.writeIfAbsent(file, content);
        } catch (IOException e) {
          if (e instanceof InterruptedIOException) {
            throw e;
          }
        }
      };

  private static ElectorContract suite(Commit commit) {
    Map<String, CommitFiles> logs = new ConcurrentHashMap<>();
    return new ElectorContract() {
      @Override
      protected LockProvider newElector() {
        return new LockProvider() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public void commit(CommitFiles log, long version, byte[] content) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
              throw new InterruptedIOException("interrupted");
            }
            commit.run(log, CommitName.of(version), content);
          }
        };
      }

      @Override
      protected CommitFiles log(String table) {
        return logs.computeIfAbsent(table, LogInMemory::new);
      }
    };
  }

  @Test
  void aRightElectorPasses() {
    ElectorContract suite = suite(RIGHT);
    assertThatCode(
            () -> {
              suite.exactlyOneWinner();
              suite.aTakenVersionIsNeverReplaced();
              suite.aCrashAtAnyMomentLeavesAllOrNothing();
              suite.aLostAnswerIsNeverTakenForAnotherOutcome();
              suite.aPausedWriterNeverOverwrites();
              suite.recoveryIsIdempotent();
              suite.interruptsAreHonoured();
            })
        .doesNotThrowAnyException();
  }

  @Test
  void wrongElectorsAreFound() {
    assertThatThrownBy(() -> suite(OVERWRITES).aTakenVersionIsNeverReplaced())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a commit of version 0, which is taken");
    assertThatThrownBy(() -> suite(OVERWRITES).exactlyOneWinner())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("two would lose one's rows");
    assertThatThrownBy(() -> suite(LOOKS_THEN_WRITES).aPausedWriterNeverOverwrites())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the writer paused before call 2");
    assertThatThrownBy(() -> suite(WRITES_IN_TWO_STEPS).aCrashAtAnyMomentLeavesAllOrNothing())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a part of a commit would corrupt the table");
    assertThatThrownBy(() -> suite(TAKES_ANY_FAILURE_FOR_SUCCESS).exactlyOneWinner())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("two would lose one's rows");
    assertThatThrownBy(
            () -> suite(TAKES_ANY_FAILURE_FOR_A_LOSS).aLostAnswerIsNeverTakenForAnotherOutcome())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a version told to be taken");
  }

  @Test
  void wrongLeasesAreFound() {
    LeaseContract suite =
        new LeaseContract() {
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
    suite.open();
    assertThatThrownBy(suite::anAbandonedLeaseIsTakenOverAfterItsTime)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("it fences off the first holder only if it is greater");
    suite.open();
    assertThatThrownBy(suite::anOldHolderChangesNothing)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("it would work beside the new one");
  }

  private static final class LogInMemory implements CommitFiles {
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final String table;

    LogInMemory(String table) {
      this.table = table;
    }

    @Override
    public String tableLocation() {
      return table;
    }

    @Override
    public boolean exists(String name) {
      return files.containsKey(name);
    }

    @Override
    public byte[] read(String name) throws IOException {
      byte[] content = files.get(name);
      if (content == null) {
        throw new FileNotFoundException(name);
      }
      return content;
    }

    @Override
    public void write(String name, byte[] content) {
      files.put(name, content);
    }

    @Override
    public void writeIfAbsent(String name, byte[] content) throws IOException {
      if (files.putIfAbsent(name, content) != null) {
        throw new FileAlreadyExistsException(name);
      }
    }

    @Override
    public void delete(String name) {
      files.remove(name);
    }
  }
}
