package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.CRASH_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.DENIED;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_AFTER;
import static io.neuralake.internal.store.FaultyFileStore.Fault.FAIL_BEFORE;
import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.IntegerType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Call;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.FaultyFileStore.SimulatedCrash;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Rows;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupCommitTest {

  record Row(int id) {}

  private final MemoryLake lake = new MemoryLake();
  private final InMemoryFileStore files = new InMemoryFileStore();
  private final FaultyFileStore store = new FaultyFileStore(files, call -> NONE);
  private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Commits arrive at the gate, and pass it one for each permit. */
  private final Semaphore arrived = new Semaphore(0);

  private final Semaphore gate = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();

  private TableContext context = lake.context(store, LockProviders.automatic());
  private NeuralTable table = lake.table(context);

  @AfterEach
  void nothingIsHeld() throws InterruptedException {
    gate.release(1_000_000); // whatever a test that failed has left
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(20));
      assertThat(thread.isAlive()).as("a caller hangs").isFalse();
    }
    assertThat(context.appends().waiting()).isZero();
    assertThat(lake.allocator().getAllocatedMemory()).isZero();
    lake.close();
  }

  // ---- the stage

  private void create(GroupCommit settings, String... enabled) {
    lake.groupCommit(settings);
    lake.table(files)
        .create(Row.class)
        .properties(List.of(enabled).stream().collect(Collectors.toMap(p -> p, p -> "true")))
        .commit();
    context = lake.context(store, LockProviders.automatic());
    table = lake.table(context);
    table.version();
    store.follow(this::atTheGate);
  }

  private void create() {
    create(GroupCommit.ofDefaults());
  }

  private Fault atTheGate(Call call) throws IOException {
    calls.add(call);
    if (call.isCommit()) {
      arrived.release();
      try {
        gate.acquire();
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted at the gate");
      }
    }
    return NONE;
  }

  /** A thread that appends. */
  private final class Caller {
    private final CompletableFuture<CommitResult> result = new CompletableFuture<>();
    private final Thread thread;

    Caller(java.util.concurrent.Callable<CommitResult> append) {
      thread =
          new Thread(
              () -> {
                try {
                  result.complete(append.call());
                } catch (Throwable e) {
                  result.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }

    CommitResult get() throws Exception {
      return result.get(50, TimeUnit.SECONDS);
    }

    Throwable failure() throws Exception {
      try {
        throw new AssertionError("succeeded: " + get());
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }
  }

  private Caller append(int... ids) {
    return new Caller(() -> table.append(rows(ids)).commit());
  }

  /** One after the other, so that their order in the queue is known. */
  private List<Caller> appendsInOrder(int from, int to) {
    int before = context.appends().waiting();
    List<Caller> callers = new ArrayList<>();
    for (int id = from; id < to; id++) {
      callers.add(append(id));
      awaitWaiting(before + callers.size());
    }
    return callers;
  }

  private void awaitWaiting(int count) {
    while (context.appends().waiting() != count) {
      Thread.onSpinWait();
    }
  }

  /** A commit that stays under way until the gate opens. */
  private Caller firstUnderWay(int id) throws InterruptedException {
    Caller first = append(id);
    arrived.acquire();
    return first;
  }

  private static List<Row> rows(int... ids) {
    return IntStream.of(ids).mapToObj(Row::new).toList();
  }

  private List<Integer> ids() {
    try (Rows<Row> rows = lake.table(files).scan().as(Row.class)) {
      return rows.stream().map(Row::id).sorted().toList();
    }
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private HistoryEntry newest() {
    return lake.table(files).history(1).get(0);
  }

  private long dataFiles() {
    return files.locations().stream().filter(f -> f.endsWith(".parquet")).count();
  }

  // ---- sharing

  @Test
  void appendsThatWaitForACommitShareTheNext() throws Exception {
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 6);
    others.add(append(6, 7));
    awaitWaiting(6);
    gate.release(2);

    assertThat(first.get().version()).isEqualTo(1);
    for (Caller other : others) {
      assertThat(other.get().version()).isEqualTo(2);
      assertThat(other.get().committed()).isTrue();
      assertThat(other.get().attempts()).isEqualTo(1);
      assertThat(other.get().changes().filesAdded()).isEqualTo(1);
    }
    assertThat(others.get(0).get().changes().rowsAdded()).isEqualTo(1);
    assertThat(others.get(5).get().changes().rowsAdded()).isEqualTo(2);
    assertThat(ids()).isEqualTo(range(0, 8));

    JsonNode info = actions(2).get(0).get("commitInfo");
    assertThat(info.get("operation").textValue()).isEqualTo("WRITE");
    assertThat(info.get("isBlindAppend").booleanValue()).isTrue();
    assertThat(info.get("operationParameters").get("groupedAppends").textValue()).isEqualTo("6");
    assertThat(info.get("operationParameters").get("mode").textValue()).isEqualTo("Append");
    assertThat(info.get("operationMetrics").get("numFiles").textValue()).isEqualTo("6");
    assertThat(info.get("operationMetrics").get("numOutputRows").textValue()).isEqualTo("7");
    assertThat(info.get("operationMetrics").get("numOutputBytes").textValue())
        .isEqualTo(
            Long.toString(
                others.stream()
                    .mapToLong(other -> other.result.join().changes().bytesAdded())
                    .sum()));
    assertThat(actions(1).get(0).get("commitInfo").get("operationParameters").has("groupedAppends"))
        .isFalse();
  }

  @Test
  void queuedAppendsCostOneRequestForEachDataFileAndOneForAll() throws Exception {
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 11);
    gate.release(2);
    first.get();
    for (Caller other : others) {
      other.get();
    }
    Map<String, Long> requests =
        calls.stream().collect(Collectors.groupingBy(Call::operation, Collectors.counting()));
    assertThat(requests)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("create", 11L, "close", 11L, "writeIfAbsent", 2L));
  }

  @Test
  void offGivesEachAppendAVersion() throws Exception {
    create(GroupCommit.off());
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    gate.release(4);
    assertThat(first.get().version()).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      assertThat(others.get(i).get().version()).isEqualTo(2 + i);
    }
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  @Test
  void maximumBoundsAVersion() throws Exception {
    create(GroupCommit.ofDefaults().withMaxAppends(3));
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 6);
    gate.release(3);
    assertThat(versions(others)).containsExactly(2L, 2L, 2L, 3L, 3L);
  }

  @Test
  void lingererGoesAsSoonAsTheMaximumIsThere() throws Exception {
    create(new GroupCommit(3, Duration.ofDays(100_000_000)));
    gate.release(1);
    List<Caller> callers = new ArrayList<>();
    callers.add(append(1));
    awaitWaiting(1);
    callers.add(append(2));
    awaitWaiting(2);
    callers.add(append(3));
    assertThat(versions(callers)).containsExactly(1L, 1L, 1L);
  }

  @Test
  void lingererGoesAloneInTheEnd() throws Exception {
    create(new GroupCommit(3, Duration.ofMillis(1)));
    gate.release(1);
    assertThat(append(1).get().version()).isEqualTo(1);
  }

  @Test
  void differentUserMetadataIsKeptApart() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = new ArrayList<>();
    for (String text : List.of("a", "b", "a", "b")) {
      others.add(
          new Caller(() -> table.append(rows(others.size() + 1)).userMetadata(text).commit()));
      awaitWaiting(others.size());
    }
    gate.release(3);
    assertThat(versions(others)).containsExactly(2L, 3L, 2L, 3L);
    assertThat(newest().userMetadata()).contains("b");
  }

  record Wider(int id, String more) {}

  @Test
  void appendThatChangesTheSchemaGoesAloneAndOthersFollow() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 2);
    others.add(new Caller(() -> table.append(List.of(new Wider(2, "m"))).evolveSchema().commit()));
    awaitWaiting(2);
    others.addAll(appendsInOrder(3, 4));
    gate.release(3);
    assertThat(versions(others)).containsExactly(2L, 3L, 2L);
    assertThat(ids()).isEqualTo(range(0, 4));
    assertThat(lake.table(files).schema().fieldNames()).containsExactly("id", "more");
  }

  @Test
  void rowIdsFollowTheOrderOfTheQueue() throws Exception {
    create(GroupCommit.ofDefaults(), "delta.enableRowTracking");
    firstUnderWay(0);
    List<Caller> others = new ArrayList<>();
    others.add(append(1, 2));
    awaitWaiting(1);
    others.add(append(3, 4, 5));
    awaitWaiting(2);
    others.add(append(6));
    awaitWaiting(3);
    gate.release(2);
    assertThat(versions(others)).containsExactly(2L, 2L, 2L);
    assertThat(actions(2).stream().filter(a -> a.has("add")).map(a -> a.get("add")))
        .extracting(add -> add.get("baseRowId").longValue())
        .containsExactly(1L, 3L, 6L);
    assertThat(actions(2).stream().filter(a -> a.has("domainMetadata")).toList().toString())
        .contains("rowIdHighWaterMark\\\":6");
  }

  // ---- races and failures

  @Test
  void groupThatLosesARaceIsRebased() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    gate.release();
    arrived.acquire();
    lake.table(files).append(rows(100)).commit(); // another process takes version 2
    gate.release(2);
    assertThat(versions(others)).containsExactly(3L, 3L, 3L);
    assertThat(others.get(0).get().attempts()).isEqualTo(2);
    assertThat(ids()).containsExactly(0, 1, 2, 3, 100);
  }

  @Test
  void groupIsPlannedAgainWhereAnotherProcessChangedTheTable() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    gate.release();
    arrived.acquire();
    lake.table(files).alter().addColumn("more", IntegerType.INTEGER).commit();
    gate.release(2);
    assertThat(versions(others)).containsExactly(3L, 3L, 3L);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  @Test
  void badBatchFailsAlone() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 3);
    others.add(
        new Caller(
            () -> {
              context
                  .appends()
                  .append(
                      context.stateForWriting(),
                      state -> {
                        if (state.requireMetadata().schema().fieldNames().contains("more")) {
                          throw new InvalidRequestException("these rows do not fit any more");
                        }
                        return plan(List.of(add("bad.parquet")));
                      },
                      "test");
              throw new AssertionError("it does not fit");
            }));
    awaitWaiting(3);
    others.addAll(appendsInOrder(3, 4));
    gate.release();
    arrived.acquire();
    lake.table(files).alter().addColumn("more", IntegerType.INTEGER).commit();
    gate.release(100);

    Caller bad = others.remove(2);
    assertThat(bad.failure())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("these rows do not fit any more");
    assertThat(versions(others)).containsExactly(3L, 4L, 5L);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  @Test
  void refusalOfTheStorageIsToldToEachAndNothingStaysBehind() throws Exception {
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    store.follow(call -> call.isCommit() ? DENIED : NONE);
    gate.release();
    first.get();
    for (Caller other : others) {
      assertThat(other.failure())
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("the storage refused access while committing version 2");
    }
    assertThat(ids()).containsExactly(0);
    assertThat(dataFiles()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL_BEFORE", "FAIL_AFTER", "EXISTS_AFTER"})
  void lostAnswerOfAGroupIsRecognised(Fault fault) throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    AtomicInteger commits = new AtomicInteger();
    store.follow(call -> call.isCommit() && commits.incrementAndGet() == 1 ? fault : NONE);
    gate.release();
    assertThat(versions(others)).containsExactly(2L, 2L, 2L);
    assertThat(commits).hasValue(fault == FAIL_BEFORE ? 2 : 1);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  @Test
  void unknownOutcomeIsToldToEachAndTheFilesStay() throws Exception {
    lake.retry(RetryPolicy.ofDefaults().withDeadline(Duration.ofSeconds(1)));
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    store.follow(call -> call.isCommit() ? FAIL_AFTER : call.isCommitFile() ? FAIL_BEFORE : NONE);
    gate.release();
    first.get();
    for (Caller other : others) {
      assertThat(other.failure())
          .isInstanceOf(CommitStateUnknownException.class)
          .hasMessageContaining("not known whether version 2 was committed")
          .hasMessageContaining("Look in the history for a commit with txnId");
    }
    assertThat(dataFiles()).isEqualTo(4);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  /** The process dies at the one storage call of a group's commit. */
  @ParameterizedTest
  @EnumSource(names = {"CRASH_BEFORE", "CRASH_AFTER"})
  void groupIsCommittedWhollyOrNotAtAll(Fault crash) throws Exception {
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    store.follow(call -> crash);
    gate.release();
    first.get();
    for (Caller other : others) {
      assertThat(other.failure()).isInstanceOf(SimulatedCrash.class);
    }
    assertThat(ids()).isEqualTo(range(0, crash == CRASH_AFTER ? 4 : 1));
    assertThat(dataFiles()).isEqualTo(4);
    store.heal();
    lake.table(store).append(rows(100)).commit();
    assertThat(newest().version()).isEqualTo(crash == CRASH_AFTER ? 3 : 2);
  }

  @Test
  void errorOfTheLeaderLeavesNobodyWaiting() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    AtomicInteger commits = new AtomicInteger();
    store.follow(
        call -> {
          if (call.isCommit() && commits.incrementAndGet() == 1) {
            throw new StackOverflowError("of the leader");
          }
          return NONE;
        });
    gate.release();
    assertThat(others.get(0).failure()).isInstanceOf(StackOverflowError.class);
    assertThat(others.get(1).get().version()).isEqualTo(2);
    assertThat(others.get(2).get().version()).isEqualTo(2);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  // ---- interrupts and the end of the lake

  @Test
  void interruptedBeforeItsTurnAnAppendLeavesTheQueue() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    Caller interrupted = others.remove(0);
    interrupted.thread.interrupt();
    assertThat(interrupted.failure())
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("interrupted while earlier appends went; nothing is visible");
    gate.release(2);
    assertThat(versions(others)).containsExactly(2L, 2L);
    assertThat(ids()).containsExactly(0, 2, 3);
    assertThat(dataFiles()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void interruptedOnItsWayAnAppendAloneIsInDoubt(int which) throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    gate.release();
    arrived.acquire(); // the first of them leads
    Caller interrupted = others.remove(which);
    interrupted.thread.interrupt();
    assertThat(interrupted.failure())
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("the thread was interrupted while they were on their way")
        .hasMessageContaining("Look in the history for a commit with txnId");
    gate.release();
    assertThat(versions(others)).containsExactly(2L, 2L);
    assertThat(ids()).isEqualTo(range(0, 4));
  }

  @Test
  void allOfAGroupInterruptedTheQueueGoesOn() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    gate.release();
    arrived.acquire();
    Caller next = append(10);
    awaitWaiting(1);
    for (int i = 2; i >= 0; i--) {
      others.get(i).thread.interrupt();
      assertThat(others.get(i).failure()).isInstanceOf(CommitStateUnknownException.class);
    }
    gate.release();
    assertThat(next.get().version()).isEqualTo(2);
    assertThat(ids()).containsExactly(0, 10);
  }

  @Test
  void lakeThatIsClosedEndsTheQueue() throws Exception {
    create();
    Caller first = firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 4);
    context.runtime().closed().set(true);
    gate.release();
    assertThat(first.get().version()).isEqualTo(1);
    for (Caller other : others) {
      assertThat(other.failure())
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("the lake is closed; build a new one");
    }
    assertThat(ids()).containsExactly(0);
  }

  // ---- idempotent transactions

  @Test
  void appendsOfOneApplicationNeverShareAVersion() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = new ArrayList<>();
    ConcurrentHashMap<String, Long> version = new ConcurrentHashMap<>();
    CountDownLatch done = new CountDownLatch(3);
    for (String name : List.of("app", "app", "other")) {
      String file = "f" + others.size() + ".parquet";
      others.add(
          new Caller(
              () -> {
                CommitOutcome outcome =
                    context
                        .appends()
                        .append(
                            context.stateForWriting(),
                            state ->
                                plan(List.of(new Action.SetTransaction(name, 1, 0L), add(file))),
                            "test");
                version.put(file, outcome.state().version());
                assertThat(outcome.plan()).isNotNull();
                assertThat(outcome.plan().actions()).hasSize(2);
                done.countDown();
                return null;
              }));
      awaitWaiting(others.size());
    }
    gate.release(3);
    done.await();
    assertThat(version).isEqualTo(Map.of("f0.parquet", 2L, "f1.parquet", 3L, "f2.parquet", 2L));
  }

  @Test
  void appendThatIsRecordedAlreadyIsANoOpOfItsOwn() throws Exception {
    create();
    firstUnderWay(0);
    List<Caller> others = appendsInOrder(1, 2);
    CompletableFuture<CommitOutcome> repeat = new CompletableFuture<>();
    new Caller(
        () -> {
          repeat.complete(
              context
                  .appends()
                  .append(
                      context.stateForWriting(),
                      state -> state.version() == 0 ? plan(List.of(add("a"))) : null,
                      "test"));
          return null;
        });
    awaitWaiting(2);
    others.addAll(appendsInOrder(2, 3));
    // The first of them has changed the table, so that the repeat is planned again.
    gate.release();
    arrived.acquire();
    lake.table(files).alter().addColumn("more", IntegerType.INTEGER).commit();
    gate.release(100);
    assertThat(versions(others)).containsExactly(3L, 4L);
    assertThat(repeat.get(50, TimeUnit.SECONDS).plan()).isNull();
    assertThat(ids()).isEqualTo(range(0, 3));
  }

  // ---- many

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 256})
  void manyThreadsLoseAndDoubleNothing(int maximum) throws Exception {
    create(GroupCommit.ofDefaults().withMaxAppends(maximum), "delta.enableRowTracking");
    gate.release(1_000_000);
    int callers = 16;
    int appends = 40;
    ConcurrentHashMap<Integer, Long> versions = new ConcurrentHashMap<>();
    List<Caller> all = new ArrayList<>();
    for (int c = 0; c < callers; c++) {
      int first = c * appends;
      all.add(
          new Caller(
              () -> {
                long last = 0;
                for (int i = first; i < first + appends; i++) {
                  CommitResult result = table.append(rows(i)).commit();
                  assertThat(result.version()).as("order of a caller").isGreaterThan(last);
                  last = result.version();
                  versions.put(i, last);
                }
                return null;
              }));
    }
    for (Caller caller : all) {
      caller.get();
    }
    assertThat(ids()).isEqualTo(range(0, callers * appends));
    long newest = newest().version();
    List<Long> counted = new ArrayList<>();
    long rowId = 0;
    for (long version = 1; version <= newest; version++) {
      List<JsonNode> adds = actions(version).stream().filter(a -> a.has("add")).toList();
      for (JsonNode add : adds) {
        assertThat(add.get("add").get("baseRowId").longValue()).isEqualTo(rowId++);
        counted.add(version);
      }
      assertThat(adds).hasSizeBetween(1, maximum);
    }
    assertThat(versions.values().stream().sorted().toList()).isEqualTo(counted);
    if (maximum == 1) {
      assertThat(newest).isEqualTo(callers * appends);
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new GroupCommit(0, Duration.ZERO))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("maxAppends >= 1");
    assertThatThrownBy(() -> GroupCommit.off().withLinger(Duration.ofMillis(-1)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("linger >= 0");
  }

  // ---- what is looked at

  private static List<Long> versions(List<Caller> callers) throws Exception {
    List<Long> versions = new ArrayList<>();
    for (Caller caller : callers) {
      versions.add(caller.get().version());
    }
    return versions;
  }

  private List<JsonNode> actions(long version) throws IOException {
    String text =
        new String(
            files.read(MemoryLake.LOCATION + "/_delta_log/%020d.json".formatted(version), 1 << 20),
            StandardCharsets.UTF_8);
    List<JsonNode> actions = new ArrayList<>();
    for (String line : text.lines().toList()) {
      actions.add(new ObjectMapper().readTree(line));
    }
    return actions;
  }

  private static Action.Add add(String path) {
    return new Action.Add(
        new DataFile(path, Map.of(), 1, 0, "{\"numRecords\":1}", null, null, null, null), true);
  }

  private static CommitPlan plan(List<Action> actions) {
    return new CommitPlan(
        "WRITE",
        Map.of("mode", "Append", "partitionBy", "[]"),
        Map.of("numFiles", "1"),
        CommitPlan.Reads.NOTHING,
        null,
        null,
        actions,
        CommitOptions.NONE);
  }
}
