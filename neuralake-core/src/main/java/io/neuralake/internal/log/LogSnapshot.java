package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.internal.SnapshotImpl;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.actions.Protocol;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.checksum.CRCInfo;
import io.delta.kernel.internal.checksum.ChecksumUtils;
import io.delta.kernel.internal.checksum.ChecksumWriter;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.internal.snapshot.LogSegment;
import io.delta.kernel.internal.util.VectorUtils;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.meta.SchemaJson;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
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
  private final LogEngine engine;
  private final SnapshotImpl kernel;
  private final TableProtocol protocol;
  private final TableMetadata metadata;

  LogSnapshot(String table, LogEngine engine, SnapshotImpl kernel) {
    this.table = table;
    this.engine = engine;
    this.kernel = kernel;
    this.protocol = protocolOf(kernel.getProtocol());
    this.metadata = metadataOf(kernel.getMetadata(), table);
    engine.describe(metadata);
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
            io.delta.kernel.internal.replay.LogReplay.SET_TRANSACTION_READ_SCHEMA,
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
    return new Files(table, version(), new LogReplay(engine, logFiles(), withStats));
  }

  /** The files of the log that hold the version, newest first. */
  List<FileStatus> logFiles() {
    return KernelErrors.call(
        table,
        "listing the files of version " + version(),
        () -> kernel.getLogSegment().allFilesWithCompactionsReversed());
  }

  /**
   * Writes the checksum of this version unless there is one. It has no list of files: Kernel would
   * collect it from batches that are released by then.
   */
  void writeChecksum(Clock clock) throws IOException {
    LogSegment segment = kernel.getLogSegment();
    if (kernel.getStatistics().getChecksumWriteMode().isPresent()) {
      CRCInfo checksum = ChecksumUtils.computeChecksum(engine, segment, clock::millis, false);
      new ChecksumWriter(segment.getLogPath()).writeCheckSum(engine, checksum);
    }
  }

  LogEngine engine() {
    return engine;
  }

  SnapshotImpl kernel() {
    return kernel;
  }

  /** A stream of live files; must be closed. Not thread-safe. */
  public static final class Files implements AutoCloseable {
    private final String table;
    private final long version;
    private final LogReplay replay;
    private @Nullable DataFile next;

    Files(String table, long version, LogReplay replay) {
      this.table = table;
      this.version = version;
      this.replay = replay;
    }

    /** Whether there is another file. */
    public boolean hasNext() {
      if (next == null) {
        try {
          next = replay.next();
        } catch (IOException | RuntimeException e) {
          throw KernelErrors.translate(table, doing(), e);
        }
      }
      return next != null;
    }

    /** The next file. */
    public DataFile next() {
      DataFile file = hasNext() ? next : null;
      if (file == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return file;
    }

    private String doing() {
      return "listing the files of version " + version;
    }

    @Override
    public void close() {
      try {
        replay.close();
      } catch (IOException e) {
        throw KernelErrors.translate(table, doing(), e);
      }
    }
  }
}
