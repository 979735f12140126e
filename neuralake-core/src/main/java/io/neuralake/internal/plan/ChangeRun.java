package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.columnar.DeletedRows;
import io.neuralake.internal.columnar.PartitionValues;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitInfo;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.DeletionVector;
import io.neuralake.internal.log.DeletionVectors;
import io.neuralake.internal.log.RowPositions;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.store.FileStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a range of versions, commit by commit, file by file, in the caller's thread (Delta
 * protocol, "Reader Requirements for AddCDCFile"). It holds the file actions of one commit.
 *
 * @param <B> what the batches become
 */
public final class ChangeRun<B> implements BatchRun<B> {

  /** Files whose rows do not say what happened to them, or do. */
  private enum Kind {
    DATA,
    CHANGES
  }

  /**
   * A file to read.
   *
   * @param only the rows of the file that count; null for all
   */
  private record Part(Kind kind, DataFile file, @Nullable DeletionVector only) {}

  /** What is known of all files of a kind. */
  private record Reading(FileScan.Context context, FilePruning pruning) {}

  private final ChangeRange range;
  private final FileStore store;
  private final ScanCounters counters;
  private final BatchForm<B> form;
  private final Map<Kind, Reading> readings;
  private final StructType schema;
  private final Iterator<ChangeRange.Commit> commits;
  private final Deque<Part> parts = new ArrayDeque<>();
  private @Nullable FileScan current;
  private boolean closed;

  /**
   * Plans a run; nothing is read yet.
   *
   * @param allocator of the batches; stays the caller's
   * @param workers fetch bytes beside the caller's thread
   * @param form what the batches become, from the columns
   * @throws InvalidRequestException if a column does not exist, or the predicate does not fit
   */
  public ChangeRun(
      ChangeRange range,
      FileStore store,
      ScanRequest request,
      BufferAllocator allocator,
      Executor workers,
      ScanCounters counters,
      Function<StructType, BatchForm<B>> form) {
    this.range = range;
    this.store = store;
    this.counters = counters;
    ChangeFeed.collision(range.metadata().schema())
        .ifPresent(
            name -> {
              throw new InvalidRequestException(
                  range.table() + ": its column '" + name + "' has a name of the change feed.");
            });
    this.readings =
        Map.of(
            Kind.DATA, reading(request, allocator, workers, false),
            Kind.CHANGES, reading(request, allocator, workers, true));
    this.schema = reading(Kind.DATA).context().output();
    this.form = form.apply(schema);
    this.commits = range.commits().iterator();
  }

  /** All columns of a feed. */
  public static StructType columns(ChangeRange range) {
    return ChangeFeed.of(range.metadata(), true).schema();
  }

  private Reading reading(
      ScanRequest request, BufferAllocator allocator, Executor workers, boolean typeInFiles) {
    TableView view =
        new TableView(range.table(), range.last(), ChangeFeed.of(range.metadata(), typeInFiles));
    FileScan.Context context =
        FileScan.Context.of(view, store, request, allocator, workers, counters);
    return new Reading(context, new FilePruning(view, context.filter(), false, counters));
  }

  private Reading reading(Kind kind) {
    Reading reading = readings.get(kind);
    if (reading == null) {
      throw new IllegalStateException("there is one for each kind");
    }
    return reading;
  }

  @Override
  public StructType schema() {
    return schema;
  }

  @Override
  public @Nullable B next() {
    while (!closed) {
      if (current == null && !advance()) {
        return null;
      }
      VectorSchemaRoot batch = current == null ? null : current.next();
      if (batch != null) {
        counters.rowsReturned.addAndGet(batch.getRowCount());
        return form.of(batch, false);
      }
      closeCurrent();
    }
    return null;
  }

  /** Opens the next file that may have rows; it may turn out to need none. False at the end. */
  private boolean advance() {
    Part part = parts.poll();
    if (part == null) {
      if (!commits.hasNext()) {
        return false;
      }
      plan(commits.next());
      return true;
    }
    Reading reading = reading(part.kind());
    PlannedFile file = reading.pruning().plan(part.file());
    if (file != null) {
      current =
          part.only() == null
              ? new FileScan(reading.context(), file)
              : new FileScan(reading.context(), file, allBut(part.only(), part.file()));
    }
    return true;
  }

  private void plan(ChangeRange.Commit next) {
    CommitContent commit = next.read();
    if (commit.metadata() != null) {
      range.check(commit.metadata(), commit.version());
    }
    CommitInfo info = commit.info();
    Long inCommit = info == null ? null : info.inCommitTimestamp();
    long millis = inCommit == null ? next.millis() : inCommit;
    if (!commit.changes().isEmpty()) {
      commit.changes().forEach(file -> add(Kind.CHANGES, file, null, commit, millis, null));
    } else if (!hasNoChanges(info)) {
      derive(commit, millis);
    }
  }

  /**
   * A merge may only have moved rows, as Spark's do, and a repair removes what cannot be read any
   * more.
   */
  private static boolean hasNoChanges(@Nullable CommitInfo info) {
    return info != null
        && info.operation() != null
        && (info.operation().equals("FSCK")
            || (info.operation().equals("MERGE")
                && List.of("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted")
                    .stream()
                    .allMatch(name -> "0".equals(info.metrics().get(name)))));
  }

  /** What was added and removed; of a file that was both, the rows that only one vector names. */
  private void derive(CommitContent commit, long millis) {
    Map<String, DataFile> removed = new HashMap<>();
    for (CommitContent.Removed remove : commit.removes()) {
      if (remove.dataChange()) {
        removed.put(remove.path(), remove.file());
      }
    }
    for (Action.Add add : commit.adds()) {
      if (!add.dataChange()) {
        continue;
      }
      DataFile before = removed.remove(add.file().path());
      if (before == null) {
        add(Kind.DATA, add.file(), ChangeFeed.INSERT, commit, millis, null);
      } else {
        DataFile after = add.file();
        difference(before, after, ChangeFeed.DELETE, commit, millis);
        difference(after, before, ChangeFeed.INSERT, commit, millis);
      }
    }
    removed.values().forEach(f -> add(Kind.DATA, f, ChangeFeed.DELETE, commit, millis, null));
  }

  /** The rows that are in the file as it was on one side, and not on the other. */
  private void difference(
      DataFile with, DataFile without, String type, CommitContent commit, long millis) {
    DeletionVector gone = without.deletionVector();
    if (gone == null || gone.equals(with.deletionVector())) {
      return;
    }
    add(Kind.DATA, with, type, commit, millis, gone);
  }

  /** Leaves out all live rows of a file but those that a vector names. */
  private DeletedRows allBut(DeletionVector only, DataFile file) {
    RowPositions named = DeletionVectors.load(store, range.table(), only);
    if (file.deletionVector() != null) {
      named.removeAll(DeletionVectors.load(store, range.table(), file.deletionVector()));
    }
    return named.others();
  }

  private void add(
      Kind kind,
      DataFile file,
      @Nullable String type,
      CommitContent commit,
      long millis,
      @Nullable DeletionVector only) {
    Map<String, @Nullable String> values = new HashMap<>(file.partitionValues());
    values.put(ChangeFeed.CHANGE_TYPE, type);
    values.put(ChangeFeed.COMMIT_VERSION, Long.toString(commit.version()));
    values.put(
        ChangeFeed.COMMIT_TIMESTAMP,
        PartitionValues.format(
            new StructField(ChangeFeed.COMMIT_TIMESTAMP, TimestampType.TIMESTAMP, true),
            Instant.ofEpochMilli(millis)));
    parts.add(
        new Part(
            kind,
            new DataFile(
                file.path(),
                values,
                file.size(),
                file.modificationTime(),
                file.stats(),
                file.deletionVector(),
                file.tags(),
                file.baseRowId(),
                file.defaultRowCommitVersion()),
            only));
  }

  private void closeCurrent() {
    if (current != null) {
      FileScan done = current;
      current = null;
      done.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    closeCurrent();
  }
}
