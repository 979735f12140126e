package io.neuralake.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.CommitName;
import io.neuralake.lock.LockProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link LockProvider} must do, as its Javadoc says. Extend it, in a class whose name
 * the build takes for a test, and say how an elector and a log are made.
 *
 * <p>Electors are used as processes of their own use them: each writer has its own instance. A
 * crash is played by an {@link Error} at each call of the log in turn, before and after its effect;
 * a pause by a thread that stops there.
 */
@Timeout(120)
public abstract class ElectorContract {
  private static final int WRITERS = 8;
  private static final int VERSIONS = 5;
  private static final int MOST_CALLS = 50;
  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<LockProvider> electors = new ArrayList<>();

  /**
   * Makes an elector, as another process would.
   *
   * @return a new instance, which the suite closes
   */
  protected abstract LockProvider newElector();

  /**
   * Opens the log of a table.
   *
   * @param table a name; the log of a name is empty when it is first asked for
   * @return the log, on the storage that the elector is made for
   */
  protected abstract CommitFiles log(String table);

  private synchronized LockProvider elector() {
    LockProvider elector = newElector();
    electors.add(elector);
    return elector;
  }

  @AfterEach
  void closeElectors() {
    electors.forEach(LockProvider::close);
  }

  private static byte[] content(String writer) {
    return ("{\"commitInfo\":{\"txnId\":\"" + writer + "\"}}\n").getBytes(UTF_8);
  }

  /** What a version holds once all was recovered; null if it is free. */
  private @Nullable String held(CommitFiles log, long version) throws IOException {
    elector().recover(log);
    try {
      return new String(log.read(CommitName.of(version)), UTF_8);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /** Among writers that race for a version exactly one wins, and the version is what it wrote. */
  @Test
  protected void exactlyOneWinner() throws Exception {
    CommitFiles log = log("race");
    List<LockProvider> own = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      own.add(elector());
    }
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      for (long version = 0; version < VERSIONS; version++) {
        long wanted = version;
        CyclicBarrier start = new CyclicBarrier(WRITERS);
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
          int writer = i;
          writers.add(
              () -> {
                start.await();
                return wins(own.get(writer), log, wanted, "w" + writer + "-" + wanted);
              });
        }
        List<String> winners = new ArrayList<>();
        List<Future<Boolean>> outcomes = threads.invokeAll(writers);
        for (int i = 0; i < WRITERS; i++) {
          if (outcomes.get(i).get()) {
            winners.add(new String(content("w" + i + "-" + wanted), UTF_8));
          }
        }
        assertThat(winners)
            .as("writers that were told they own version %d; two would lose one's rows", version)
            .hasSize(1);
        assertThat(held(log, version))
            .as("content of version %d, which must be what its one winner wrote", version)
            .isEqualTo(winners.get(0));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean wins(LockProvider elector, CommitFiles log, long version, String writer)
      throws IOException {
    try {
      elector.commit(log, version, content(writer));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** A version that is taken stays what it is, for the same and for another instance. */
  @Test
  protected void aTakenVersionIsNeverReplaced() throws IOException {
    CommitFiles log = log("taken");
    LockProvider first = elector();
    first.commit(log, 0, content("first"));
    for (LockProvider next : List.of(first, elector())) {
      assertThatThrownBy(
              () -> next.commit(log, 0, content("second")),
              "a commit of version 0, which is taken: its rows would replace another's")
          .isInstanceOf(FileAlreadyExistsException.class)
          .hasMessageContaining(CommitName.of(0));
    }
    assertThat(held(log, 0)).contains("first");
  }

  /**
   * Whatever moment a writer dies at, the version is free, or taken with the whole content; the
   * next writer can go on, and what was told or seen never changes.
   */
  @Test
  protected void aCrashAtAnyMomentLeavesAllOrNothing() throws IOException {
    for (boolean atEnd : new boolean[] {false, true}) {
      for (int call = 1; ; call++) {
        assertThat(call).as("calls of one commit").isLessThan(MOST_CALLS);
        String when = (atEnd ? "after" : "before") + " call " + call;
        CommitFiles log = log("crash-" + atEnd + call);
        elector().commit(log, 0, content("zero"));
        TroubledLog dying = TroubledLog.crashing(log, call, atEnd);
        boolean told = tellsOfSuccess(elector(), dying, "dying");
        String seen = held(log, 1);
        if (seen != null) {
          assertThat(seen)
              .as("version 1 after a crash %s: a part of a commit would corrupt the table", when)
              .isEqualTo(new String(content("dying"), UTF_8));
        }
        assertThat(seen != null || !told)
            .as("a commit that was reported done and is gone, crash %s", when)
            .isTrue();
        assertThat(wins(elector(), log, 1, "next"))
            .as("whether the next writer gets version 1, which is %s, crash %s", seen, when)
            .isEqualTo(seen == null);
        assertThat(held(log, 1))
            .as("version 1 once it is taken, crash %s", when)
            .isEqualTo(seen == null ? new String(content("next"), UTF_8) : seen);
        assertThat(wins(elector(), log, 2, "after")).as("the version after, %s", when).isTrue();
        if (dying.calls() < call) {
          break;
        }
      }
    }
  }

  private static boolean tellsOfSuccess(LockProvider elector, CommitFiles log, String writer)
      throws IOException {
    try {
      return wins(elector, log, 1, writer);
    } catch (TroubledLog.Crash e) {
      return false;
    }
  }

  /** A call whose answer is lost may have worked: the outcome is told right or as unknown. */
  @Test
  protected void aLostAnswerIsNeverTakenForAnotherOutcome() throws IOException {
    for (int lost = 1; ; lost++) {
      assertThat(lost).as("calls of one commit").isLessThan(MOST_CALLS);
      CommitFiles log = log("lost-" + lost);
      elector().commit(log, 0, content("zero"));
      int number = lost;
      TroubledLog troubled =
          new TroubledLog(
              log,
              (call, after) -> {
                if (call == number && after) {
                  throw new IOException("the answer to call " + call + " was lost");
                }
              });
      String told;
      try {
        elector().commit(troubled, 1, content("writer"));
        told = "done";
      } catch (FileAlreadyExistsException e) {
        told = "taken";
      } catch (IOException e) {
        told = "unknown";
      }
      String seen = held(log, 1);
      if (told.equals("done")) {
        assertThat(seen).as("a commit that was told to be done; answer %d lost", lost).isNotNull();
      }
      if (told.equals("taken")) {
        assertThat(seen).as("a version told to be taken; answer %d lost", lost).isNotNull();
      }
      assertThat(wins(elector(), log, 1, "other"))
          .as("whether another gets version 1, which is %s; answer %d lost", seen, lost)
          .isEqualTo(seen == null);
      if (troubled.calls() < lost) {
        break;
      }
    }
  }

  /**
   * A writer that stops in the middle of a commit, while others commit that version and the next,
   * damages nothing when it goes on: it has lost, or it has won before.
   */
  @Test
  protected void aPausedWriterNeverOverwrites() throws Exception {
    for (int pause = 1; ; pause++) {
      assertThat(pause).as("calls of one commit").isLessThan(MOST_CALLS);
      CommitFiles log = log("pause-" + pause);
      elector().commit(log, 0, content("zero"));
      CountDownLatch reached = new CountDownLatch(1);
      CountDownLatch resumed = new CountDownLatch(1);
      int number = pause;
      TroubledLog slow =
          new TroubledLog(
              log,
              (call, after) -> {
                if (call == number && !after) {
                  reached.countDown();
                  await(resumed);
                }
              });
      LockProvider own = elector();
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<Boolean> paused = thread.submit(() -> tellsOfSuccess(own, slow, "paused"));
        while (!reached.await(5, TimeUnit.MILLISECONDS) && !paused.isDone()) {
          // It gets there or it ends.
        }
        String before = held(log, 1);
        boolean othersWin = wins(elector(), log, 1, "other");
        assertThat(othersWin)
            .as("whether another gets version 1, seen as %s, before call %d", before, pause)
            .isEqualTo(before == null);
        String seen = held(log, 1);
        elector().commit(log, 2, content("two"));
        resumed.countDown();
        boolean pausedWins = paused.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(pausedWins)
            .as("whether the writer paused before call %d was told that it won", pause)
            .isEqualTo(!othersWin);
        assertThat(held(log, 1))
            .as("version 1 after the writer paused before call %d went on", pause)
            .isEqualTo(seen);
        assertThat(held(log, 2)).isEqualTo(new String(content("two"), UTF_8));
      } finally {
        resumed.countDown();
        thread.shutdownNow();
      }
      if (slow.calls() < pause) {
        break;
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
        fail("nobody resumed the paused writer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Recovery may be done by many at once, again and again, and with nothing to recover. */
  @Test
  protected void recoveryIsIdempotent() throws Exception {
    CommitFiles log = log("recovery");
    elector().recover(log);
    elector().commit(log, 0, content("zero"));
    assertThat(tellsOfSuccess(elector(), TroubledLog.crashing(log, 2, false), "dying"))
        .as("a crash before the second call")
        .isIn(true, false);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<@Nullable String>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(() -> held(log, 1));
      }
      List<@Nullable String> seen = new ArrayList<>();
      for (Future<@Nullable String> reader : threads.invokeAll(readers)) {
        seen.add(reader.get());
      }
      assertThat(seen.stream().distinct().toList())
          .as("what readers saw at the same time after recovering")
          .hasSize(1);
    } finally {
      threads.shutdownNow();
    }
  }

  /** An interrupted thread commits nothing by surprise, and its flag stays set. */
  @Test
  protected void interruptsAreHonoured() throws IOException {
    CommitFiles log = log("interrupt");
    LockProvider elector = elector();
    elector.commit(log, 0, content("zero"));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () -> elector.commit(log, 1, content("interrupted")),
              "a commit of an interrupted thread")
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).as("the thread's interrupt flag").isTrue();
    }
    assertThat(held(log, 1)).as("version 1, which nobody committed").isNull();
  }
}
