package io.neuralake.ingest;

import io.neuralake.write.RowBuffer;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Rows that go into one version. The writer's lock guards it until it is sealed. */
final class StreamBatch<T> {

  /** Ends as the batch does; those who hold it cannot end it themselves. */
  static final class Receipt extends CompletableFuture<WriteReceipt> {
    @Override
    public boolean complete(WriteReceipt value) {
      return false;
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      return false;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      return false;
    }

    private void end(@Nullable WriteReceipt value, @Nullable RuntimeException failure) {
      if (failure != null) {
        super.completeExceptionally(failure);
      } else {
        super.complete(value);
      }
    }
  }

  private final RowBuffer<T> rows;
  private final Receipt receipt = new Receipt();
  private final Map<String, Long> positions = new LinkedHashMap<>();

  /** Counts the batches of a writer. */
  final long number;

  /** Done when the batch before it is, whether well or not. */
  final CompletableFuture<Void> turn;

  private final CompletableFuture<Void> done = new CompletableFuture<>();

  /** Whether anyone has its receipt; else nothing was added. */
  boolean held;

  /** Seals it when its time is up. */
  @Nullable Future<?> timer;

  /** When its first rows were handed in. */
  final Instant begun;

  StreamBatch(long number, RowBuffer<T> rows, CompletableFuture<Void> turn, Instant begun) {
    this.begun = begun;
    this.number = number;
    this.rows = rows;
    this.turn = turn;
  }

  RowBuffer<T> rows() {
    return rows;
  }

  Receipt receipt() {
    return receipt;
  }

  /** Newest position of each source whose rows are here. */
  Map<String, Long> positions() {
    return positions;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  /** Tells all who wait for it; first those who hold a receipt, then the batch after it. */
  void end(@Nullable WriteReceipt written, @Nullable RuntimeException failure) {
    receipt.end(written, failure);
    done.complete(null);
  }
}
