package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ReadSpec;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * A scan under way: one file after the other, one batch at a time. Not thread-safe; close it at any
 * point.
 */
public final class ScanRun implements AutoCloseable {

  private static final long BATCH_BYTES = 16L << 20;

  private final LogSnapshot snapshot;
  private final FileStore store;
  private final ScanRequest request;
  private final @Nullable RowFilter filter;
  private final StructType output;
  private final StructType readSchema;
  private final BufferAllocator allocator;
  private final ScanCounters counters;
  private final ScanPlanner planner;
  private long left;
  private @Nullable ParquetBatchReader reader;
  private @Nullable PlannedFile file;
  private boolean closed;

  /**
   * Plans a scan; nothing but the log is read yet.
   *
   * @param allocator of the batches; stays the caller's
   * @throws io.neuralake.error.InvalidRequestException if a column does not exist, or the predicate
   *     does not fit the schema
   */
  public ScanRun(
      LogSnapshot snapshot,
      FileStore store,
      ScanRequest request,
      BufferAllocator allocator,
      ScanCounters counters) {
    this.snapshot = snapshot;
    this.store = store;
    this.request = request;
    this.allocator = allocator;
    this.counters = counters;
    this.output = ScanPlanner.project(snapshot, request.columns());
    this.filter = request.filter() == null ? null : RowFilter.bind(request.filter(), snapshot);
    this.readSchema = filter == null ? output : withFilterColumns(output, filter.columns());
    this.left = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    this.planner = new ScanPlanner(snapshot, filter, false, counters);
  }

  private StructType withFilterColumns(StructType columns, Set<String> needed) {
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
    return output;
  }

  /** The next batch with at least one row, which is the caller's to close; null at the end. */
  public @Nullable VectorSchemaRoot next() {
    while (left > 0 && !closed) {
      VectorSchemaRoot batch = nextRead();
      if (batch == null) {
        return null;
      }
      counters.rowsRead.addAndGet(batch.getRowCount());
      VectorSchemaRoot matching = select(batch);
      if (matching != null) {
        left -= matching.getRowCount();
        counters.rowsReturned.addAndGet(matching.getRowCount());
        return matching;
      }
    }
    return null;
  }

  /** The next batch of the current file, or of the next one. */
  private @Nullable VectorSchemaRoot nextRead() {
    while (true) {
      try {
        if (reader == null) {
          file = planner.next();
          if (file == null) {
            return null;
          }
          reader = open(file.file());
        }
        VectorSchemaRoot batch = reader.next();
        if (batch != null) {
          return batch;
        }
        closeReader();
      } catch (IOException e) {
        throw KernelErrors.translate(snapshot.table(), doing(), e);
      }
    }
  }

  private String doing() {
    return "reading "
        + (file == null ? "data files" : "data file " + file.file().path())
        + " of version "
        + snapshot.version();
  }

  private ParquetBatchReader open(DataFile data) throws IOException {
    ReadSpec spec =
        Reads.spec(snapshot, store, readSchema, data)
            .withBatchSize(request.batchRows(), BATCH_BYTES);
    return new ParquetBatchReader(
        store, DataPaths.resolve(snapshot.table(), data.path()), data.size(), spec, allocator);
  }

  /** The matching rows with the columns asked for; takes the batch over. Null if no row matches. */
  private @Nullable VectorSchemaRoot select(VectorSchemaRoot batch) {
    List<String> columns = output.fieldNames();
    RowFilter rows = file != null && file.allMatch() ? null : filter;
    if (rows == null && batch.getRowCount() <= left) {
      return readSchema.length() == output.length()
          ? batch
          : Batches.keep(batch, columns, allocator);
    }
    try (batch) {
      RowIndexes matching =
          rows == null ? RowIndexes.all(batch.getRowCount()) : RowIndexes.of(rows.select(batch));
      int count = (int) Math.min(left, matching.count());
      return count == 0 ? null : Batches.take(batch, columns, matching.rows(), count, allocator);
    }
  }

  private void closeReader() {
    if (reader != null) {
      ParquetBatchReader done = reader;
      reader = null;
      try {
        done.close();
      } catch (IOException e) {
        throw KernelErrors.translate(snapshot.table(), doing(), e);
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        closeReader();
      } finally {
        planner.close();
      }
    }
  }
}
