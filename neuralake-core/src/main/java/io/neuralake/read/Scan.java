package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.plan.Counting;
import io.neuralake.internal.plan.ScanCounters;
import io.neuralake.internal.plan.ScanRequest;
import io.neuralake.internal.plan.ScanRun;
import io.neuralake.internal.row.RowDecoder;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

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
public final class Scan {

  private final TableContext table;
  private final Supplier<LogSnapshot> snapshot;
  private final ScanRequest request;

  private Scan(TableContext table, Supplier<LogSnapshot> snapshot, ScanRequest request) {
    this.table = table;
    this.snapshot = snapshot;
    this.request = request;
  }

  /** For {@code NeuralTable} and {@link TableSnapshot}: a scan of everything. */
  public Scan(TableContext table, Supplier<LogSnapshot> snapshot) {
    this(table, snapshot, ScanRequest.ALL);
  }

  /**
   * Only these top-level columns, in this order. Names match exactly, else ignoring case.
   *
   * @throws InvalidRequestException when the scan runs, if one does not exist
   */
  public Scan select(String... columns) {
    return select(List.of(columns));
  }

  /** Like {@link #select(String...)}. */
  public Scan select(List<String> columns) {
    return new Scan(table, snapshot, request.withColumns(columns));
  }

  /**
   * Only rows for which the predicate is true; with an earlier one, both.
   *
   * @throws InvalidRequestException when the scan runs, if it does not fit the schema
   */
  public Scan where(Expr predicate) {
    return new Scan(table, snapshot, request.and(predicate));
  }

  /**
   * Like {@link #where(Expr)}, from SQL text such as {@code region = 'V1' AND voltage > 3.5}.
   *
   * @throws InvalidRequestException if it is not an expression that neuralake knows
   */
  public Scan where(String sql) {
    return where(Expr.sql(sql));
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
    return new Scan(table, snapshot, request.withLimit(rows));
  }

  /**
   * Rows of a batch at most; default 8192.
   *
   * @param rows one or more
   */
  public Scan batchRows(int rows) {
    if (rows < 1) {
      throw new InvalidRequestException(
          table.table() + ": a batch needs at least one row, not " + rows + ".");
    }
    return new Scan(table, snapshot, request.withBatchRows(rows));
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
    return new Scan(table, snapshot, request.withParallelism(readers));
  }

  /**
   * The rows as Arrow batches. The reader owns its root and must be closed; closing it at any point
   * ends the scan.
   */
  public ArrowReader arrow() {
    BufferAllocator own = childAllocator();
    return started(
        own,
        open(own),
        columns -> BatchForm.ARROW,
        run -> new ScanReader(run, own),
        new ScanCounters());
  }

  /**
   * The rows as instances of a Java record or POJO class, or of an Avro specific record class.
   * Components or properties are matched to columns by name, ignoring case where no exact match
   * exists; columns that the class lacks are not read.
   *
   * @throws InvalidRequestException if the class does not fit the columns
   */
  public <T> Rows<T> as(Class<T> type) {
    Schema avro =
        SpecificRecord.class.isAssignableFrom(type) ? SpecificData.get().getSchema(type) : null;
    StructType wanted = avro == null ? Schemas.fromClass(type) : Schemas.fromAvro(avro);
    return rows(schema -> RowDecoder.forClass(type), wanted);
  }

  /** The rows as Avro records, with a schema derived from the columns. */
  public Rows<GenericRecord> avro() {
    return rows(columns -> RowDecoder.forAvro(Schemas.toAvro(columns, "row")), null);
  }

  /**
   * The rows as Avro records of a given schema.
   *
   * @throws InvalidRequestException if the schema does not fit the columns
   */
  public Rows<GenericRecord> avro(Schema schema) {
    return rows(columns -> RowDecoder.forAvro(schema), Schemas.fromAvro(schema));
  }

  /**
   * The rows as maps from column name to value. Values are the Java types that {@link
   * io.neuralake.schema.Schemas#fromClass} knows; structs are maps.
   */
  public Rows<Map<String, @Nullable Object>> maps() {
    return rows(columns -> RowDecoder.forMaps(), null);
  }

  private <T> Rows<T> rows(
      Function<StructType, RowDecoder<T>> decoder, @Nullable StructType wanted) {
    ScanCounters counters = new ScanCounters();
    BufferAllocator own = childAllocator();
    LogSnapshot at = open(own);
    Scan narrowed = wanted == null ? this : narrowedTo(wanted, at);
    return narrowed.started(
        own,
        at,
        columns -> RowBatch.form(decoder.apply(columns)),
        run -> new Rows<>(run, own, () -> report(at.version(), counters)),
        counters);
  }

  private LogSnapshot open(BufferAllocator own) {
    try {
      return snapshot.get();
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** Leaves out columns for which the rows have no place. */
  private Scan narrowedTo(StructType wanted, LogSnapshot at) {
    if (request.columns() != null) {
      return this;
    }
    List<String> known =
        wanted.fieldNames().stream()
            .filter(
                name ->
                    at.metadata().schema().fieldNames().stream().anyMatch(name::equalsIgnoreCase))
            .toList();
    return known.isEmpty() ? this : select(known);
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

  private <B, R> R started(
      BufferAllocator own,
      LogSnapshot at,
      Function<StructType, BatchForm<B>> form,
      Function<ScanRun<B>, R> make,
      ScanCounters counters) {
    try {
      ScanRun<B> run =
          new ScanRun<>(
              at, table.log().store(), request, own, table.runtime().workers(), counters, form);
      try {
        return make.apply(run);
      } catch (RuntimeException e) {
        run.close();
        throw e;
      }
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private BufferAllocator childAllocator() {
    return table.runtime().allocator().newChildAllocator("scan", 0, Long.MAX_VALUE);
  }

  private static ScanReport report(long version, ScanCounters counters) {
    return new ScanReport(
        version,
        counters.filesTotal.get(),
        counters.filesSkippedByPartition.get(),
        counters.filesSkippedByStatistics.get(),
        counters.filesRead.get(),
        counters.reads.rowGroupsRead.get(),
        counters.reads.rowGroupsSkipped.get(),
        counters.reads.pagesSkipped.get(),
        counters.reads.pagesByLibrary.get(),
        counters.reads.requests.get(),
        counters.reads.bytesFetched.get(),
        counters.rowsRead.get(),
        counters.rowsReturned.get());
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
