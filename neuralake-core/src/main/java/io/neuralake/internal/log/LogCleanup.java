package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.Locations;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Deletes what of a log is older than {@code delta.logRetentionDuration}: all before one checkpoint
 * from which every later version can be built. Deletes in an order in which it may end anywhere:
 * versions go from "can be read" to "is gone", and none is offered that cannot be read. Not
 * thread-safe.
 */
final class LogCleanup {

  /** Files that one run looks at; the next goes on. */
  private static final int MOST_FILES = 20_000;

  private static final int BATCH = 1_000;

  private static final String PROTECTED = "delta.requireCheckpointProtectionBeforeVersion";

  private final TableLog log;
  private final LogSnapshot snapshot;
  private final FileStore store;
  private final String folder;
  private final long expiredAt;

  /** What is older than a cut, oldest first, and where the log can begin. */
  private static final class Expired {
    private final List<FileInfo> files = new ArrayList<>();
    private long keptFrom = -1;
  }

  /**
   * A clean-up.
   *
   * @param snapshot a new one: its properties say what may go
   */
  LogCleanup(TableLog log, LogSnapshot snapshot, Instant now) {
    this.log = log;
    this.snapshot = snapshot;
    this.store = log.store();
    this.folder = log.table() + "/" + LogPaths.LOG_FOLDER + "/";
    Instant kept = CheckpointState.before(now, snapshot.metadata().properties().logRetention());
    this.expiredAt = kept.truncatedTo(ChronoUnit.DAYS).toEpochMilli();
  }

  /** Deletes what has expired; returns how many files that were. */
  int run() throws IOException {
    if (!snapshot.metadata().properties().expiredLogCleanup()) {
      return 0;
    }
    Expired expired = find();
    long keptFrom = expired.keptFrom;
    if (keptFrom < protectedBefore()) {
      return 0;
    }
    List<String> checkpoints = new ArrayList<>();
    List<String> first = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (FileInfo file : expired.files) {
      LogName name = LogName.of(file.location());
      if (name != null && name.last() < keptFrom) {
        boolean start = name.isCheckpoint() || name.kind() == LogName.Kind.COMPACTED;
        boolean version0 = name.kind() == LogName.Kind.COMMIT && name.version() == 0;
        (start ? checkpoints : version0 ? first : rest).add(file.location());
      }
    }
    if (checkpoints.size() + first.size() + rest.size() == 0 || !canBeginAt(keptFrom)) {
      return 0;
    }
    // As long as all commits are there, so are all versions; without a start, none before the cut.
    int deleted = delete(checkpoints) + delete(first) + delete(rest);
    if (deleted > 0 && snapshot.protocol().supports(TableFeature.V2_CHECKPOINT)) {
      deleted += deleteSidecars();
    }
    return deleted;
  }

  /**
   * Lists the log from its beginning up to the first commit that has not expired. Times of commits
   * are made to grow with the version, as for time travel, so that skewed clocks take nothing away.
   * The log may begin at a checkpoint that has been there for the whole retention: who opened the
   * table since then reads nothing before it.
   */
  private Expired find() throws IOException {
    Expired expired = new Expired();
    Set<String> parts = new HashSet<>();
    boolean complete = false;
    long checkpoint = -1;
    long time = Long.MIN_VALUE;
    Iterator<FileInfo> files = store.listFrom(folder + "0");
    for (int i = 0; i < MOST_FILES && files.hasNext(); i++) {
      FileInfo file = files.next();
      LogName name = LogName.of(file.location());
      if (name == null) {
        continue;
      }
      if (name.isCheckpoint()) {
        if (name.version() != checkpoint) {
          checkpoint = name.version();
          complete = false;
          parts.clear();
        }
        if (file.modifiedMillis() < expiredAt && file.size() > 0) {
          parts.add(Locations.name(file.location()));
          complete |= name.parts() == 1 || parts.size() == name.parts();
        }
      } else if (name.kind() == LogName.Kind.COMMIT) {
        time = Math.max(file.modifiedMillis(), time == Long.MIN_VALUE ? time : time + 1);
        if (time >= expiredAt) {
          break;
        }
        if (complete && name.version() == checkpoint) {
          expired.keptFrom = checkpoint;
        }
      }
      expired.files.add(file);
    }
    return expired;
  }

  /**
   * The version before which nothing may be deleted unless all of it is (Delta protocol,
   * "Checkpoint Protection").
   */
  private long protectedBefore() {
    if (!snapshot.protocol().supports(TableFeature.CHECKPOINT_PROTECTION)) {
      return 1;
    }
    String version = snapshot.metadata().configuration().get(PROTECTED);
    try {
      return version == null ? 1 : Math.max(1, Long.parseLong(version));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Whether the checkpoint can be read: a damaged one must not become the beginning. */
  private boolean canBeginAt(long version) throws IOException {
    LogSnapshot beginning = log.at(version);
    boolean fromCheckpoint =
        beginning.logFiles().stream()
            .map(file -> LogName.of(StoreFileIO.location(file.getPath())))
            .allMatch(name -> name != null && name.isCheckpoint());
    if (!fromCheckpoint) {
      return false;
    }
    try (LogSnapshot.Files files = beginning.files(false)) {
      files.hasNext();
    }
    Set<String> there = new HashSet<>();
    store.listFrom(sidecars() + "!").forEachRemaining(file -> there.add(file.location()));
    for (FileStatus file : beginning.logFiles()) {
      if (!there.containsAll(named(StoreFileIO.location(file.getPath()), file))) {
        return false;
      }
    }
    return true;
  }

  private String sidecars() {
    return folder + LogPaths.SIDECAR_FOLDER + "/";
  }

  private int delete(List<String> locations) throws IOException {
    for (int from = 0; from < locations.size(); from += BATCH) {
      store.delete(locations.subList(from, Math.min(locations.size(), from + BATCH)));
    }
    return locations.size();
  }

  /** Deletes old sidecars that no checkpoint names which is left. */
  private int deleteSidecars() throws IOException {
    List<String> old = new ArrayList<>();
    store
        .listFrom(sidecars() + "!")
        .forEachRemaining(
            file -> {
              if (file.modifiedMillis() < expiredAt && file.location().endsWith(".parquet")) {
                old.add(file.location());
              }
            });
    if (old.isEmpty()) {
      return 0;
    }
    Iterator<FileInfo> left = store.listFrom(folder + "0");
    while (left.hasNext()) {
      FileInfo file = left.next();
      LogName name = LogName.of(file.location());
      if (name != null && name.isCheckpoint()) {
        FileStatus status = FileStatus.of(file.location(), file.size(), file.modifiedMillis());
        old.removeAll(named(file.location(), status));
      }
    }
    return delete(old);
  }

  /** The sidecars that a file of a checkpoint names. */
  private Set<String> named(String location, FileStatus file) throws IOException {
    LogName name = LogName.of(location);
    Set<String> named = new HashSet<>();
    if (name == null || !name.isCheckpoint() || name.parts() > 1) {
      return named;
    }
    StructType schema = new StructType().add("sidecar", FileActions.SIDECAR, true);
    LogEngine engine = log.newEngine();
    CloseableIterator<FileStatus> one = Utils.singletonCloseableIterator(file);
    try (CloseableIterator<ColumnarBatch> batches =
        location.endsWith(".json")
            ? engine.getJsonHandler().readJsonFiles(one, schema, Optional.empty())
            : engine
                .getParquetHandler()
                .readParquetFiles(one, schema, Optional.empty())
                .map(read -> read.getData())) {
      while (batches.hasNext()) {
        ColumnVector sidecar = batches.next().getColumnVector(0);
        ColumnVector path = sidecar.getChild(FileActions.SIDECAR_PATH);
        for (int row = 0; row < sidecar.getSize(); row++) {
          if (!sidecar.isNullAt(row) && !path.isNullAt(row)) {
            named.add(LogPaths.sidecar(log.table(), path.getString(row)));
          }
        }
      }
    }
    return named;
  }
}
