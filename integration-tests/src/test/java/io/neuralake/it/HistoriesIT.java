package io.neuralake.it;

import static io.neuralake.testkit.audit.NeuralTableAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.history.HistoryRecorder;
import io.neuralake.testkit.history.ListTable;
import io.neuralake.testkit.history.Operation;
import io.neuralake.testkit.history.Operation.Outcome;
import io.neuralake.testkit.history.Step;
import io.neuralake.testkit.history.StrictSerializability;
import io.neuralake.testkit.history.Verdict;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.process.JavaProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients saw of tables on S3, while requests failed and answers got lost, could have happened
 * one by one. {@code -Dneuralake.histories=50} checks more of them.
 */
@NeuralLakeTest
@Timeout(300)
class HistoriesIT {
  private static final int HISTORIES = Integer.getInteger("neuralake.histories", 3);
  private static final int KEYS = 4;
  private static final int OPERATIONS = 10;

  @Test
  void historiesOfThreadsWithFaultsAreStrictlySerializable(
      NeuralLake lake, S3Bucket bucket, HttpFaultProxy proxy) throws Exception {
    long operations = 0;
    long unknown = 0;
    ExecutorService threads = Executors.newFixedThreadPool(ListTable.CLIENTS);
    try {
      for (int history = 0; history < HISTORIES; history++) {
        NeuralTable table = lake.table(bucket.location("history-" + history));
        ListTable.create(table, KEYS);
        proxy.clearRules();
        String commits = "_delta_log/\\d{20}\\.json";
        proxy.inject(Rule.when("PUT", commits).every(3 + history).dropResponseAfterEffect());
        proxy.inject(Rule.when("PUT", commits).every(5).respond(503, ""));
        proxy.inject(Rule.when("GET", "").every(11).resetBefore());
        HistoryRecorder recorder = new HistoryRecorder();
        List<Callable<Void>> clients = new ArrayList<>();
        for (int c = 0; c < ListTable.CLIENTS; c++) {
          int client = c;
          long seed = 100L * history + c;
          clients.add(
              () -> {
                try (NeuralLake own = bucket.through(proxy.endpoint()).newLake()) {
                  new ListTable(own.table(table.location()), KEYS)
                      .work(client, recorder, seed, OPERATIONS);
                }
                return null;
              });
        }
        for (Future<Void> done : threads.invokeAll(clients, 120, TimeUnit.SECONDS)) {
          done.get();
        }
        proxy.clearRules();
        check(recorder, table, bucket);
        operations += recorder.operations().size();
        unknown += count(recorder, Outcome.UNKNOWN);
      }
    } finally {
      threads.shutdownNow();
    }
    System.out.printf(
        "histories of threads: %d checked, %d operations (%d of unknown outcome), %d faults%n",
        HISTORIES, operations, unknown, proxy.faultsInjected());
    assertThat(proxy.faultsInjected()).isPositive();
  }

  @Test
  void historyOfProcessesIsStrictlySerializable(
      NeuralTable table, S3Bucket bucket, HttpFaultProxy proxy) throws Exception {
    ListTable.create(table, KEYS);
    proxy.inject(Rule.when("PUT", "_delta_log/\\d{20}\\.json").every(4).dropResponseAfterEffect());
    HistoryRecorder recorder = new HistoryRecorder();
    List<JavaProcess> running = new ArrayList<>();
    try {
      for (int client = 0; client < 3; client++) {
        running.add(
            JavaProcess.of(Client.class, table.location(), Integer.toString(client))
                .environment(bucket.through(proxy.endpoint()).env())
                .jvmArguments("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .start());
      }
      for (JavaProcess process : running) {
        assertThat(process.waitFor(Duration.ofSeconds(200))).as("%s", process.stderr()).isZero();
        Writers.saidBy(process).forEach(line -> record(line, recorder));
      }
    } finally {
      running.forEach(JavaProcess::close);
    }
    assertThat(recorder.operations()).hasSize(3 * OPERATIONS);
    check(recorder, table, bucket);
    System.out.printf(
        "histories of processes: 1 checked, %d operations, %d faults%n",
        recorder.operations().size(), proxy.faultsInjected());
  }

  private static void check(HistoryRecorder recorder, NeuralTable table, S3Bucket bucket) {
    Verdict verdict = StrictSerializability.check(recorder.operations());
    assertThat(verdict.isStrictlySerializable()).as("%s", verdict).isTrue();
    assertThat(count(recorder, Outcome.OK)).as("operations that took effect").isPositive();
    assertThat(table).in(bucket).isConsistent();
  }

  private static long count(HistoryRecorder recorder, Outcome outcome) {
    return recorder.operations().stream().filter(o -> o.outcome() == outcome).count();
  }

  private static void record(String line, HistoryRecorder recorder) {
    String[] parts = line.split(" ", 5);
    List<Step> steps =
        Arrays.stream(parts[4].split(";")).map(HistoriesIT::step).collect(Collectors.toList());
    recorder.record(
        parts[0],
        steps,
        Outcome.valueOf(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]));
  }

  private static Step step(String text) {
    String[] parts = text.split(" ", -1);
    List<Long> values =
        Arrays.stream(parts[2].split(",")).filter(v -> !v.isEmpty()).map(Long::valueOf).toList();
    return parts[0].equals("a")
        ? new Step.Append(parts[1], values.get(0))
        : new Step.Read(parts[1], values);
  }

  /** Works on lists and says what happened: location, number of the client. */
  static final class Client {
    private Client() {}

    public static void main(String[] args) {
      // Of one machine: processes on Linux have the same monotonic clock.
      HistoryRecorder recorder = new HistoryRecorder(System::nanoTime);
      int client = Integer.parseInt(args[1]);
      try (NeuralTable table = NeuralTable.open(args[0])) {
        new ListTable(table, KEYS).work(client, recorder, 1000 + client, OPERATIONS);
      }
      for (Operation operation : recorder.operations()) {
        System.out.println(
            "> %s %s %d %d %s"
                .formatted(
                    operation.client(),
                    operation.outcome(),
                    operation.invoked(),
                    operation.returned(),
                    operation.steps().stream().map(Client::text).collect(Collectors.joining(";"))));
      }
    }

    private static String text(Step step) {
      if (step instanceof Step.Append append) {
        return "a " + append.key() + " " + append.value();
      }
      return "r "
          + step.key()
          + " "
          + ((Step.Read) step)
              .values().stream().map(Object::toString).collect(Collectors.joining(","));
    }
  }
}
