package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.testkit.chaos.Gate;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.InjectedRule;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import io.neuralake.write.CommitResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Writers whose storage fails, or does what it was asked and does not say so. */
@NeuralLakeTest
@Timeout(120)
class LostResponsesIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int ROWS = 30;
  private static final String COMMITS = "_delta_log/\\d{20}\\.json";

  private final Iterator<List<NeuralSignal>> random = NeuralSignals.seeded(31).batches(ROWS);
  private final Map<String, Long> expected = new TreeMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private S3Bucket bucket;
  private HttpFaultProxy proxy;

  /** Of the table without faults, and of a writer behind the proxy. */
  private NeuralTable table;

  private NeuralLake faulty;
  private NeuralTable writer;

  @BeforeEach
  void create(NeuralTable testTable, S3Bucket testBucket, HttpFaultProxy testProxy) {
    table = testTable;
    bucket = testBucket;
    proxy = testProxy;
    faulty = lake(RetryPolicy.ofDefaults());
    writer = faulty.table(table.location());
    table.create(NeuralSignal.class).commit();
    writer.schema();
    proxy.reset();
  }

  @AfterEach
  void close() throws InterruptedException {
    threads.shutdownNow();
    faulty.close();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  private NeuralLake lake(RetryPolicy retry) {
    return NeuralLake.builder()
        .storage(bucket.through(proxy.endpoint()).connection().storage())
        .retry(retry)
        .build();
  }

  private synchronized List<NeuralSignal> rows(String batch) {
    expected.put(batch, (long) ROWS);
    return Writers.named(batch, random.next());
  }

  private CommitResult append(NeuralTable to, String batch) {
    return to.append(rows(batch)).commit();
  }

  private void assertEachBatchIsThereOnce() {
    assertThat(Batches.in(table)).isEqualTo(expected);
  }

  private List<String> dataFiles() {
    try (S3Client client = bucket.newClient()) {
      return client
          .listObjectsV2(r -> r.bucket(bucket.name()).prefix("table/part-"))
          .contents()
          .stream()
          .map(S3Object::key)
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void lostResponsesOfCommitsLoseAndRepeatNothing(int every) {
    InjectedRule lost =
        proxy.inject(Rule.when("PUT", COMMITS).every(every).dropResponseAfterEffect());
    for (int version = 1; version <= 12; version++) {
      CommitResult result = append(writer, "b" + version);
      assertThat(result.version()).isEqualTo(version);
      assertThat(result.attempts()).as("one PUT was enough").isEqualTo(1);
    }
    assertThat(lost.injected()).isEqualTo(12 / every);
    assertThat(proxy.count("PUT", COMMITS)).isEqualTo(12);
    assertThat(table.version()).isEqualTo(12);
    assertEachBatchIsThereOnce();
  }

  @Test
  void writersThatRaceWithLostResponsesLoseAndRepeatNothing() throws Exception {
    proxy.inject(Rule.when("PUT", COMMITS).every(3).dropResponseAfterEffect());
    int batches = 12;
    List<Callable<List<Long>>> work = new ArrayList<>();
    for (int w = 0; w < 3; w++) {
      String name = "w" + w;
      work.add(
          () -> {
            List<Long> versions = new ArrayList<>();
            try (NeuralLake own = lake(RetryPolicy.ofDefaults())) {
              for (int i = 0; i < batches; i++) {
                versions.add(append(own.table(table.location()), name + "-" + i).version());
              }
            }
            return versions;
          });
    }
    List<Long> versions = new ArrayList<>();
    for (Future<List<Long>> done : threads.invokeAll(work, 90, TimeUnit.SECONDS)) {
      versions.addAll(done.get());
    }
    assertThat(versions.stream().sorted().toList())
        .isEqualTo(LongStream.rangeClosed(1, 3L * batches).boxed().toList());
    assertThat(proxy.faultsInjected()).isGreaterThanOrEqualTo(batches);
    assertEachBatchIsThereOnce();
  }

  /**
   * Two lakes, three threads each, that share versions; each batch is written by both, as one
   * transaction. Of all PUTs, those of data files too, every k-th response is lost.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void groupsOfTransactionsThatAreRepeatedWithLostResponsesAreWrittenOnce(int every)
      throws Exception {
    InjectedRule lost =
        proxy.inject(Rule.when("PUT", "table/").every(every).dropResponseAfterEffect());
    int batches = 5;
    List<CommitResult> results = new ArrayList<>();
    try (NeuralLake one = lake(RetryPolicy.ofDefaults());
        NeuralLake other = lake(RetryPolicy.ofDefaults())) {
      List<Callable<List<CommitResult>>> work = new ArrayList<>();
      for (NeuralLake own : List.of(one, other)) {
        NeuralTable handle = own.table(table.location());
        for (int w = 0; w < 3; w++) {
          String name = "w" + w;
          work.add(
              () -> {
                List<CommitResult> done = new ArrayList<>();
                for (int i = 0; i < batches; i++) {
                  done.add(untilItIsKnown(handle, name, i));
                }
                return done;
              });
        }
      }
      for (Future<List<CommitResult>> done : threads.invokeAll(work, 100, TimeUnit.SECONDS)) {
        results.addAll(done.get());
      }
    }
    assertThat(lost.injected()).isPositive();
    assertThat(results).filteredOn(CommitResult::committed).hasSize(3 * batches);
    assertThat(results).filteredOn(r -> !r.committed()).hasSize(3 * batches);
    assertThat(results.stream().map(CommitResult::version).distinct().sorted().toList())
        .as("versions without gaps")
        .isEqualTo(LongStream.rangeClosed(1, table.version()).boxed().toList());
    assertThat(table.history(1000)).hasSize(1 + (int) table.version());
    assertThat(dataFiles()).as("what lost the race was deleted").hasSize(3 * batches);
    assertEachBatchIsThereOnce();
  }

  /** Repeats a transaction whose data file the client of S3 could not write, with new rows. */
  private CommitResult untilItIsKnown(NeuralTable to, String name, int batch) {
    for (int tries = 0; ; tries++) {
      try {
        return to.append(rows(name + "-" + batch)).transaction(name, batch).commit();
      } catch (StorageException e) {
        assertThat(e).hasMessageContaining("failed while writing data files");
        assertThat(tries).isLessThan(20);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 500, 503})
  void refusedCommitsAreTriedAgain(int status) {
    proxy.inject(Rule.when("PUT", COMMITS).first(2).respond(status, ""));
    CommitResult result = append(writer, "b");
    assertThat(result.version()).isEqualTo(1);
    assertThat(result.attempts()).isEqualTo(3);
    assertThat(proxy.count("PUT", COMMITS)).isEqualTo(3);
    assertEachBatchIsThereOnce();
  }

  @Test
  void connectionsThatBreakBeforeACommitAreTriedAgain() {
    proxy.inject(Rule.when("PUT", COMMITS).first(2).resetBefore());
    CommitResult result = append(writer, "b");
    assertThat(result.version()).isEqualTo(1);
    assertThat(result.attempts()).isEqualTo(3);
    assertEachBatchIsThereOnce();
  }

  @Test
  void requestSentTwiceByTheNetworkCountsOnce() {
    proxy.inject(Rule.when("PUT", COMMITS).nth(1).duplicateRequest());
    CommitResult result = append(writer, "b");
    assertThat(result.version()).isEqualTo(1);
    assertThat(table.version()).isEqualTo(1);
    assertEachBatchIsThereOnce();
  }

  @Test
  void lostResponsesAndRefusalsOfDataFilesAreTriedAgain() {
    proxy.inject(Rule.when("PUT", "\\.parquet").nth(1).dropResponseAfterEffect());
    proxy.inject(Rule.when("PUT", "\\.parquet").nth(3).respond(503, ""));
    append(writer, "lost");
    append(writer, "refused");
    assertThat(proxy.count("PUT", "\\.parquet")).isEqualTo(4);
    assertThat(dataFiles()).hasSize(2);
    assertEachBatchIsThereOnce();
  }

  // ---- who won: interleavings made certain by gates

  @Test
  void lookingAfterALostResponseFindsTheWinner() throws Exception {
    Gate look = new Gate();
    proxy.inject(Rule.when("PUT", COMMITS).nth(1).resetBefore());
    proxy.inject(Rule.when("GET", COMMITS).nth(1).holdRequest(look));
    Future<CommitResult> slow = threads.submit(() -> append(writer, "slow"));
    look.awaitArrival(LONG);
    assertThat(append(table, "fast").version()).isEqualTo(1);
    look.open();
    assertThat(slow.get(60, TimeUnit.SECONDS).version()).isEqualTo(2);
    assertEachBatchIsThereOnce();
  }

  @Test
  void secondTryAfterALostResponseLosesToTheWinner() throws Exception {
    Gate secondTry = new Gate();
    proxy.inject(Rule.when("PUT", COMMITS).nth(1).resetBefore());
    proxy.inject(Rule.when("PUT", COMMITS).nth(2).holdRequest(secondTry));
    Future<CommitResult> slow = threads.submit(() -> append(writer, "slow"));
    secondTry.awaitArrival(LONG);
    assertThat(append(table, "fast").version()).isEqualTo(1);
    secondTry.open();
    CommitResult result = slow.get(60, TimeUnit.SECONDS);
    assertThat(result.version()).isEqualTo(2);
    assertThat(result.attempts()).isEqualTo(3);
    assertEachBatchIsThereOnce();
  }

  @Test
  void lostRefusalIsNotTakenForSuccess() {
    append(table, "fast");
    proxy.inject(Rule.when("PUT", COMMITS).nth(1).dropResponseAfterEffect());
    CommitResult slow = append(writer, "slow");
    assertThat(proxy.requests().stream().filter(r -> r.fault().isPresent())).hasSize(1);
    assertThat(slow.version()).isEqualTo(2);
    assertEachBatchIsThereOnce();
  }

  @Test
  void ownCommitIsFoundThoughOthersWentOnMeanwhile() throws Exception {
    Gate look = new Gate();
    proxy.inject(Rule.when("PUT", COMMITS).nth(1).dropResponseAfterEffect());
    proxy.inject(Rule.when("GET", COMMITS).nth(1).holdRequest(look));
    Future<CommitResult> slow = threads.submit(() -> append(writer, "slow"));
    look.awaitArrival(LONG);
    assertThat(append(table, "fast").version()).isEqualTo(2);
    assertThat(append(table, "faster").version()).isEqualTo(3);
    look.open();
    CommitResult result = slow.get(60, TimeUnit.SECONDS);
    assertThat(result.version()).isEqualTo(1);
    assertThat(result.attempts()).isEqualTo(1);
    assertThat(append(writer, "next").version()).isEqualTo(4);
    assertEachBatchIsThereOnce();
  }

  // ---- the end of what can be done

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unreadableStorageAfterALostResponseIsAnUnknownOutcome(boolean tookEffect) {
    Rule.Match commit = Rule.when("PUT", COMMITS).first(1);
    try (NeuralLake hasty = lake(RetryPolicy.ofDefaults().withDeadline(Duration.ofMillis(200)))) {
      NeuralTable handle = hasty.table(table.location());
      handle.schema();
      proxy.inject(tookEffect ? commit.dropResponseAfterEffect() : commit.resetBefore());
      proxy.inject(Rule.when("GET", COMMITS).every(1).respond(503, ""));
      List<NeuralSignal> rows = rows("unknown");
      Throwable failure = catchThrowable(() -> handle.append(rows).commit());
      assertThat(failure)
          .isInstanceOf(CommitStateUnknownException.class)
          .hasMessageStartingWith(
              table.location() + ": it is not known whether version 1 was committed, because ")
          .hasMessageContaining("Its data files were kept. Look in the history");
      assertThat(dataFiles()).as("the commit may hold it").hasSize(1);
      assertThat(proxy.count("POST")).as("deletions").isZero();
      proxy.clearRules();
      Matcher txn = Pattern.compile("txnId (\\S+)").matcher(failure.getMessage());
      assertThat(txn.find()).isTrue();
      if (tookEffect) {
        assertThat(commit(1)).contains("\"txnId\":\"" + txn.group(1) + "\"");
      } else {
        expected.clear();
      }
      assertEachBatchIsThereOnce();
      append(handle, "next");
      assertEachBatchIsThereOnce();
    }
  }

  private String commit(long version) {
    try (S3Client client = bucket.newClient()) {
      String key = "table/_delta_log/%020d.json".formatted(version);
      return client.getObjectAsBytes(r -> r.bucket(bucket.name()).key(key)).asUtf8String();
    }
  }

  @Test
  void deniedCommitLeavesNothingBehind() {
    proxy.inject(Rule.when("PUT", COMMITS).every(1).respond(403, ""));
    assertFailsWithoutTrace(
        () -> append(writer, "denied"),
        table.location() + ": the storage refused access while committing version 1: ",
        1);
  }

  @Test
  void dataFileWhoseResponsesAreAllLostLeavesNothingBehind() {
    proxy.inject(Rule.when("PUT", "\\.parquet").every(1).dropResponseAfterEffect());
    assertFailsWithoutTrace(
        () -> append(writer, "lost"),
        table.location() + ": the storage failed while writing data files: ",
        0);
  }

  private void assertFailsWithoutTrace(
      ThrowableAssert.ThrowingCallable write, String message, int commits) {
    assertThatThrownBy(write).isInstanceOf(StorageException.class).hasMessageStartingWith(message);
    assertThat(proxy.count("PUT", COMMITS)).isEqualTo(commits);
    assertThat(dataFiles()).isEmpty();
    assertThat(table.version()).isZero();
    proxy.clearRules();
    expected.clear();
    append(writer, "afterwards");
    assertEachBatchIsThereOnce();
  }
}
