package io.neuralake.testkit.contract;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.CommitName;
import io.neuralake.lock.LockProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/**
 * A right implementation passes; {@link PlantedBugsTest} has those that are wrong in one way each.
 */
class ContractsTest {

  interface Commit {
    void run(CommitFiles log, String file, byte[] content) throws IOException;
  }

  static final Commit RIGHT = CommitFiles::writeIfAbsent;

  static final Commit OVERWRITES = CommitFiles::write;

  static final Commit LOOKS_THEN_WRITES =
      (log, file, content) -> {
        if (log.exists(file)) {
          throw new FileAlreadyExistsException(file);
        }
        log.write(file, content);
      };

  static final Commit WRITES_IN_TWO_STEPS =
      (log, file, content) -> {
        log.writeIfAbsent(file, Arrays.copyOf(content, content.length / 2));
        log.write(file, content);
      };

  static final Commit TAKES_ANY_FAILURE_FOR_A_LOSS =
      (log, file, content) -> {
        try {
          log.exists(file); // an answer that is lost here says nothing about the version
          log.writeIfAbsent(file, content);
        } catch (IOException e) {
          throw new FileAlreadyExistsException(file);
        }
      };

  static final Commit TAKES_ANY_FAILURE_FOR_SUCCESS =
      (log, file, content) -> {
        try {
          log.writeIfAbsent(file, content);
        } catch (IOException e) {
          if (e instanceof InterruptedIOException) {
            throw e;
          }
        }
      };

  static LockProvider elector(Commit commit) {
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

  static ElectorContract suite(Commit commit) {
    Map<String, CommitFiles> logs = new ConcurrentHashMap<>();
    return new ElectorContract() {
      @Override
      protected LockProvider newElector() {
        return elector(commit);
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
