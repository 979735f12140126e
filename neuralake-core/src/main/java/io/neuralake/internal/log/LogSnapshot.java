package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.replay.LogReplay;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.utils.CloseableIterator;
import io.neuralake.internal.meta.SchemaJson;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One version of a table: its schema at once, its files on demand. Thread-safe. */
public final class LogSnapshot {

  private final String table;
  private final Engine engine;
  private final SnapshotImpl kernel;
  private final TableProtocol protocol;
  private final TableMetadata metadata;

  LogSnapshot(String table, Engine engine, SnapshotImpl kernel) {
    this.table = table;
    this.engine = engine;
    this.kernel = kernel;
    this.protocol = protocolOf(kernel.getProtocol());
    this.metadata = metadataOf(kernel.getMetadata(), table);
  }

  private static TableProtocol protocolOf(Protocol protocol) {
    return new TableProtocol(
        protocol.getMinReaderVersion(),
        protocol.getMinWriterVersion(),
        new LinkedHashSet<>(protocol.getReaderFeatures()),
        new LinkedHashSet<>(protocol.getWriterFeatures()));
  }

  private static TableMetadata metadataOf(Metadata metadata, String table) {
    List<String> partitionColumns = VectorUtils.toJavaList(metadata.getPartitionColumns());
    return new TableMetadata(
        metadata.getId(),
        metadata.getName().orElse(null),
        metadata.getDescription().orElse(null),
        new TableMetadata.Format(
            metadata.getFormat().getProvider(), metadata.getFormat().getOptions()),
        SchemaJson.parse(metadata.getSchemaString(), table),
        metadata.getSchemaString(),
        partitionColumns,
        new LinkedHashMap<>(metadata.getConfiguration()),
        metadata.getCreatedTime().orElse(null));
  }

  public String table() {
    return table;
  }

  public long version() {
    return kernel.getVersion();
  }

  public TableProtocol protocol() {
    return protocol;
  }

  public TableMetadata metadata() {
    return metadata;
  }

  /** When the version was committed, milliseconds since the epoch; may read the commit file. */
  public long timestampMillis() {
    return KernelErrors.call(table, "reading the commit's time", () -> kernel.getTimestamp(engine));
  }

  /** The newest transaction that an application recorded, however old; reads the log. */
  public Optional<Action.SetTransaction> transaction(String appId) {
    return KernelErrors.call(
        table, "looking up transaction '" + appId + "'", () -> findTransaction(appId));
  }

  private Optional<Action.SetTransaction> findTransaction(String appId) {
    try (ActionsIterator newestFirst =
        new ActionsIterator(
            engine,
            kernel.getLogSegment().allLogFilesReversed(),
            LogReplay.SET_TRANSACTION_READ_SCHEMA,
            Optional.empty())) {
      while (newestFirst.hasNext()) {
        ColumnVector column = newestFirst.next().getColumnarBatch().getColumnVector(0);
        for (int row = 0; row < column.getSize(); row++) {
          SetTransaction found = SetTransaction.fromColumnVector(column, row);
          if (found != null && found.getAppId().equals(appId)) {
            return Optional.of(
                new Action.SetTransaction(
                    appId, found.getVersion(), found.getLastUpdated().orElse(null)));
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Configuration of the active domains; reads the log. */
  public Map<String, String> domains() {
    Map<String, DomainMetadata> active =
        KernelErrors.call(
            table, "reading domain metadata", () -> kernel.getActiveDomainMetadataMap());
    Map<String, String> domains = new HashMap<>();
    active.forEach((name, domain) -> domains.put(name, domain.getConfiguration()));
    return domains;
  }

  /**
   * The live files, streamed.
   *
   * @param withStats whether statistics are wanted
   */
  public Files files(boolean withStats) {
    CloseableIterator<FilteredColumnarBatch> batches =
        KernelErrors.call(
            table,
            "listing the files of version " + version(),
            () -> ((ScanImpl) kernel.getScanBuilder().build()).getScanFiles(engine, withStats));
    return new Files(table, version(), batches);
  }

  void writeCheckpoint() throws IOException {
    kernel.writeCheckpoint(engine);
  }

  void writeChecksum() throws IOException {
    Optional<io.delta.kernel.Snapshot.ChecksumWriteMode> mode =
        kernel.getStatistics().getChecksumWriteMode();
    if (mode.isPresent()) {
      kernel.writeChecksum(engine, mode.get());
    }
  }

  SnapshotImpl kernel() {
    return kernel;
  }

  /** A stream of live files; must be closed. Not thread-safe. */
  public static final class Files implements AutoCloseable {
    private final String table;
    private final long version;
    private final CloseableIterator<FilteredColumnarBatch> batches;
    private @Nullable CloseableIterator<Row> rows;

    Files(String table, long version, CloseableIterator<FilteredColumnarBatch> batches) {
      this.table = table;
      this.version = version;
      this.batches = batches;
    }

    /** Whether there is another file. */
    public boolean hasNext() {
      return KernelErrors.call(table, doing(), this::advance);
    }

    private boolean advance() {
      while (rows == null || !rows.hasNext()) {
        closeRows();
        if (!batches.hasNext()) {
          return false;
        }
        rows = batches.next().getRows();
      }
      return true;
    }

    /** The next file. */
    public DataFile next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      CloseableIterator<Row> current = java.util.Objects.requireNonNull(rows);
      return KernelErrors.call(table, doing(), () -> file(current.next()));
    }

    private String doing() {
      return "listing the files of version " + version;
    }

    private static DataFile file(Row scanFile) {
      Row add = scanFile.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL);
      AddColumns at = new AddColumns(add);
      return new DataFile(
          add.getString(at.of("path")),
          strings(add.getMap(at.of("partitionValues"))),
          add.getLong(at.of("size")),
          add.getLong(at.of("modificationTime")),
          at.isNull("stats") ? null : add.getString(at.of("stats")),
          at.isNull("deletionVector") ? null : vector(add.getStruct(at.of("deletionVector"))),
          at.isNull("tags") ? null : strings(add.getMap(at.of("tags"))),
          at.isNull("baseRowId") ? null : add.getLong(at.of("baseRowId")),
          at.isNull("defaultRowCommitVersion")
              ? null
              : add.getLong(at.of("defaultRowCommitVersion")));
    }

    private static DeletionVector vector(Row row) {
      DeletionVectorDescriptor dv = DeletionVectorDescriptor.fromRow(row);
      return new DeletionVector(
          dv.getStorageType(),
          dv.getPathOrInlineDv(),
          dv.getOffset().orElse(null),
          dv.getSizeInBytes(),
          dv.getCardinality());
    }

    private static Map<String, @Nullable String> strings(MapValue map) {
      Map<String, @Nullable String> strings = new LinkedHashMap<>();
      ColumnVector keys = map.getKeys();
      ColumnVector values = map.getValues();
      for (int i = 0; i < map.getSize(); i++) {
        strings.put(keys.getString(i), values.isNullAt(i) ? null : values.getString(i));
      }
      return strings;
    }

    private void closeRows() {
      if (rows != null) {
        try {
          rows.close();
        } catch (IOException e) {
          throw KernelErrors.translate(table, doing(), e);
        }
        rows = null;
      }
    }

    @Override
    public void close() {
      try {
        closeRows();
        batches.close();
      } catch (IOException e) {
        throw KernelErrors.translate(table, doing(), e);
      }
    }

    private record AddColumns(Row add) {
      int of(String name) {
        return add.getSchema().indexOf(name);
      }

      boolean isNull(String name) {
        int ordinal = of(name);
        return ordinal < 0 || add.isNullAt(ordinal);
      }
    }
  }
}
