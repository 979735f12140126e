package io.neuralake.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.schema.Schemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamWriterTest {

  record Row(int producer, long number) {}

  record Wider(int producer, long number, String note) {}

  /** What becomes of the next commits. */
  private enum Fate {
    UNKNOWN_AND_THERE,
    UNKNOWN_AND_NOT_THERE,
    REFUSED
  }

  private final List<Fate> fates = new ArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean unreadable;
  private final LockProvider elector =
      new LockProvider() {
        @Override
        public String name() {
          return "test";
        }

        @Override
        public void commit(CommitFiles log, long version, byte[] content) throws IOException {
          try {
            gate.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          Fate fate = fates.isEmpty() ? null : fates.remove(0);
          if (fate == Fate.REFUSED) {
            throw new java.nio.file.AccessDeniedException("no");
          }
          if (fate != Fate.UNKNOWN_AND_NOT_THERE) {
            LockProviders.local().commit(log, version, content);
          }
          if (fate != null) {
            unreadable = true;
            throw new IOException("the line broke");
          }
        }

        @Override
        public boolean recover(CommitFiles log) throws IOException {
          if (unreadable) {
            unreadable = false;
            clock.advance(Duration.ofHours(1)); // past every deadline
            throw new IOException("the line is broken");
          }
          return false;
        }
      };

  private final MemoryLake.TestClock clock = new MemoryLake.TestClock();
  private final ManualTimer timer = new ManualTimer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final StreamSettings settings =
      StreamSettings.ofDefaults().withLinger(Duration.ofSeconds(1));
  private NeuralLake lake;
  private NeuralTable table;

  @BeforeEach
  void open(@TempDir Path folder) {
    lake =
        NeuralLake.builder()
            .lock(elector)
            .clock(clock)
            .retry(RetryPolicy.ofDefaults().withDelays(Duration.ZERO, Duration.ZERO))
            .build();
    table = lake.table(folder.resolve("t"));
    table.create(Row.class).commit();
  }

  @AfterEach
  void close() {
    lake.close(); // fails if memory is held
    timer.shutdownNow();
  }

  private StreamWriterBuilder<Row> rows() {
    return StreamWriter.to(table)
        .of(Row.class)
        .settings(settings)
        .scheduler(timer)
        .meterRegistry(meters);
  }

  private static List<Row> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(0, i)).toList();
  }

  private List<Long> numbersThere() {
    try (var found = table.scan().as(Row.class)) {
      List<Long> numbers = new ArrayList<>();
      found.forEach(row -> numbers.add(row.number()));
      numbers.sort(null);
      return numbers;
    }
  }

  private static List<Long> range(long from, long to) {
    return java.util.stream.LongStream.range(from, to).boxed().toList();
  }

  @Test
  void rowsOfManyThreadsAreThereOnceAndInTheOrderOfEachThread() throws Exception {
    int threads = 4;
    int each = 5_000;
    try (StreamWriter<Row> writer =
        rows().settings(settings.withFlushRows(700).withMaxBytesInFlight(32L << 20)).open()) {
      List<FutureTask<List<CompletableFuture<WriteReceipt>>>> producers = new ArrayList<>();
      for (int producer = 0; producer < threads; producer++) {
        int me = producer;
        producers.add(
            new FutureTask<>(
                () -> {
                  List<CompletableFuture<WriteReceipt>> futures = new ArrayList<>();
                  for (long i = 0; i < each; i++) {
                    futures.add(
                        i % 10 == 0
                            ? writer.write(new Row(me, i))
                            : writer.write(List.of(new Row(me, i))));
                  }
                  return futures;
                }));
      }
      producers.forEach(p -> new Thread(p).start());
      for (FutureTask<List<CompletableFuture<WriteReceipt>>> producer : producers) {
        List<CompletableFuture<WriteReceipt>> futures = producer.get();
        writer.flush().get();
        List<Long> versions = new ArrayList<>();
        for (CompletableFuture<WriteReceipt> future : futures) {
          versions.add(future.get().version());
        }
        assertThat(versions).isSorted();
      }
    }
    Map<Integer, List<Long>> there = new java.util.TreeMap<>();
    try (var found = table.scan().as(Row.class)) {
      found.forEach(
          r -> there.computeIfAbsent(r.producer(), p -> new ArrayList<>()).add(r.number()));
    }
    assertThat(there).hasSize(threads);
    there
        .values()
        .forEach(
            numbers -> assertThat(numbers.stream().sorted().toList()).isEqualTo(range(0, each)));
    assertThat(meters.counter("ingest.rows", "table", table.location(), "writer", "-").count())
        .isEqualTo((double) threads * each);
    assertThat(meters.find("ingest.backlog.bytes").gauges())
        .as("closed writers are not watched")
        .isEmpty();
  }

  @Test
  void aBatchGoesWhenItsFirstRowHasWaitedLongEnoughAtFlushAndAtClose() throws Exception {
    StreamWriter<Row> writer = rows().open();
    CompletableFuture<WriteReceipt> first = writer.write(new Row(0, 0));
    timer.pass(Duration.ofMillis(600));
    assertThat(writer.write(new Row(0, 1))).as("one batch, one future").isSameAs(first);
    assertThat(timer.delays()).containsExactly(Duration.ofMillis(400));
    assertThat(writer.bytesInFlight()).isPositive();
    timer.pass(Duration.ofMillis(400));
    assertThat(first.get().version()).isEqualTo(1);
    assertThat(first.get().rows()).isEqualTo(2);
    CompletableFuture<WriteReceipt> second = writer.write(numbers(2, 4));
    assertThat(second.complete(null) || second.cancel(true))
        .as("only the writer ends it")
        .isFalse();
    writer.flush().get();
    assertThat(second).isCompletedWithValueMatching(r -> r.version() == 2);
    assertThat(timer.delays()).as("what is sent off is not waited for").isEmpty();
    CompletableFuture<WriteReceipt> third = writer.write(new Row(0, 4));
    writer.close();
    assertThat(third).isCompletedWithValueMatching(r -> r.version() == 3);
    writer.close();
    assertThatThrownBy(() -> writer.write(new Row(0, 9)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the stream writer is closed; the rows were not taken");
    assertThat(numbersThere()).isEqualTo(range(0, 5));
    assertThat(table.version()).as("no empty versions").isEqualTo(3);
  }

  @Test
  void writesWaitWhileTooMuchIsOnItsWay() throws Exception {
    gate = new CountDownLatch(1);
    StreamSettings small = settings.withFlushBytes(1000).withMaxBytesInFlight(1000);
    StreamWriter<Row> writer = rows().settings(small).open();
    writer.write(numbers(0, 100));
    assertThat(writer.tryWrite(new Row(0, 100))).isEmpty();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> writer.write(new Row(0, 100)))
        .isInstanceOf(InterruptedException.class)
        .hasMessage(null);
    assertThat(writer.close(Duration.ofMillis(1))).as("in time").isFalse();
    gate.countDown();
    writer.close();
    assertThat(numbersThere()).isEqualTo(range(0, 100));

    gate = new CountDownLatch(1);
    try (StreamWriter<Row> next = rows().settings(small).open()) {
      next.write(numbers(100, 200));
      FutureTask<Future<WriteReceipt>> blocked =
          new FutureTask<>(() -> next.write(numbers(200, 210)));
      Thread thread = new Thread(blocked);
      thread.start();
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(blocked.isDone()).isFalse();
      gate.countDown();
      assertThat(blocked.get()).isNotNull();
      assertThat(next.tryWrite(numbers(210, 220))).isPresent();
    }
    assertThat(numbersThere()).isEqualTo(range(0, 220));
  }

  @Test
  void badRowsFailAloneOrAreHandedOver() throws Exception {
    table.alter().addConstraint("small", "number < 1000").commit();
    List<Row> mixed = List.of(new Row(0, 1), new Row(0, 5000), new Row(0, 2));
    try (StreamWriter<Row> writer = rows().open()) {
      writer.write(new Row(0, 0));
      assertThatThrownBy(() -> writer.write(mixed).get())
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("breaks the constraint 'small': number < 1000");
      assertThatThrownBy(() -> writer.write(new Row(0, 1000)).get()).hasMessageContaining("small");
      writer.write(new Row(0, 3));
    }
    assertThat(numbersThere()).containsExactly(0L, 3L);
    List<Row> dead = new ArrayList<>();
    try (StreamWriter<Row> writer = rows().deadLetters((row, why) -> dead.add(row)).open()) {
      CompletableFuture<WriteReceipt> future = writer.write(mixed);
      assertThatThrownBy(() -> writer.write(new Row(0, 6000)).get()).hasMessageContaining("small");
      writer.flush().get();
      assertThat(future.get().rows()).isEqualTo(2);
    }
    assertThat(dead).containsExactly(new Row(0, 5000), new Row(0, 6000));
    assertThat(numbersThere()).containsExactly(0L, 1L, 2L, 3L);
    assertThat(
            meters
                .counter("ingest.rejected.rows", "table", table.location(), "writer", "-")
                .count())
        .isEqualTo(2);
  }

  /**
   * A row that does not fit leaves parts of itself in nested columns; no other row may see them.
   */
  @Test
  void whatABadRowHasLeftBehindIsNotSeen() throws Exception {
    NeuralTable nested = lake.table(table.location() + "-nested");
    nested.create(Schemas.fromClass(Nested.class)).commit();
    SplittableRandom random = new SplittableRandom(7);
    List<Map<String, Object>> good = new ArrayList<>();
    try (StreamWriter<Map<String, Object>> writer =
        StreamWriter.to(nested)
            .ofMaps()
            .scheduler(timer)
            .settings(settings.withFlushRows(400))
            .open()) {
      for (int i = 0; i < 2_000; i++) {
        List<Map<String, Object>> rows = new ArrayList<>();
        boolean bad = random.nextInt(20) == 0;
        int count = random.nextInt(1, 4);
        for (int r = 0; r < count; r++) {
          rows.add(nested(random, bad && r == count - 1, i * 10 + r));
        }
        CompletableFuture<WriteReceipt> future =
            count == 1 ? writer.write(rows.get(0)) : writer.write(rows);
        assertThat(future.isCompletedExceptionally()).isEqualTo(bad);
        if (!bad) {
          good.addAll(rows);
        }
      }
    }
    List<Map<String, Object>> there = new ArrayList<>();
    try (var found = nested.scan().maps()) {
      found.forEach(there::add);
    }
    there.sort(java.util.Comparator.comparing(m -> (Integer) m.get("id")));
    assertThat(there.toString()).isEqualTo(good.toString());
  }

  record Nested(
      Integer id, List<String> texts, List<List<Integer>> lists, String text, Integer last) {}

  private static Map<String, Object> nested(SplittableRandom random, boolean bad, int id) {
    Map<String, Object> row = new java.util.LinkedHashMap<>();
    row.put("id", id);
    row.put(
        "texts",
        random.nextInt(4) == 0
            ? null
            : IntStream.range(0, random.nextInt(5))
                .mapToObj(i -> random.nextInt(3) == 0 ? null : "t".repeat(random.nextInt(30)))
                .toList());
    row.put(
        "lists",
        IntStream.range(0, random.nextInt(4))
            .mapToObj(
                i ->
                    random.nextInt(3) == 0
                        ? null
                        : IntStream.range(0, random.nextInt(4)).boxed().toList())
            .toList());
    row.put("text", random.nextBoolean() ? null : "x".repeat(random.nextInt(20)));
    row.put("last", bad ? (Object) "not a number" : (Object) random.nextInt());
    return row;
  }

  @Test
  void aBatchWhoseOutcomeIsUnknownIsWrittenOnce() throws Exception {
    try (StreamWriter<Row> writer = rows().exactlyOnce("app").open()) {
      for (Fate fate : List.of(Fate.UNKNOWN_AND_THERE, Fate.UNKNOWN_AND_NOT_THERE)) {
        fates.add(fate);
        int from = fate.ordinal() * 10;
        CompletableFuture<WriteReceipt> future =
            writer.write(numbers(from, from + 10), new Position("p0", from + 9));
        writer.flush().get();
        assertThat(table.history(1).get(0).version()).isEqualTo(future.get().version());
      }
      assertThat(
              meters.counter("ingest.retries", "table", table.location(), "writer", "app").count())
          .isEqualTo(2);
    }
    assertThat(numbersThere()).isEqualTo(range(0, 20));
    try (StreamWriter<Row> writer = rows().open()) {
      fates.add(Fate.UNKNOWN_AND_THERE);
      CompletableFuture<WriteReceipt> future = writer.write(new Row(0, 20));
      assertThatThrownBy(() -> writer.flush().get())
          .hasCauseInstanceOf(CommitStateUnknownException.class)
          .hasMessageContaining("not known");
      assertThat(future).isCompletedExceptionally();
    }
    assertThat(numbersThere()).isEqualTo(range(0, 21));
  }

  @Test
  void aRestartGoesOnAfterTheRecordedPositionsAndTheOldWriterIsFenced() throws Exception {
    StreamWriter<Row> old = rows().exactlyOnce("app").open();
    assertThat(old.resumedAt("p0")).isEmpty();
    old.write(numbers(0, 5), new Position("p0", 4));
    old.write(new Row(1, 5), new Position("p1", 70));
    old.flush().get();
    CompletableFuture<WriteReceipt> late = old.write(new Row(0, 5), new Position("p0", 5));
    try (StreamWriter<Row> next = rows().exactlyOnce("app").open()) {
      assertThat(next.resumedAt("p0")).isEqualTo(OptionalLong.of(4));
      assertThat(next.resumedAt("p1")).isEqualTo(OptionalLong.of(70));
      assertThatThrownBy(() -> next.write(new Row(0, 4), new Position("p0", 4)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("rows of source 'p0' up to 4 were handed in before");
      assertThatThrownBy(old::close)
          .isInstanceOf(CommitConflictException.class)
          .hasMessageContaining(
              "another writer of application 'app' has taken over (epoch 2 after 1)");
      assertThat(late).isCompletedExceptionally();
      next.write(numbers(6, 10), new Position("p0", 9));
    }
    assertThat(numbersThere()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(table.transactionVersion("app/p0")).hasValue(9);
  }

  @Test
  void noBatchPassesOneThatFailedForGood() throws Exception {
    StreamWriter<Row> writer = rows().settings(settings.withAttempts(1)).exactlyOnce("app").open();
    fates.add(Fate.REFUSED);
    gate = new CountDownLatch(1);
    CompletableFuture<WriteReceipt> first = writer.write(new Row(0, 0), new Position("p", 0));
    Future<Void> flushed = writer.flush();
    CompletableFuture<WriteReceipt> second = writer.write(new Row(0, 1), new Position("p", 1));
    CompletableFuture<Void> both = writer.flush();
    gate.countDown();
    assertThatThrownBy(flushed::get).hasMessageContaining("no");
    assertThatThrownBy(both::get).hasMessageContaining("no");
    assertThatThrownBy(second::get)
        .hasMessageContaining("an earlier batch failed, which this one must not pass");
    assertThat(first).isCompletedExceptionally();
    assertThat(writer.write(new Row(0, 2))).isCompletedExceptionally();
    writer.close();
    assertThat(table.count()).isZero();
    assertThat(table.transactionVersion("app/p")).isEmpty();
  }

  @Test
  void columnsAreAddedAndArrowBatchesTaken() throws Exception {
    try (StreamWriter<Wider> writer =
            StreamWriter.to(table).of(Wider.class).evolveSchema().scheduler(timer).open();
        RootAllocator own = new RootAllocator();
        IntVector producer = new IntVector("producer", own);
        BigIntVector number = new BigIntVector("number", own);
        VectorSchemaRoot batch = VectorSchemaRoot.of(producer, number)) {
      writer.write(new Wider(0, 0, "new"));
      for (int i = 0; i < 3; i++) {
        producer.setSafe(i, 1);
        number.setSafe(i, 1 + i);
      }
      batch.setRowCount(3);
      CompletableFuture<WriteReceipt> future = writer.write(batch);
      writer.flush().get();
      assertThat(future.get().rows()).isEqualTo(4);
    }
    assertThat(numbersThere()).isEqualTo(range(0, 4));
    assertThat(table.scan().where("note = 'new'").count()).isEqualTo(1);
    assertThatThrownBy(
            () -> StreamWriter.to(lake.table(table.location() + "-2")).of(Row.class).open())
        .hasMessageContaining("no Delta table");
  }
}
