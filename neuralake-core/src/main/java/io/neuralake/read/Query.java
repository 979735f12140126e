package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.plan.BatchRun;
import io.neuralake.internal.plan.ScanCounters;
import io.neuralake.internal.plan.ScanRequest;
import io.neuralake.internal.row.RowDecoder;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.schema.Schemas;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * What all queries of a table have in common: columns, rows, and the forms in which these are read.
 * An immutable value; each method returns a refined one, and the last one reads. Thread-safe; the
 * readers that it makes are not.
 *
 * @param <Q> the query
 */
public abstract sealed class Query<Q extends Query<Q>> permits Scan, Changes {

  final TableContext table;
  final ScanRequest request;

  Query(TableContext table, ScanRequest request) {
    this.table = table;
    this.request = request;
  }

  /** A query on what is there when it runs. */
  interface Opened {
    /** The version that is read, or the last one. */
    long version();

    /** All columns. */
    StructType schema();

    /**
     * Begins to read.
     *
     * @param own memory of the run, which stays the caller's to close
     */
    <B> BatchRun<B> run(
        ScanRequest request,
        BufferAllocator own,
        ScanCounters counters,
        Function<StructType, BatchForm<B>> form);
  }

  abstract Opened open();

  abstract Q with(ScanRequest changed);

  /**
   * Only these top-level columns, in this order. Names match exactly, else ignoring case.
   *
   * @throws InvalidRequestException when the scan runs, if one does not exist
   */
  public Q select(String... columns) {
    return select(List.of(columns));
  }

  /** Like {@link #select(String...)}. */
  public Q select(List<String> columns) {
    return with(request.withColumns(columns));
  }

  /**
   * Only rows for which the predicate is true; with an earlier one, both.
   *
   * @throws InvalidRequestException when the scan runs, if it does not fit the schema
   */
  public Q where(Expr predicate) {
    return with(request.and(predicate));
  }

  /**
   * Like {@link #where(Expr)}, from SQL text such as {@code region = 'V1' AND voltage > 3.5}.
   *
   * @throws InvalidRequestException if it is not an expression that neuralake knows
   */
  public Q where(String sql) {
    return where(Expr.sql(sql));
  }

  /**
   * Rows of a batch at most; default 8192.
   *
   * @param rows one or more
   */
  public Q batchRows(int rows) {
    if (rows < 1) {
      throw new InvalidRequestException(
          table.table() + ": a batch needs at least one row, not " + rows + ".");
    }
    return with(request.withBatchRows(rows));
  }

  /**
   * The rows as Arrow batches. The reader owns its root and must be closed; closing it at any point
   * ends it.
   */
  public ArrowReader arrow() {
    BufferAllocator own = childAllocator();
    return started(
        own,
        open(own),
        request,
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
    Opened at = open(own);
    return started(
        own,
        at,
        wanted == null ? request : narrowedTo(wanted, at.schema()),
        columns -> RowBatch.form(decoder.apply(columns)),
        run -> new Rows<>(run, own, () -> report(at.version(), counters)),
        counters);
  }

  private Opened open(BufferAllocator own) {
    try {
      return open();
    } catch (RuntimeException e) {
      own.close();
      throw e;
    }
  }

  /** Leaves out columns for which the rows have no place. */
  private ScanRequest narrowedTo(StructType wanted, StructType columns) {
    if (request.columns() != null) {
      return request;
    }
    List<String> known =
        wanted.fieldNames().stream()
            .filter(name -> columns.fieldNames().stream().anyMatch(name::equalsIgnoreCase))
            .toList();
    return known.isEmpty() ? request : request.withColumns(known);
  }

  private static <B, R> R started(
      BufferAllocator own,
      Opened at,
      ScanRequest narrowed,
      Function<StructType, BatchForm<B>> form,
      Function<BatchRun<B>, R> make,
      ScanCounters counters) {
    try {
      BatchRun<B> run = at.run(narrowed, own, counters, form);
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

  BufferAllocator childAllocator() {
    return table.runtime().allocator().newChildAllocator("scan", 0, Long.MAX_VALUE);
  }

  static ScanReport report(long version, ScanCounters counters) {
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
}
