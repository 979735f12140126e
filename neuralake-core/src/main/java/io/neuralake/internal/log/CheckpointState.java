package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.internal.actions.DomainMetadata;
import io.delta.kernel.internal.actions.SetTransaction;
import io.delta.kernel.internal.replay.ActionWrapper;
import io.delta.kernel.internal.replay.ActionsIterator;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.error.CorruptTableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The actions that make up a version, reconciled (Delta protocol, "Action Reconciliation"): live
 * files, removed files as long as they must be remembered, transactions, domains. Files are
 * streamed; of them it holds the names in the commits behind the last checkpoint. Not thread-safe.
 */
final class CheckpointState {

  /** Takes the file actions. */
  interface Files {
    /** The batch whose rows come next; it has the columns that are read. */
    void bind(ColumnarBatch batch);

    /** A row of the batch whose action belongs to the version. */
    void add(int row, boolean live) throws IOException;
  }

  private static final int ADD = CheckpointSchema.READ.indexOf("add");
  private static final int REMOVE = CheckpointSchema.READ.indexOf("remove");
  private static final int TRANSACTION = CheckpointSchema.READ.indexOf("txn");
  private static final int DOMAIN = CheckpointSchema.READ.indexOf("domainMetadata");

  private final LogSnapshot snapshot;
  private final StructType schema;
  private final int addPath;
  private final int addVector;
  private final int deletionTime;
  private final long removedAfter;
  private final Optional<Instant> transactionsAfter;
  private final FileKeys seen = new FileKeys();
  private final FileKey key;
  private final Map<String, SetTransaction> transactions = new HashMap<>();
  private final Map<String, DomainMetadata> domains = new HashMap<>();

  CheckpointState(LogSnapshot snapshot, Instant now) {
    this(
        snapshot,
        CheckpointSchema.READ,
        before(now, snapshot.metadata().properties().deletedFileRetention()).toEpochMilli(),
        snapshot
            .metadata()
            .properties()
            .setTransactionRetention()
            .map(retention -> before(now, retention)));
  }

  /** Only the names of files: the live ones, and those removed after a moment. */
  static CheckpointState ofNames(LogSnapshot snapshot, long removedAfterMillis) {
    return new CheckpointState(
        snapshot, CheckpointSchema.FILE_NAMES, removedAfterMillis, Optional.empty());
  }

  private CheckpointState(
      LogSnapshot snapshot,
      StructType schema,
      long removedAfter,
      Optional<Instant> transactionsAfter) {
    this.snapshot = snapshot;
    this.schema = schema;
    this.addPath = type(schema, ADD).indexOf("path");
    this.addVector = type(schema, ADD).indexOf("deletionVector");
    this.deletionTime = type(schema, REMOVE).indexOf("deletionTimestamp");
    this.key = new FileKey(snapshot.table());
    this.removedAfter = removedAfter;
    this.transactionsAfter = transactionsAfter;
  }

  /** Retention may be longer than there is time. */
  static Instant before(Instant now, Duration retention) {
    Duration longest = Duration.between(Instant.EPOCH, now);
    return retention.compareTo(longest) > 0 ? Instant.EPOCH : now.minus(retention);
  }

  private static StructType type(StructType schema, int column) {
    return (StructType) schema.at(column).getDataType();
  }

  /** Reads the log, once. */
  void read(Files files) throws IOException {
    LogEngine engine = snapshot.engine();
    List<FileStatus> newestFirst = snapshot.logFiles();
    engine.files().expect(newestFirst);
    try (ActionsIterator actions =
        new ActionsIterator(engine, newestFirst, schema, Optional.empty())) {
      while (actions.hasNext()) {
        ActionWrapper next = actions.next();
        ColumnarBatch batch = next.getColumnarBatch();
        files.bind(batch);
        // Within a commit actions have no order, so removes count before adds.
        removes(batch.getColumnVector(REMOVE), next.isFromCheckpoint(), files);
        adds(batch.getColumnVector(ADD), next.isFromCheckpoint(), files);
        if (schema.length() > TRANSACTION) {
          rest(batch);
        }
      }
    }
  }

  private void removes(ColumnVector removes, boolean checkpoint, Files files) throws IOException {
    ColumnVector paths = removes.getChild(FileActions.REMOVE_PATH);
    ColumnVector vectors = removes.getChild(FileActions.REMOVE_DELETION_VECTOR);
    ColumnVector times = removes.getChild(deletionTime);
    for (int row = 0; row < removes.getSize(); row++) {
      if (!removes.isNullAt(row)
          && isNew(paths, vectors, row, checkpoint)
          && !times.isNullAt(row)
          && times.getLong(row) > removedAfter) {
        files.add(row, false);
      }
    }
  }

  private void adds(ColumnVector adds, boolean checkpoint, Files files) throws IOException {
    ColumnVector paths = adds.getChild(addPath);
    ColumnVector vectors = adds.getChild(addVector);
    for (int row = 0; row < adds.getSize(); row++) {
      if (!adds.isNullAt(row) && isNew(paths, vectors, row, checkpoint)) {
        files.add(row, true);
      }
    }
  }

  /** Whether no newer action named the file; a checkpoint names none twice. */
  private boolean isNew(ColumnVector paths, ColumnVector vectors, int row, boolean checkpoint) {
    if (paths.isNullAt(row)) {
      throw new CorruptTableException(
          snapshot.table() + ": a file action of the log lacks its path. Restore the log.");
    }
    if (checkpoint && seen.isEmpty()) {
      return true;
    }
    key.set(paths.getString(row), vector(vectors, row));
    return checkpoint ? !seen.contains(key) : seen.add(key);
  }

  static @Nullable DeletionVector vector(ColumnVector vectors, int row) {
    if (vectors.isNullAt(row)) {
      return null;
    }
    ColumnVector offset = vectors.getChild(FileActions.VECTOR_OFFSET);
    return new DeletionVector(
        vectors.getChild(FileActions.VECTOR_STORAGE_TYPE).getString(row),
        vectors.getChild(FileActions.VECTOR_PATH).getString(row),
        offset.isNullAt(row) ? null : offset.getInt(row),
        vectors.getChild(FileActions.VECTOR_SIZE).getInt(row),
        vectors.getChild(FileActions.VECTOR_CARDINALITY).getLong(row));
  }

  private void rest(ColumnarBatch batch) {
    ColumnVector newest = batch.getColumnVector(TRANSACTION);
    ColumnVector domain = batch.getColumnVector(DOMAIN);
    for (int row = 0; row < batch.getSize(); row++) {
      SetTransaction transaction = SetTransaction.fromColumnVector(newest, row);
      if (transaction != null) {
        transactions.putIfAbsent(transaction.getAppId(), transaction);
      }
      if (!domain.isNullAt(row)) {
        DomainMetadata found = DomainMetadata.fromColumnVector(domain, row);
        domains.putIfAbsent(found.getDomain(), found);
      }
    }
  }

  /** After {@link #read}: the actions other than those of files, as rows of a schema. */
  List<@Nullable Object @Nullable []> others(StructType schema) {
    List<@Nullable Object @Nullable []> rows = new ArrayList<>();
    rows.add(CheckpointSchema.protocol(schema, snapshot.protocol()));
    rows.add(CheckpointSchema.metadata(schema, snapshot.metadata()));
    for (SetTransaction txn : transactions.values()) {
      @Nullable Long updated = txn.getLastUpdated().orElse(null);
      if (transactionsAfter.isEmpty()
          || (updated != null && updated > transactionsAfter.get().toEpochMilli())) {
        rows.add(CheckpointSchema.row(schema, "txn", txn.getAppId(), txn.getVersion(), updated));
      }
    }
    for (DomainMetadata domain : domains.values()) {
      if (!domain.isRemoved()) {
        rows.add(
            CheckpointSchema.row(
                schema, "domainMetadata", domain.getDomain(), domain.getConfiguration(), false));
      }
    }
    return rows;
  }
}
