package io.neuralake;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TimeTravel;
import io.neuralake.internal.plan.RowKind;
import io.neuralake.internal.plan.RowSource;
import io.neuralake.internal.plan.Timestamps;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.maintain.Optimize;
import io.neuralake.maintain.Vacuum;
import io.neuralake.read.Changes;
import io.neuralake.read.History;
import io.neuralake.read.HistoryEntry;
import io.neuralake.read.Scan;
import io.neuralake.read.TableDetail;
import io.neuralake.read.TableSnapshot;
import io.neuralake.schema.Schemas;
import io.neuralake.write.Alter;
import io.neuralake.write.Append;
import io.neuralake.write.Convert;
import io.neuralake.write.Create;
import io.neuralake.write.Delete;
import io.neuralake.write.Merge;
import io.neuralake.write.Overwrite;
import io.neuralake.write.Repair;
import io.neuralake.write.Restore;
import io.neuralake.write.RowBuffering;
import io.neuralake.write.ShallowClone;
import io.neuralake.write.Update;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * A handle on one Delta table of a {@link NeuralLake}. Cheap, thread-safe, and without state of its
 * own: all handles of a lake on one location share what the lake knows of the table.
 *
 * <pre>{@code
 * NeuralTable signals = lake.table("s3://lab/signals");
 * signals.create(Signal.class).partitionedBy("region").ifNotExists().commit();
 * signals.append(batch).commit();
 * long spikes = signals.scan().where("spike").count();
 * }</pre>
 *
 * <p>Writes are planned on the newest version that this lake has seen, so that a write on a warm
 * handle asks the storage for nothing but to take the data file and the commit. Reads look up the
 * newest version each time.
 *
 * <p>A table whose folder is deleted and created anew by others must be used through a new lake.
 */
public final class NeuralTable implements AutoCloseable {

  private final TableContext table;
  private final @Nullable NeuralLake owned;

  NeuralTable(TableContext table, @Nullable NeuralLake owned) {
    this.table = table;
    this.owned = owned;
  }

  /**
   * A handle on a table, in a lake of its own by {@link NeuralLake#fromEnvironment()}; closing the
   * handle closes that lake. No I/O.
   */
  public static NeuralTable open(String location) {
    NeuralLake lake = NeuralLake.fromEnvironment();
    try {
      return new NeuralTable(lake.table(location).table, lake);
    } catch (RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  /** Where the table lives, in normal form. */
  public String location() {
    return table.table();
  }

  /** Whether there is a Delta table; looks at the storage. */
  public boolean exists() {
    return table.log().latestIfExists().isPresent();
  }

  /** The only source of time of the table's lake. */
  public Clock clock() {
    return table.runtime().clock();
  }

  // ---- writing

  /** Creates the table with these columns. */
  public Create create(StructType schema) {
    return new Create(table, schema);
  }

  /** Creates the table with the fields of an Avro record as columns. */
  public Create create(org.apache.avro.Schema schema) {
    return create(Schemas.fromAvro(schema));
  }

  /** Creates the table with the fields of an Arrow schema as columns. */
  public Create create(org.apache.arrow.vector.types.pojo.Schema schema) {
    return create(Schemas.fromArrow(schema));
  }

  /**
   * Creates the table with the components of a record class, or the properties of a POJO class, as
   * columns; {@link Schemas#fromClass} says how.
   */
  public Create create(Class<?> type) {
    return create(Schemas.fromClass(type));
  }

  /**
   * Appends rows: Avro records (generic or specific), Java records, POJOs or maps, all of one kind.
   * They are read once, when {@code commit()} is called.
   */
  public Append append(Iterable<?> rows) {
    return new Append(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Appends rows from an iterator; see {@link #append(Iterable)}. */
  public Append append(Iterator<?> rows) {
    return new Append(table, () -> RowSource.ofObjects(rows));
  }

  /**
   * Appends rows from a stream, which stays the caller's to close; see {@link #append(Iterable)}.
   */
  public Append append(Stream<?> rows) {
    return new Append(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Appends the rows of an Arrow batch, which stays the caller's and must not change meanwhile. */
  public Append append(VectorSchemaRoot batch) {
    return new Append(table, () -> RowSource.ofBatch(batch));
  }

  /** Appends all batches of an Arrow reader, which stays the caller's to close. */
  public Append append(ArrowReader reader) {
    return new Append(table, () -> RowSource.ofReader(reader));
  }

  /** Gathers Java records or POJOs to be appended together later. No I/O. */
  public <T> RowBuffering<T> buffering(Class<T> type) {
    return new RowBuffering<>(table, RowKind.of(type));
  }

  /** Gathers Avro records of a schema to be appended together later. No I/O. */
  public RowBuffering<IndexedRecord> buffering(org.apache.avro.Schema schema) {
    return new RowBuffering<>(table, RowKind.of(schema));
  }

  /** Gathers maps from column names to values to be appended together later. No I/O. */
  public RowBuffering<Map<String, @Nullable Object>> bufferingMaps() {
    return new RowBuffering<>(table, RowKind.ofMaps());
  }

  /** Replaces all rows; see {@link #append(Iterable)}. */
  public Overwrite overwrite(Iterable<?> rows) {
    return new Overwrite(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Replaces all rows; see {@link #append(Iterator)}. */
  public Overwrite overwrite(Iterator<?> rows) {
    return new Overwrite(table, () -> RowSource.ofObjects(rows));
  }

  /** Replaces all rows; see {@link #append(Stream)}. */
  public Overwrite overwrite(Stream<?> rows) {
    return new Overwrite(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Replaces all rows; see {@link #append(VectorSchemaRoot)}. */
  public Overwrite overwrite(VectorSchemaRoot batch) {
    return new Overwrite(table, () -> RowSource.ofBatch(batch));
  }

  /** Replaces all rows; see {@link #append(ArrowReader)}. */
  public Overwrite overwrite(ArrowReader reader) {
    return new Overwrite(table, () -> RowSource.ofReader(reader));
  }

  /** Merges rows into the table; see {@link #append(Iterable)}. */
  public Merge merge(Iterable<?> rows) {
    return new Merge(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Merges rows into the table; see {@link #append(Iterator)}. */
  public Merge merge(Iterator<?> rows) {
    return new Merge(table, () -> RowSource.ofObjects(rows));
  }

  /** Merges rows into the table; see {@link #append(Stream)}. */
  public Merge merge(Stream<?> rows) {
    return new Merge(table, () -> RowSource.ofObjects(rows.iterator()));
  }

  /** Merges rows into the table; see {@link #append(VectorSchemaRoot)}. */
  public Merge merge(VectorSchemaRoot batch) {
    return new Merge(table, () -> RowSource.ofBatch(batch));
  }

  /** Merges rows into the table; see {@link #append(ArrowReader)}. */
  public Merge merge(ArrowReader reader) {
    return new Merge(table, () -> RowSource.ofReader(reader));
  }

  /** Merges the rows that a scan finds, of this table or another, when the merge is committed. */
  public Merge merge(Scan source) {
    return new Merge(table, source);
  }

  /** Deletes rows: those that {@link Delete#where} says, else all. */
  public Delete delete() {
    return new Delete(table);
  }

  /** Gives rows other values: those that {@link Update#where} says, else all. */
  public Update update() {
    return new Update(table);
  }

  /** Changes columns and properties. */
  public Alter alter() {
    return new Alter(table);
  }

  /** Makes a table of the Parquet files that lie in its folder. */
  public Convert convert() {
    return new Convert(table);
  }

  /** Makes a table here that has the rows of another by reference to its files. */
  public ShallowClone cloneOf(NeuralTable source) {
    return new ShallowClone(table, source.table);
  }

  /** Makes an older version the newest again. */
  public Restore restore() {
    return new Restore(table);
  }

  /**
   * Writes a checkpoint of the newest version now, and deletes what of the log has expired. Commits
   * of neuralake do so themselves, every {@code delta.checkpointInterval} versions.
   *
   * @return the version
   * @throws io.neuralake.error.StorageException if that failed; the table is as before
   */
  public long checkpoint() {
    return table.checkpoint();
  }

  /** Takes files out of the table that are gone from the storage. */
  public Repair repair() {
    return new Repair(table);
  }

  /** Writes small files again as fewer and larger ones, without deleted rows. */
  public Optimize optimize() {
    return new Optimize(table);
  }

  /** Deletes files that no version within the retention needs. */
  public Vacuum vacuum() {
    return new Vacuum(table);
  }

  // ---- reading

  /** A scan of the newest version at the time it runs. */
  public Scan scan() {
    return new Scan(table, table::latest);
  }

  /** The rows that versions have inserted, deleted and updated. */
  public Changes changes() {
    return new Changes(table);
  }

  /** The number of rows of the newest version, from the log alone where that is exact. */
  public long count() {
    return scan().count();
  }

  /**
   * The newest version.
   *
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public TableSnapshot latest() {
    return snapshot(table.latest());
  }

  /** The number of the newest version. */
  public long version() {
    return table.latest().version();
  }

  /**
   * How far an application has come: the version of its newest {@linkplain
   * io.neuralake.write.WriteOperation#transaction transaction} in the table's newest version; empty
   * if there is none, or it is older than {@code delta.setTransactionRetentionDuration}.
   */
  public OptionalLong transactionVersion(String appId) {
    return table.transactionVersion(appId);
  }

  /** The columns of the newest version. */
  public StructType schema() {
    return table.latest().metadata().schema();
  }

  /** The properties of the newest version. */
  public Map<String, String> properties() {
    return table.latest().metadata().configuration();
  }

  /**
   * An older version.
   *
   * @throws io.neuralake.error.InvalidRequestException if it does not exist; says which do
   */
  public TableSnapshot asOf(long version) {
    return snapshot(new TimeTravel(table.log()).at(version));
  }

  /**
   * The version that was the newest at a moment.
   *
   * @throws io.neuralake.error.InvalidRequestException if the moment is before the oldest version
   *     that can be read, or after the newest; says which exist
   */
  public TableSnapshot asOf(Instant moment) {
    return snapshot(new TimeTravel(table.log()).at(moment));
  }

  /**
   * The version that was the newest at a moment in ISO 8601 text: {@code 2026-11-20T12:30:00Z},
   * with another offset, or without one (then UTC); a date alone means its first moment.
   *
   * @throws io.neuralake.error.InvalidRequestException if it is not such a text, or out of range
   */
  public TableSnapshot asOf(String moment) {
    return asOf(Timestamps.parse(moment));
  }

  private TableSnapshot snapshot(LogSnapshot snapshot) {
    return new TableSnapshot(table, snapshot);
  }

  /**
   * The newest versions, newest first.
   *
   * @param limit how many at most, one or more
   */
  public List<HistoryEntry> history(int limit) {
    return new History(table).newest(limit);
  }

  /** Schema, partitioning, properties, protocol, and the number and bytes of the files. */
  public TableDetail detail() {
    return latest().detail();
  }

  /** Closes the lake of a handle made by {@link #open}; does nothing on handles of a lake. */
  @Override
  public void close() {
    if (owned != null) {
      owned.close();
    }
  }

  @Override
  public String toString() {
    return "NeuralTable[" + location() + "]";
  }
}
