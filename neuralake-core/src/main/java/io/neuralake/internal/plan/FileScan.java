package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.RowSelector;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/** Reads one file of a scan: decodes, filters, projects. For use by one thread. */
final class FileScan implements AutoCloseable {

  private static final long BATCH_BYTES = 16L << 20;

  /**
   * What all files of a scan have in common. Thread-safe.
   *
   * @param output columns of the batches
   * @param read columns to read: the output's, then those that only the filter needs
   * @param filter which rows, null for all
   * @param batchRows rows of a batch at most
   * @param allocator of the batches
   * @param workers fetch bytes beside the reading thread; null if none do
   */
  record Context(
      TableView view,
      FileStore store,
      StructType output,
      StructType read,
      @Nullable RowFilter filter,
      int batchRows,
      BufferAllocator allocator,
      @Nullable Executor workers,
      ScanCounters counters) {

    /**
     * What a request asks of a table.
     *
     * @throws io.neuralake.error.InvalidRequestException if a column does not exist, or the
     *     predicate does not fit the schema
     */
    static Context of(
        TableView view,
        FileStore store,
        ScanRequest request,
        BufferAllocator allocator,
        @Nullable Executor workers,
        ScanCounters counters) {
      StructType output = ScanPlanner.project(view, request.columns());
      RowFilter filter = request.filter() == null ? null : RowFilter.bind(request.filter(), view);
      StructType read =
          filter == null
              ? output
              : withFilterColumns(view.metadata().schema(), output, filter.columns());
      return new Context(
          view, store, output, read, filter, request.batchRows(), allocator, workers, counters);
    }

    private static StructType withFilterColumns(
        StructType all, StructType columns, Set<String> needed) {
      List<StructField> fields = new ArrayList<>(columns.fields());
      Set<String> missing = new LinkedHashSet<>(needed);
      missing.removeAll(columns.fieldNames());
      missing.forEach(name -> fields.add(all.get(name)));
      return new StructType(fields);
    }
  }

  private final Context context;
  private final PlannedFile file;
  private final ParquetBatchReader reader;

  /** Opens the file: reads its footer, and its deletion vector if it has one. */
  FileScan(Context context, PlannedFile file) {
    this(context, file, Reads.deleted(context.view(), context.store(), file.file()));
  }

  /** Opens the file without some rows, whatever its deletion vector says. */
  FileScan(Context context, PlannedFile file, @Nullable DeletedRows without) {
    this.context = context;
    this.file = file;
    DataFile data = file.file();
    TableView view = context.view();
    try {
      this.reader =
          new ParquetBatchReader(
              context.store(),
              DataPaths.resolve(view.table(), data.path()),
              data.size(),
              Reads.spec(view, context.read(), data)
                  .withDeletedRows(without)
                  .withFilter(file.filter())
                  .withSelector(file.allMatch() ? null : selector())
                  .withBatchSize(context.batchRows(), BATCH_BYTES),
              context.allocator(),
              context.workers(),
              context.counters().reads);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** The scan's filter; it counts the rows that it sees. */
  private @Nullable RowSelector selector() {
    RowFilter filter = context.filter();
    return filter == null
        ? null
        : new RowSelector() {
          @Override
          public Set<String> columns() {
            return filter.columns();
          }

          @Override
          public int @Nullable [] select(VectorSchemaRoot batch) {
            context.counters().rowsRead.addAndGet(batch.getRowCount());
            Selection matching = filter.select(batch);
            return matching.isAll() ? null : matching.toArray();
          }
        };
  }

  /**
   * The next batch with at least one matching row, which is the caller's to close; null at the end.
   */
  @Nullable VectorSchemaRoot next() {
    VectorSchemaRoot batch;
    try {
      batch = reader.next();
    } catch (IOException e) {
      throw failure(e);
    }
    if (batch == null) {
      return null;
    }
    if (context.filter() == null || file.allMatch()) {
      context.counters().rowsRead.addAndGet(batch.getRowCount());
    }
    List<String> columns = context.output().fieldNames();
    return context.read().length() == columns.size()
        ? batch
        : Batches.keep(batch, columns, context.allocator());
  }

  private RuntimeException failure(IOException e) {
    return KernelErrors.translate(
        context.view().table(),
        "reading data file " + file.file().path() + " of version " + context.view().version(),
        e);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
