package io.neuralake.ingest;

import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.write.RowBuffer;
import io.neuralake.write.RowBuffering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream of rows to a table: gathers what its threads hand in, and commits it in batches.
 *
 * <pre>{@code
 * try (StreamWriter<Signal> writer = StreamWriter.to(table).of(Signal.class).open()) {
 *   writer.write(signal);                                    // buffered
 *   long version = writer.write(signals).get().version();    // durable
 * }
 * }</pre>
 *
 * <p><b>When rows go.</b> A batch is written when it has {@link StreamSettings#flushRows}, {@link
 * StreamSettings#flushBytes}, when its first row has waited for {@link StreamSettings#linger}, or
 * at {@link #flush}. Files of several batches are written at the same time, beside the threads that
 * hand in rows; versions are committed one after the other, in the order of the batches. The rows
 * of one call are in one version, and those of a thread in the order in which it has handed them
 * in.
 *
 * <p><b>Futures.</b> A write returns the future of its batch. It ends when the batch is durable, or
 * has certainly failed: then nothing of it is visible, unless it failed with a {@code
 * CommitStateUnknownException}. Failed storage and lost races are tried again first. What depends
 * on a future runs in a thread of the writer, and must not wait for the writer.
 *
 * <p><b>Rows that do not fit</b> fail their own call only: of a single row the future, of a
 * collection the whole call; with {@link StreamWriterBuilder#deadLetters} the good rows of the
 * collection go.
 *
 * <p><b>Back-pressure.</b> While more than {@link StreamSettings#maxBytesInFlight} are not
 * committed, writes wait (an interrupt ends that; nothing was taken then) and {@code tryWrite}
 * returns empty.
 *
 * <p><b>Exactly once.</b> With {@link StreamWriterBuilder#exactlyOnce} each batch is a transaction
 * of the application, and holds the {@link Position}s of its rows: a batch whose outcome is unknown
 * is tried again without being doubled, and after a restart {@link #resumedAt} says where to go on.
 * A batch that fails for good ends the writer then, because a later one must not pass it: all
 * further batches fail. So does a second writer of the same application that is opened meanwhile,
 * anywhere. Without it, rows are there at most once if their future has failed as unknown, else
 * exactly once.
 *
 * <p>Thread-safe. Close it before the lake.
 *
 * @param <T> the kind of row
 */
public final class StreamWriter<T> implements AutoCloseable {
  private final NeuralTable table;
  private final RowBuffering<T> buffering;
  private final StreamSettings settings;
  private final @Nullable DeadLetters<T> deadLetters;
  private final @Nullable ExactlyOnce exactlyOnce;
  private final IngestMetrics metrics;
  private final StreamThreads threads;
  private final StreamCommits commits;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final List<StreamBatch<T>> unfinished = new ArrayList<>();
  private @Nullable StreamBatch<T> open;
  private CompletableFuture<Void> lastDone = CompletableFuture.completedFuture(null);
  private long begun;
  private long bytesInFlight;
  private boolean closed;

  StreamWriter(StreamWriterBuilder<T> builder) {
    this.table = builder.table;
    this.buffering = builder.buffering;
    this.settings = builder.settings;
    this.deadLetters = builder.deadLetters;
    this.metrics = IngestMetrics.of(builder.registry, table.location(), builder.appId);
    buffering.begin().close(); // rows of a kind that does not fit are refused at once
    this.exactlyOnce = builder.appId == null ? null : ExactlyOnce.begin(table, builder.appId);
    this.commits = new StreamCommits(table, exactlyOnce, settings.attempts(), metrics);
    this.threads = new StreamThreads(settings.parallelism(), builder.scheduler);
    metrics.watch(this::bytesInFlight, this::batchesInFlight);
  }

  /** A writer to a table, whose kind of rows is still to be said. */
  public static To to(NeuralTable table) {
    return new To(table);
  }

  /**
   * Hands in a row.
   *
   * @throws InterruptedException if the thread is interrupted while it waits for room; the row was
   *     not taken
   * @throws InvalidRequestException if the writer is closed
   */
  public CompletableFuture<WriteReceipt> write(T row) throws InterruptedException {
    return wait(new Rows<>(row, null, null));
  }

  /** Like {@link #write(Object)}, where the row is the newest of a source. */
  public CompletableFuture<WriteReceipt> write(T row, Position position)
      throws InterruptedException {
    return wait(new Rows<>(row, null, null), position);
  }

  /** Hands in rows, which will be in one version. */
  public CompletableFuture<WriteReceipt> write(Collection<? extends T> rows)
      throws InterruptedException {
    return wait(new Rows<>(null, rows, null));
  }

  /** Like {@link #write(Collection)}, where the last row is the newest of a source. */
  public CompletableFuture<WriteReceipt> write(Collection<? extends T> rows, Position position)
      throws InterruptedException {
    return wait(new Rows<>(null, rows, null), position);
  }

  /**
   * Hands in the rows of an Arrow batch, in any layout that the table takes. The batch stays the
   * caller's, who may close it, but must not change its values before the future has ended. If a
   * row does not fit, the whole batch fails.
   */
  public CompletableFuture<WriteReceipt> write(VectorSchemaRoot batch) throws InterruptedException {
    return wait(new Rows<>(null, null, batch));
  }

  /** Like {@link #write(VectorSchemaRoot)}, where the last row is the newest of a source. */
  public CompletableFuture<WriteReceipt> write(VectorSchemaRoot batch, Position position)
      throws InterruptedException {
    return wait(new Rows<>(null, null, batch), position);
  }

  /** Like {@link #write(Object)}, but returns empty, and takes nothing, if there is no room. */
  public Optional<CompletableFuture<WriteReceipt>> tryWrite(T row) {
    return attempt(new Rows<>(row, null, null));
  }

  /** Like {@link #write(Collection)}, but returns empty, and takes nothing, if there is no room. */
  public Optional<CompletableFuture<WriteReceipt>> tryWrite(Collection<? extends T> rows) {
    return attempt(new Rows<>(null, rows, null));
  }

  /** What a call hands in: one of the three. */
  private record Rows<T>(
      @Nullable T row, @Nullable Collection<? extends T> all, @Nullable VectorSchemaRoot batch) {

    /** Adds all, or throws and adds nothing. */
    void addTo(RowBuffer<T> buffer) {
      if (batch != null) {
        buffer.addBatch(batch);
      } else if (all != null) {
        buffer.addAll(all);
      } else {
        buffer.add(Objects.requireNonNull(row, "the row is null; leave it out"));
      }
    }
  }

  /** A row that was left out. */
  private record Bad<T>(T row, RuntimeException reason) {}

  private CompletableFuture<WriteReceipt> wait(Rows<T> rows) throws InterruptedException {
    return take(rows, null, true);
  }

  private CompletableFuture<WriteReceipt> wait(Rows<T> rows, Position position)
      throws InterruptedException {
    if (exactlyOnce == null) {
      throw new InvalidRequestException(
          table.location()
              + ": positions are recorded by a writer that is opened with exactlyOnce(appId).");
    }
    return take(rows, position, true);
  }

  private Optional<CompletableFuture<WriteReceipt>> attempt(Rows<T> rows) {
    lock.lock();
    try {
      requireOpen();
      return hasRoom() ? Optional.of(take(rows, null, false)) : Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing was waited for", e);
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<WriteReceipt> take(
      Rows<T> rows, @Nullable Position position, boolean wait) throws InterruptedException {
    List<Bad<T>> bad = List.of();
    CompletableFuture<WriteReceipt> future;
    if (wait) {
      lock.lockInterruptibly();
    } else {
      lock.lock();
    }
    try {
      while (wait && !closed && !hasRoom()) {
        room.await();
      }
      requireOpen();
      RuntimeException broken = commits.broken();
      if (broken != null) {
        return CompletableFuture.failedFuture(broken);
      }
      if (exactlyOnce != null && position != null) {
        exactlyOnce.check(position);
      }
      StreamBatch<T> batch = open == null ? begin() : open;
      long rowsBefore = batch.rows().rows();
      long before = batch.rows().bytes();
      try {
        rows.addTo(batch.rows());
        future = batch.receipt();
      } catch (RuntimeException e) {
        boolean itsFault = !(e instanceof OutOfMemoryException);
        bad = deadLetters != null && itsFault ? separate(rows, e, batch) : List.of();
        future =
            batch.rows().rows() == rowsBefore ? CompletableFuture.failedFuture(e) : batch.receipt();
      }
      bytesInFlight += batch.rows().bytes() - before;
      if (future == batch.receipt()) {
        taken(batch, position);
      }
    } finally {
      lock.unlock();
    }
    if (deadLetters != null) {
      metrics.rejected(bad.size());
      bad.forEach(one -> deadLetters.accept(one.row(), one.reason()));
    }
    return future;
  }

  /** Adds the good rows of a call and returns the bad ones; none if the call cannot be divided. */
  private List<Bad<T>> separate(Rows<T> rows, RuntimeException reason, StreamBatch<T> batch) {
    List<Bad<T>> bad = new ArrayList<>();
    if (rows.row() != null) {
      bad.add(new Bad<>(rows.row(), reason));
    } else if (rows.all() != null) {
      for (T row : rows.all()) {
        try {
          batch.rows().add(row);
        } catch (RuntimeException e) {
          bad.add(new Bad<>(row, e));
        }
      }
    }
    return bad;
  }

  private boolean hasRoom() {
    return bytesInFlight < settings.maxBytesInFlight();
  }

  private void requireOpen() {
    if (closed) {
      throw new InvalidRequestException(
          table.location() + ": the stream writer is closed; the rows were not taken.");
    }
  }

  private StreamBatch<T> begin() {
    StreamBatch<T> batch =
        new StreamBatch<>(begun + 1, buffering.begin(), lastDone, table.clock().instant());
    begun++;
    lastDone = batch.done();
    unfinished.add(batch);
    open = batch;
    return batch;
  }

  /** Rows of a call are in the batch: it goes now, or when its time is up. */
  private void taken(StreamBatch<T> batch, @Nullable Position position) {
    batch.held = true;
    if (exactlyOnce != null && position != null) {
      exactlyOnce.accept(position);
      batch.positions().put(position.source(), position.offset());
    }
    if (batch.rows().rows() >= settings.flushRows()
        || batch.rows().bytes() >= settings.flushBytes()
        || settings.linger().isZero()) {
      seal(batch);
    } else if (batch.timer == null) {
      batch.timer = threads.after(settings.linger(), () -> seal(batch));
    }
  }

  /** Sends a batch off, if it is still open. */
  private void seal(StreamBatch<T> batch) {
    lock.lock();
    try {
      if (open == batch) {
        open = null;
        if (batch.timer != null) {
          batch.timer.cancel(false);
        }
        threads.run(() -> write(batch));
      }
    } finally {
      lock.unlock();
    }
  }

  private void write(StreamBatch<T> batch) {
    WriteReceipt written = null;
    RuntimeException failure = null;
    try {
      written = batch.held ? commits.write(batch) : null;
    } catch (RuntimeException e) {
      failure = e;
    }
    lock.lock();
    try {
      bytesInFlight -= batch.rows().bytes();
      batch.rows().close();
      unfinished.remove(batch);
      room.signalAll();
    } finally {
      lock.unlock();
    }
    batch.end(written, failure);
  }

  /**
   * Sends off what was handed in so far.
   *
   * @return done when all of that is durable; fails if a batch of it does
   */
  public CompletableFuture<Void> flush() {
    lock.lock();
    try {
      if (open != null) {
        seal(open);
      }
      return CompletableFuture.allOf(
          unfinished.stream().map(StreamBatch::receipt).toArray(CompletableFuture[]::new));
    } finally {
      lock.unlock();
    }
  }

  /**
   * The newest position of a source that is in the table. Costs a look at the log.
   *
   * @return empty if none is recorded, or the writer was opened without {@link
   *     StreamWriterBuilder#exactlyOnce}
   */
  public OptionalLong resumedAt(String source) {
    return exactlyOnce == null ? OptionalLong.empty() : exactlyOnce.recorded(source);
  }

  /** How long the oldest row has been waiting that is not committed yet; zero if there is none. */
  public Duration lag() {
    lock.lock();
    try {
      return unfinished.stream()
          .filter(batch -> batch.held)
          .findFirst()
          .map(oldest -> Duration.between(oldest.begun, table.clock().instant()))
          .orElse(Duration.ZERO);
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of rows that are not committed yet. */
  public long bytesInFlight() {
    lock.lock();
    try {
      return bytesInFlight;
    } finally {
      lock.unlock();
    }
  }

  /** Batches that are not committed yet, the one that is being filled included. */
  public int batchesInFlight() {
    lock.lock();
    try {
      return unfinished.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more rows, writes those that are here, and ends the threads. Idempotent.
   *
   * @throws RuntimeException the failure of a batch that was still on its way
   * @throws StorageException if the thread is interrupted; the rows go on being written, and close
   *     may be called again to wait for them
   */
  @Override
  public void close() {
    close(Duration.ofNanos(Long.MAX_VALUE));
  }

  /**
   * Like {@link #close()}, but waits for a time only.
   *
   * @return whether all is done; if not, the rows go on being written, and close may be called
   *     again
   */
  public boolean close(Duration time) {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      flush().get(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          table.location() + ": interrupted while the last rows are being written.", e);
    } catch (ExecutionException e) {
      end();
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new StorageException(table.location() + ": the last rows were not written.", e);
    }
    end();
    return true;
  }

  private void end() {
    threads.close();
    metrics.close();
  }

  @Override
  public String toString() {
    return "StreamWriter[" + table.location() + "]";
  }

  /** A table, and what is to be said of the rows. */
  public static final class To {
    private final NeuralTable table;

    private To(NeuralTable table) {
      this.table = table;
    }

    /** Java records or POJOs. */
    public <T> StreamWriterBuilder<T> of(Class<T> type) {
      return new StreamWriterBuilder<>(table, table.buffering(type));
    }

    /** Avro records of a schema. */
    public StreamWriterBuilder<IndexedRecord> of(Schema schema) {
      return new StreamWriterBuilder<>(table, table.buffering(schema));
    }

    /** Maps from column names to values. */
    public StreamWriterBuilder<Map<String, @Nullable Object>> ofMaps() {
      return new StreamWriterBuilder<>(table, table.bufferingMaps());
    }
  }
}
