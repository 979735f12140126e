package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.txn.TableContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A table at one version, which never changes. Thread-safe. */
public final class TableSnapshot {

  private final TableContext table;
  private final LogSnapshot snapshot;

  /** For {@code NeuralTable}. */
  public TableSnapshot(TableContext table, LogSnapshot snapshot) {
    this.table = table;
    this.snapshot = snapshot;
  }

  /** The version. */
  public long version() {
    return snapshot.version();
  }

  /** When the version was committed; may read the commit file. */
  public Instant timestamp() {
    return Instant.ofEpochMilli(snapshot.timestampMillis());
  }

  /** The columns. */
  public StructType schema() {
    return snapshot.metadata().schema();
  }

  /** The partition columns, in order. */
  public List<String> partitionColumns() {
    return snapshot.metadata().partitionColumns();
  }

  /** The table properties. */
  public Map<String, String> properties() {
    return snapshot.metadata().configuration();
  }

  /** A scan of this version. */
  public Scan scan() {
    return new Scan(table, () -> snapshot);
  }

  /** The number of rows. */
  public long count() {
    return scan().count();
  }

  /** Schema, partitioning, properties, protocol, and the number and bytes of the files. */
  public TableDetail detail() {
    return Details.of(snapshot);
  }

  @Override
  public String toString() {
    return "TableSnapshot[" + table.table() + ", version " + version() + "]";
  }
}
