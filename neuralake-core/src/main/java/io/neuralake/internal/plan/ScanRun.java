package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.StorageException;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A scan under way. With a parallelism of one, files are read one after the other by the caller's
 * thread, when a batch is asked for; with more, that many workers read ahead, each one file at a
 * time, at most two batches each, and others fetch bytes for them. Not thread-safe; close it at any
 * point.
 */
public final class ScanRun implements AutoCloseable {

  private static final int BATCHES_PER_WORKER = 2;

  private final ScanCounters counters;
  private final FileScan.Context context;
  private final ScanPlanner planner;
  private final int parallelism;
  private final Executor workers;
  private long left;
  private @Nullable FileScan current;
  private @Nullable BatchQueue queue;
  private boolean closed;

  /**
   * Plans a scan; nothing but the log is read yet.
   *
   * @param allocator of the batches; stays the caller's
   * @param workers runs the readers of a parallel scan, in threads other than the caller's
   * @throws io.neuralake.error.InvalidRequestException if a column does not exist, or the predicate
   *     does not fit the schema
   */
  public ScanRun(
      LogSnapshot snapshot,
      FileStore store,
      ScanRequest request,
      BufferAllocator allocator,
      Executor workers,
      ScanCounters counters) {
    this.counters = counters;
    this.workers = workers;
    this.left = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    this.parallelism = request.limit() < 0 ? request.parallelism() : 1;
    StructType output = ScanPlanner.project(snapshot, request.columns());
    RowFilter filter = request.filter() == null ? null : RowFilter.bind(request.filter(), snapshot);
    StructType read =
        filter == null ? output : withFilterColumns(snapshot, output, filter.columns());
    this.context =
        new FileScan.Context(
            snapshot,
            store,
            output,
            read,
            filter,
            request.batchRows(),
            allocator,
            parallelism > 1 ? workers : null,
            counters);
    this.planner = new ScanPlanner(snapshot, filter, false, counters);
  }

  private static StructType withFilterColumns(
      LogSnapshot snapshot, StructType columns, Set<String> needed) {
    List<StructField> fields = new ArrayList<>(columns.fields());
    Set<String> missing = new LinkedHashSet<>(needed);
    missing.removeAll(columns.fieldNames());
    for (String name : missing) {
      fields.add(snapshot.metadata().schema().get(name));
    }
    return new StructType(fields);
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

  /** The columns of the batches. */
  public StructType schema() {
    return context.output();
  }

  /** The next batch with at least one row, which is the caller's to close; null at the end. */
  public @Nullable VectorSchemaRoot next() {
    if (closed || left <= 0) {
      return null;
    }
    VectorSchemaRoot batch = parallelism > 1 ? nextAhead() : nextInTurn();
    if (batch == null) {
      return null;
    }
    VectorSchemaRoot bounded = batch;
    if (batch.getRowCount() > left) {
      try (batch) {
        RowIndexes first = RowIndexes.all((int) left);
        bounded =
            Batches.take(
                batch,
                context.output().fieldNames(),
                first.rows(),
                first.count(),
                context.allocator());
      }
    }
    left -= bounded.getRowCount();
    counters.rowsReturned.addAndGet(bounded.getRowCount());
    return bounded;
  }

  private @Nullable VectorSchemaRoot nextInTurn() {
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

  private @Nullable VectorSchemaRoot nextAhead() {
    if (queue == null) {
      queue = startWorkers();
    }
    try {
      return queue.next();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          context.snapshot().table() + ": interrupted while waiting for rows.", e);
    }
  }

  private BatchQueue startWorkers() {
    BatchQueue started = new BatchQueue(parallelism * BATCHES_PER_WORKER, parallelism);
    for (int i = 0; i < parallelism; i++) {
      try {
        workers.execute(() -> work(started));
      } catch (RuntimeException e) { // the lake is closing
        for (int missing = i; missing < parallelism; missing++) {
          started.done(e);
        }
        break;
      }
    }
    return started;
  }

  private void work(BatchQueue into) {
    Throwable failure = null;
    try {
      for (PlannedFile file = nextFile(); file != null && into.isOpen(); file = nextFile()) {
        readInto(file, into);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure =
          new StorageException(
              context.snapshot().table() + ": the scan's readers were interrupted.", e);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    into.done(failure);
  }

  private void readInto(PlannedFile file, BatchQueue into) throws InterruptedException {
    try (FileScan scan = new FileScan(context, file)) {
      for (VectorSchemaRoot batch = scan.next(); batch != null; batch = scan.next()) {
        boolean taken = false;
        try {
          taken = into.put(batch);
        } finally {
          if (!taken) {
            batch.close();
          }
        }
        if (!taken) {
          return;
        }
      }
    }
  }

  /**
   * The log is one stream: the lock is held while it is read on, so that no file is planned twice.
   */
  private @Nullable PlannedFile nextFile() {
    synchronized (planner) {
      return planner.next();
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
