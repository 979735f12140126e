package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructType;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Reads a file with a predicate, as a scan does, and shows what that took. */
final class FilteredFile {
  static final String LOCATION = "mem://t/f.parquet";

  private final InMemoryFileStore store = new InMemoryFileStore();
  private final long size;
  private Executor workers;

  FilteredFile(byte[] file) {
    store.write(LOCATION, file);
    size = file.length;
  }

  /** With threads that read ahead. */
  FilteredFile with(Executor newWorkers) {
    workers = newWorkers;
    return this;
  }

  /**
   * What came of it.
   *
   * @param rows those that match
   * @param decoded rows before the predicate
   * @param requests to the storage
   */
  record Outcome(List<List<Object>> rows, long decoded, long requests, ReadCounters counters) {}

  Outcome read(ReadSpec spec, Expr predicate) throws IOException {
    return read(spec, predicate, true);
  }

  Outcome read(ReadSpec spec, Expr predicate, boolean skipping) throws IOException {
    StructType schema = spec.schema();
    BoundExpr bound = Binder.of(schema).predicate(predicate);
    BatchEvaluator evaluator = new BatchEvaluator(bound);
    ReadSpec filtered = skipping ? spec.withFilter(new FileSkipping(bound).within(Map.of())) : spec;
    List<List<Object>> matching = new ArrayList<>();
    ReadCounters counters = new ReadCounters();
    long before = store.rangeReads();
    long decoded = 0;
    try (RootAllocator allocator = new RootAllocator()) {
      try (ParquetBatchReader reader =
          new ParquetBatchReader(store, LOCATION, size, filtered, allocator, workers, counters)) {
        for (VectorSchemaRoot next = reader.next(); next != null; next = reader.next()) {
          try (VectorSchemaRoot batch = next) {
            decoded += batch.getRowCount();
            List<List<Object>> all = ArrowRows.of(batch);
            for (int row : evaluator.filter(batch).toArray()) {
              matching.add(all.get(row));
            }
          }
        }
      }
    }
    long requests = store.rangeReads() - before;
    return new Outcome(matching, decoded, requests, counters);
  }
}
