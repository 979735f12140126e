package io.neuralake.internal.plan;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DataPaths;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Counts rows: from the log where row counts and statistics settle it, from file footers or the
 * predicate's columns where they do not.
 */
public final class Counting {

  private Counting() {}

  /** The number of rows that a request would return; the limit included. */
  public static long count(
      LogSnapshot snapshot,
      FileStore store,
      ScanRequest request,
      BufferAllocator allocator,
      ScanCounters counters) {
    ScanPlanner.project(snapshot, request.columns());
    RowFilter filter = request.filter() == null ? null : RowFilter.bind(request.filter(), snapshot);
    long limit = request.limit() < 0 ? Long.MAX_VALUE : request.limit();
    long total = 0;
    try (ScanPlanner planner = new ScanPlanner(snapshot, filter, true, counters)) {
      for (PlannedFile file = planner.next();
          file != null && total < limit;
          file = planner.next()) {
        total += rows(snapshot, store, file, filter, allocator, counters);
      }
    }
    return Math.min(total, limit);
  }

  private static long rows(
      LogSnapshot snapshot,
      FileStore store,
      PlannedFile planned,
      @Nullable RowFilter filter,
      BufferAllocator allocator,
      ScanCounters counters) {
    if (planned.allMatch() && planned.liveRows() >= 0) {
      counters.filesRead.decrementAndGet();
      return planned.liveRows();
    }
    DataFile file = planned.file();
    List<io.delta.kernel.types.StructField> fields = new ArrayList<>();
    if (filter != null && !planned.allMatch()) {
      for (String column : filter.columns()) {
        fields.add(snapshot.metadata().schema().get(column));
      }
    }
    try (ParquetBatchReader reader =
        new ParquetBatchReader(
            store,
            DataPaths.resolve(snapshot.table(), file.path()),
            file.size(),
            Reads.spec(snapshot, store, new StructType(fields), file).withFilter(planned.filter()),
            allocator,
            null,
            counters.reads)) {
      if (filter == null || planned.allMatch()) {
        long deleted = file.deletionVector() == null ? 0 : file.deletionVector().cardinality();
        return reader.rowCount() - deleted;
      }
      long rows = 0;
      for (VectorSchemaRoot next = reader.next(); next != null; next = reader.next()) {
        try (VectorSchemaRoot batch = next) {
          counters.rowsRead.addAndGet(batch.getRowCount());
          rows += filter.select(batch).size();
        }
      }
      return rows;
    } catch (IOException e) {
      throw KernelErrors.translate(snapshot.table(), "counting rows of " + file.path(), e);
    }
  }
}
