package io.neuralake.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.read.Rows;
import io.neuralake.testkit.audit.AuditReport;
import io.neuralake.testkit.audit.DeltaLogAudit;
import io.neuralake.testkit.audit.TableFiles;
import io.neuralake.testkit.history.HistoryRecorder;
import io.neuralake.testkit.history.ListTable;
import io.neuralake.testkit.history.StrictSerializability;
import io.neuralake.testkit.history.Verdict;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What tables promise, for a storage and an elector of one's own. Extend it, in a class whose name
 * the build takes for a test, and say how a lake is made and where its tables are.
 *
 * <p>Each writer has a lake of its own, as a process would. A crash is played by an {@link Error}
 * at each call of the elector to the log in turn, before and after its effect; a lost answer by an
 * {@link IOException} after it. At the end of each test the table is audited.
 */
@Timeout(180)
public abstract class TableAcidContract {
  private static final int WRITERS = 4;
  private static final int BATCHES = 4;
  private static final int ROWS = 5;
  private static final int MOST_CALLS = 40;
  private static final AtomicInteger TABLES = new AtomicInteger();

  /**
   * A row of the tables of this suite.
   *
   * @param batch names what was written together
   * @param n counts
   */
  public record Row(String batch, long n) {}

  /**
   * Says how a lake reaches the storage; the suite adds the elector.
   *
   * @return a new builder, without an elector
   */
  protected abstract NeuralLake.Builder lake();

  /**
   * Makes an elector, as another process would.
   *
   * @return a new instance, closed with its lake
   */
  protected abstract LockProvider newElector();

  /**
   * Says where a table is.
   *
   * @param name a name that is used once
   * @return where nothing is yet
   */
  protected abstract String location(String name);

  /**
   * Opens a table's files for the audit.
   *
   * @param location as {@link #location} said
   * @return its files
   */
  protected abstract TableFiles files(String location);

  private String newTable() {
    String location = location("acid-" + TABLES.incrementAndGet());
    with(lake -> lake.table(location).create(Row.class).commit());
    return location;
  }

  private NeuralLake open(UnaryOperator<CommitFiles> trouble) {
    return lake().lock(new TroubledElector(newElector(), trouble)).build();
  }

  private void with(Consumer<NeuralLake> work) {
    try (LockProvider elector = newElector();
        NeuralLake lake = lake().lock(elector).build()) {
      work.accept(lake);
    }
  }

  private static List<Row> batch(String name) {
    return IntStream.range(0, ROWS).mapToObj(i -> new Row(name, i)).toList();
  }

  private static List<Row> rows(NeuralTable table) {
    List<Row> found = new ArrayList<>();
    try (Rows<Row> rows = table.scan().as(Row.class)) {
      rows.forEach(found::add);
    }
    return found;
  }

  /** What a process that has just started sees: how many rows of each batch. */
  private Map<String, Long> seen(String location) {
    Map<String, Long> counts = new TreeMap<>();
    try {
      with(
          lake ->
              rows(lake.table(location)).forEach(row -> counts.merge(row.batch(), 1L, Long::sum)));
    } catch (NeuralLakeException e) {
      throw new AssertionError(
          "A process that has just started cannot read the table, so what a writer left is neither"
              + " all of its commit nor nothing: "
              + e.getMessage(),
          e);
    }
    return counts;
  }

  private void audit(String location, String when) throws IOException {
    AuditReport report = DeltaLogAudit.of(files(location)).run();
    assertThat(report.errors()).as("the table %s: %s", when, report).isEmpty();
  }

  /** Runs the same work in several threads at once, each with a lake of its own. */
  private <T> List<T> together(int count, WorkOf<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Callable<T>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int writer = i;
        all.add(
            () -> {
              try (LockProvider elector = newElector();
                  NeuralLake lake = lake().lock(elector).build()) {
                return work.run(writer, lake);
              }
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(all, 150, TimeUnit.SECONDS)) {
        results.add(done.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError broken) {
        throw broken;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }

  private interface WorkOf<T> {
    T run(int writer, NeuralLake lake) throws Exception;
  }

  // ---- atomicity and durability

  /** A writer that dies at any moment of its commit leaves all of it or nothing. */
  @Test
  protected void aKilledWriterLeavesAllOrNothing() throws IOException {
    killed("append", table -> table.append(batch("new")).commit(), Map.of("old", 5L, "new", 5L));
    killed("overwrite", table -> table.overwrite(batch("new")).commit(), Map.of("new", 5L));
    killed(
        "update",
        table -> table.update().set("batch", "'new'").where("n < 2").commit(),
        Map.of("old", 3L, "new", 2L));
    killed("delete", table -> table.delete().where("n < 2").commit(), Map.of("old", 3L));
  }

  private void killed(String name, Consumer<NeuralTable> operation, Map<String, Long> wholly)
      throws IOException {
    for (boolean atEnd : new boolean[] {false, true}) {
      for (int call = 1; ; call++) {
        assertThat(call).as("calls of one commit").isLessThan(MOST_CALLS);
        String when =
            "after a writer died %s call %d of its %s"
                .formatted(atEnd ? "behind" : "before", call, name);
        String location = newTable();
        with(lake -> lake.table(location).append(batch("old")).commit());
        int number = call;
        TroubledLog[] log = new TroubledLog[1];
        boolean told = false;
        try (NeuralLake lake = open(files -> log[0] = TroubledLog.crashing(files, number, atEnd))) {
          operation.accept(lake.table(location));
          told = true;
        } catch (TroubledLog.Crash e) {
          // It is dead.
        }
        Map<String, Long> left = seen(location);
        assertThat(left)
            .as("rows %s: all of it or nothing, a part would be neither", when)
            .isIn(told ? List.of(wholly) : List.of(wholly, Map.of("old", 5L)));
        with(lake -> lake.table(location).append(batch("next")).commit());
        assertThat(seen(location))
            .as("rows %s, and another wrote: what was seen stays, and others can go on", when)
            .containsAllEntriesOf(left)
            .containsEntry("next", 5L);
        audit(location, when);
        if (log[0] == null || log[0].calls() < call) {
          break;
        }
      }
    }
  }

  /** Whatever answer gets lost, a batch is there once, or never where the writer was told so. */
  @Test
  protected void aLostAnswerNeitherLosesNorRepeatsRows() throws IOException {
    for (int lost = 1; ; lost++) {
      assertThat(lost).as("calls of one commit").isLessThan(MOST_CALLS);
      String location = newTable();
      int number = lost;
      AtomicInteger calls = new AtomicInteger();
      String told = "done";
      try (NeuralLake lake =
          open(
              files ->
                  new TroubledLog(
                      files,
                      (call, after) -> {
                        if (after && calls.incrementAndGet() == number) {
                          throw new IOException("the answer was lost");
                        }
                      }))) {
        lake.table(location).append(batch("b")).commit();
      } catch (CommitStateUnknownException e) {
        told = "unknown";
      } catch (NeuralLakeException e) {
        told = "failed";
      }
      long rows = seen(location).getOrDefault("b", 0L);
      assertThat(rows)
          .as(
              "rows after answer %d was lost and the writer was told '%s': more than %d means that"
                  + " a retry wrote them again, fewer that they are lost",
              lost, told, ROWS)
          .isIn(
              switch (told) {
                case "done" -> List.of((long) ROWS);
                case "failed" -> List.of(0L);
                default -> List.of(0L, (long) ROWS);
              });
      audit(location, "after answer " + lost + " was lost");
      if (calls.get() < lost) {
        break;
      }
    }
  }

  // ---- isolation

  /** All appends of writers that race are there once, each in a version of its own. */
  @Test
  protected void concurrentAppendsAllSurvive() throws Exception {
    String location = newTable();
    List<List<Long>> versions =
        together(
            WRITERS,
            (writer, lake) -> {
              List<Long> told = new ArrayList<>();
              for (int i = 0; i < BATCHES; i++) {
                String name = "w" + writer + "-" + i;
                told.add(lake.table(location).append(batch(name)).commit().version());
              }
              return told;
            });
    Map<String, Long> expected = new TreeMap<>();
    for (int writer = 0; writer < WRITERS; writer++) {
      for (int i = 0; i < BATCHES; i++) {
        expected.put("w" + writer + "-" + i, (long) ROWS);
      }
    }
    assertThat(seen(location))
        .as("rows of each acknowledged batch: each must be there, and once")
        .isEqualTo(expected);
    assertThat(versions.stream().flatMap(List::stream).toList())
        .as("versions that writers were told to own; one that two own has lost one's rows")
        .doesNotHaveDuplicates();
    audit(location, "after concurrent appends");
  }

  /** Of writers that count the same row up, each that succeeds counts. */
  @Test
  protected void noUpdateIsLost() throws Exception {
    String location = newTable();
    with(lake -> lake.table(location).append(List.of(new Row("counter", 0))).commit());
    List<Integer> counted =
        together(
            WRITERS,
            (writer, lake) -> {
              int done = 0;
              for (int i = 0; i < BATCHES; i++) {
                try {
                  lake.table(location).update().set("n", "n + 1").commit();
                  done++;
                } catch (CommitStateUnknownException e) {
                  throw e;
                } catch (NeuralLakeException e) {
                  // Others won again and again: nothing happened.
                }
              }
              return done;
            });
    List<Row> rows = new ArrayList<>();
    with(lake -> rows.addAll(rows(lake.table(location))));
    int sum = counted.stream().mapToInt(Integer::intValue).sum();
    assertThat(rows)
        .as("the counter after %d increments that succeeded: less means a lost update", sum)
        .containsExactly(new Row("counter", sum));
    audit(location, "after concurrent updates");
  }

  /** A numbered write that several repeat takes place once. */
  @Test
  protected void transactionsTakePlaceOnce() throws Exception {
    String location = newTable();
    List<Integer> committed =
        together(
            WRITERS,
            (writer, lake) -> {
              int done = 0;
              for (int i = 0; i < BATCHES; i++) {
                CommitResult result =
                    lake.table(location).append(batch("b" + i)).transaction("app", i).commit();
                done += result.committed() ? 1 : 0;
              }
              return done;
            });
    Map<String, Long> expected = new TreeMap<>();
    for (int i = 0; i < BATCHES; i++) {
      expected.put("b" + i, (long) ROWS);
    }
    assertThat(seen(location))
        .as("rows of numbered writes that all writers repeated: each number takes place once")
        .isEqualTo(expected);
    assertThat(committed.stream().mapToInt(Integer::intValue).sum())
        .as("how many writers were told that they did it")
        .isEqualTo(BATCHES);
    audit(location, "after repeated transactions");
  }

  /** Readers beside a writer see one version as a whole, and never go back. */
  @Test
  protected void readersSeeWholeVersions() throws Exception {
    String location = newTable();
    with(lake -> lake.table(location).append(batch("0")).commit());
    AtomicBoolean done = new AtomicBoolean();
    together(
        3,
        (who, lake) -> {
          NeuralTable table = lake.table(location);
          if (who == 0) {
            try {
              for (int i = 1; i <= 3 * BATCHES; i++) {
                table.overwrite(batch(Integer.toString(i))).commit();
              }
            } finally {
              done.set(true);
            }
            return true;
          }
          int last = 0;
          for (boolean after = false; !after; ) {
            after = done.get();
            List<Row> rows = rows(table);
            assertThat(rows)
                .as("a read beside a writer: rows of one version, all of them")
                .hasSize(ROWS)
                .extracting(Row::batch)
                .containsOnly(rows.get(0).batch());
            int batch = Integer.parseInt(rows.get(0).batch());
            assertThat(batch)
                .as("the version that a reader sees after it saw batch %d: time went back", last)
                .isGreaterThanOrEqualTo(last);
            last = batch;
          }
          assertThat(last)
              .as("the batch that is read after the last commit")
              .isEqualTo(3 * BATCHES);
          return true;
        });
    audit(location, "after overwrites");
  }

  /** What is acknowledged is seen by whoever asks then: the writer and everybody else. */
  @Test
  protected void acknowledgedWritesAreSeenByAll() {
    String location = newTable();
    with(
        writer ->
            with(
                reader -> {
                  for (int i = 1; i <= BATCHES; i++) {
                    long version = writer.table(location).append(batch("b" + i)).commit().version();
                    for (NeuralLake lake : List.of(writer, reader)) {
                      String who = lake == writer ? "its writer" : "another lake";
                      assertThat(lake.table(location).version())
                          .as("newest version by %s after %d was committed", who, version)
                          .isEqualTo(version);
                      assertThat(rows(lake.table(location)))
                          .as("rows by %s after %d was committed", who, version)
                          .hasSize(i * ROWS);
                    }
                  }
                }));
  }

  /** What clients see of concurrent reads and writes could have happened one by one. */
  @Test
  protected void historiesAreStrictlySerializable() throws Exception {
    String location = location("acid-" + TABLES.incrementAndGet());
    int keys = 3;
    with(lake -> ListTable.create(lake.table(location), keys));
    HistoryRecorder recorder = new HistoryRecorder();
    together(
        WRITERS,
        (client, lake) -> {
          new ListTable(lake.table(location), keys)
              .work(client, recorder, client * 100L + 7, 2 * BATCHES);
          return true;
        });
    Verdict verdict = StrictSerializability.check(recorder.operations());
    assertThat(verdict.isStrictlySerializable()).as("%s", verdict).isTrue();
    audit(location, "after a history");
  }
}
