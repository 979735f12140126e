package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.plan.BatchRun;
import io.neuralake.internal.plan.Counting;
import io.neuralake.internal.plan.ScanCounters;
import io.neuralake.internal.plan.ScanRequest;
import io.neuralake.internal.plan.ScanRun;
import io.neuralake.internal.txn.TableContext;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * A query on one version of a table: columns, rows, limit. An immutable value; each method returns
 * a refined one, and the last one reads. Thread-safe; the readers that it makes are not.
 *
 * <pre>{@code
 * try (Rows<Signal> spikes =
 *     signals.scan().where("spike AND region = 'V1'").select("neuron_id", "ts").as(Signal.class)) {
 *   for (Signal spike : spikes) { ... }
 * }
 * }</pre>
 *
 * <p>A scan of a table (rather than of a snapshot) reads the newest version at the time it is
 * executed. Files are left out by partition values and statistics where the predicate allows it.
 */
public final class Scan extends Query<Scan> {

  private final Supplier<LogSnapshot> snapshot;

  private Scan(TableContext table, Supplier<LogSnapshot> snapshot, ScanRequest request) {
    super(table, request);
    this.snapshot = snapshot;
  }

  /** For {@code NeuralTable} and {@link TableSnapshot}: a scan of everything. */
  public Scan(TableContext table, Supplier<LogSnapshot> snapshot) {
    this(table, snapshot, ScanRequest.ALL);
  }

  @Override
  Scan with(ScanRequest changed) {
    return new Scan(table, snapshot, changed);
  }

  @Override
  Opened open() {
    LogSnapshot at = snapshot.get();
    return new Opened() {
      @Override
      public long version() {
        return at.version();
      }

      @Override
      public StructType schema() {
        return at.metadata().schema();
      }

      @Override
      public <B> BatchRun<B> run(
          ScanRequest narrowed,
          BufferAllocator own,
          ScanCounters counters,
          Function<StructType, BatchForm<B>> form) {
        return new ScanRun<>(
            at, table.log().store(), narrowed, own, table.runtime().workers(), counters, form);
      }
    };
  }

  /**
   * At most so many rows; which ones is not defined.
   *
   * @param rows zero or more
   */
  public Scan limit(long rows) {
    if (rows < 0) {
      throw new InvalidRequestException(
          table.table() + ": a limit must not be negative, but is " + rows + ".");
    }
    return with(request.withLimit(rows));
  }

  /**
   * How many files are read at the same time, by threads of the lake that read ahead in bounded
   * memory, and turn what they read into rows. One reads in the caller's thread, file by file, when
   * rows are asked for; so does a scan with a limit. Default: the number of processors, at most
   * four.
   *
   * @param readers one or more
   */
  public Scan parallelism(int readers) {
    if (readers < 1) {
      throw new InvalidRequestException(
          table.table() + ": a scan needs at least one reader, not " + readers + ".");
    }
    return with(request.withParallelism(readers));
  }

  /**
   * The number of rows, from the log alone where row counts and statistics settle it; other files
   * are read as far as the predicate needs.
   */
  public long count() {
    try (BufferAllocator own = childAllocator()) {
      return Counting.count(snapshot.get(), table.log().store(), request, own, new ScanCounters());
    }
  }

  /** What the scan would do, without opening a data file: rows are zero. */
  public ScanReport plan() {
    ScanCounters counters = new ScanCounters();
    LogSnapshot at = snapshot.get();
    ScanRun.plan(at, request, counters);
    return report(at.version(), counters);
  }

  @Override
  public String toString() {
    return "Scan["
        + table.table()
        + (request.columns() == null ? "" : ", select " + request.columns())
        + (request.filter() == null ? "" : ", where " + request.filter().toSql())
        + (request.limit() < 0 ? "" : ", limit " + request.limit())
        + "]";
  }
}
