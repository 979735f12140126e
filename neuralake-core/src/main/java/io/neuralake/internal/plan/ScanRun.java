package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.error.StorageException;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A scan under way. With a parallelism of one, files are read one after the other by the caller's
 * thread, when a batch is asked for; with more, that many workers read ahead, each one file at a
 * time, at most two batches each, and others fetch bytes for them. Not thread-safe; close it at any
 * point.
 *
 * @param <B> what the batches become, in the thread that has read them
 */
public final class ScanRun<B> implements BatchRun<B> {

  /** What a batch has become, and of how many rows. */
  private record Made<B>(B value, int rows) {}

  private final ScanCounters counters;
  private final BatchForm<B> form;
  private final FileScan.Context context;
  private final ScanPlanner planner;
  private final int parallelism;
  private final Executor workers;
  private long left;
  private @Nullable FileScan current;
  private @Nullable BatchQueue<Made<B>> queue;
  private boolean closed;

  /**
   * Plans a scan; nothing but the log is read yet.
   *
   * @param allocator of the batches; stays the caller's
   * @param workers runs the readers of a parallel scan, in threads other than the caller's
   * @param form what the batches become, from the scan's columns
   * @throws io.neuralake.error.InvalidRequestException if a column does not exist, or the predicate
   *     does not fit the schema
   */
  public ScanRun(
      LogSnapshot snapshot,
      FileStore store,
      ScanRequest request,
      BufferAllocator allocator,
      Executor workers,
      ScanCounters counters,
      Function<StructType, BatchForm<B>> form) {
    this.counters = counters;
    this.workers = workers;
    this.left = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    this.parallelism = request.limit() < 0 ? request.parallelism() : 1;
    this.context =
        FileScan.Context.of(
            TableView.of(snapshot),
            store,
            request,
            allocator,
            parallelism > 1 ? workers : null,
            counters);
    this.form = form.apply(context.output());
    this.planner = new ScanPlanner(snapshot, context.filter(), false, counters);
  }

  /** Counts what a scan would do, without opening a data file. */
  public static void plan(LogSnapshot snapshot, ScanRequest request, ScanCounters counters) {
    ScanPlanner.project(snapshot, request.columns());
    RowFilter filter = request.filter() == null ? null : RowFilter.bind(request.filter(), snapshot);
    try (ScanPlanner planner = new ScanPlanner(snapshot, filter, false, counters)) {
      while (planner.next() != null) {
        // the planner counts
      }
    }
  }

  @Override
  public StructType schema() {
    return context.output();
  }

  @Override
  public @Nullable B next() {
    if (closed || left <= 0) {
      return null;
    }
    Made<B> next = parallelism > 1 ? nextAhead() : nextInTurn();
    if (next == null) {
      return null;
    }
    left -= next.rows();
    counters.rowsReturned.addAndGet(next.rows());
    return next.value();
  }

  private Made<B> made(VectorSchemaRoot batch, boolean ahead) {
    int rows = batch.getRowCount();
    return new Made<>(form.of(batch, ahead), rows);
  }

  private @Nullable Made<B> nextInTurn() {
    VectorSchemaRoot batch = nextBatch();
    return batch == null ? null : made(bounded(batch), false);
  }

  /** The rows that the limit leaves; takes the batch over. */
  private VectorSchemaRoot bounded(VectorSchemaRoot batch) {
    if (batch.getRowCount() <= left) {
      return batch;
    }
    try (batch) {
      RowIndexes first = RowIndexes.all((int) left);
      return Batches.take(
          batch, context.output().fieldNames(), first.rows(), first.count(), context.allocator());
    }
  }

  private @Nullable VectorSchemaRoot nextBatch() {
    while (true) {
      if (current == null) {
        PlannedFile file = planner.next();
        if (file == null) {
          return null;
        }
        current = new FileScan(context, file);
      }
      VectorSchemaRoot batch = current.next();
      if (batch != null) {
        return batch;
      }
      closeCurrent();
    }
  }

  private @Nullable Made<B> nextAhead() {
    if (queue == null) {
      queue = startWorkers();
    }
    try {
      return queue.next();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          context.view().table() + ": interrupted while waiting for rows.", e);
    }
  }

  private BatchQueue<Made<B>> startWorkers() {
    return FileReaders.start(
        context.view().table(),
        workers,
        parallelism,
        planner::next,
        this::readInto,
        made -> form.release(made.value()));
  }

  private void readInto(PlannedFile file, BatchQueue<Made<B>> into) throws InterruptedException {
    try (FileScan scan = new FileScan(context, file)) {
      for (VectorSchemaRoot batch = scan.next(); batch != null; batch = scan.next()) {
        if (!into.hand(made(batch, true))) {
          return;
        }
      }
    }
  }

  private void closeCurrent() {
    if (current != null) {
      FileScan done = current;
      current = null;
      done.close();
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (queue != null) {
        queue.close();
      }
      closeCurrent();
    } finally {
      planner.close();
    }
  }
}
