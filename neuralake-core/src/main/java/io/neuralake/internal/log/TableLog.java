package io.neuralake.internal.log;

import io.delta.kernel.Snapshot;
import io.delta.kernel.SnapshotBuilder;
import io.delta.kernel.TableManager;
import io.delta.kernel.exceptions.InvalidTableException;
import io.delta.kernel.internal.SnapshotImpl;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.store.FileInfo;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.store.StoredCommitFiles;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The log of one table: snapshots, commits, history. It holds no state of the table; what it has
 * read, the lake's cache holds. Thread-safe.
 */
public final class TableLog {

  /** How often the log is listed while versions are missing between others. */
  private static final int MOST_LISTINGS = 5;

  /** How many commits before a version may have later times in the storage. */
  private static final int UNORDERED = 100;

  private final String table;
  private final FileStore store;
  private final LockProvider elector;
  private final BufferAllocator allocator;
  private final Executor workers;
  private final LogCache cache;
  private final CommitFiles commitFiles;

  /**
   * The log of a table. No I/O.
   *
   * @param allocator of the batches in which checkpoints are read
   * @param workers fetch commits ahead
   * @param cache what the lake's snapshots have read
   */
  public TableLog(
      String table,
      FileStore store,
      LockProvider elector,
      BufferAllocator allocator,
      Executor workers,
      LogCache cache) {
    this.table = table;
    this.store = store;
    this.elector = elector;
    this.allocator = allocator;
    this.workers = workers;
    this.cache = cache;
    this.commitFiles = new StoredCommitFiles(store, table);
  }

  /** Location of the table, without a trailing slash. */
  public String table() {
    return table;
  }

  public FileStore store() {
    return store;
  }

  public LockProvider elector() {
    return elector;
  }

  public CommitFiles commitFiles() {
    return commitFiles;
  }

  /** An engine for one snapshot, which remembers what it has read for it. */
  LogEngine newEngine() {
    return new LogEngine(table, new LogFiles(store, workers, cache), allocator);
  }

  /**
   * The newest version.
   *
   * @throws TableNotFoundException if there is no table
   */
  public LogSnapshot latest() {
    return load("opening the table", builder -> builder);
  }

  /** The newest version, empty if there is no table. */
  public Optional<LogSnapshot> latestIfExists() {
    try {
      return Optional.of(latest());
    } catch (TableNotFoundException e) {
      return Optional.empty();
    }
  }

  /** A version; the caller has checked that it exists, or translates what is thrown. */
  public LogSnapshot at(long version) {
    return load("opening version " + version, builder -> builder.atVersion(version));
  }

  private LogSnapshot load(String doing, UnaryOperator<SnapshotBuilder> choose) {
    recover();
    return KernelErrors.call(
        table,
        doing,
        () -> {
          LogSnapshot snapshot = build(choose);
          ProtocolRules.checkReadable(snapshot.protocol(), table);
          return snapshot;
        });
  }

  /**
   * A listing that goes on while commits are written may show one of them without the one before
   * it, on local disk and on S3-compatible servers. Only a gap that stays is one.
   */
  LogSnapshot build(UnaryOperator<SnapshotBuilder> choose) {
    for (int listings = 1; ; listings++) {
      LogEngine engine = newEngine();
      try {
        Snapshot kernel = choose.apply(TableManager.loadSnapshot(table)).build(engine);
        return new LogSnapshot(table, engine, (SnapshotImpl) kernel);
      } catch (InvalidTableException e) {
        if (listings == MOST_LISTINGS || !String.valueOf(e.getMessage()).contains("contiguous")) {
          throw e;
        }
      }
    }
  }

  /**
   * Says that a commit of this lake took effect, so that it need not be read.
   *
   * @param content what was written, never changed afterwards
   */
  public void committed(long version, byte[] content) {
    cache.written(LogPaths.commit(table, version), content);
  }

  /** Completes what a crashed writer may have left half done. */
  public void recover() {
    try {
      elector.recover(commitFiles);
    } catch (IOException e) {
      throw KernelErrors.translate(table, "completing a commit that another writer left", e);
    }
  }

  /**
   * A commit with its adds and removes.
   *
   * @return empty if the version does not exist
   */
  public Optional<CommitContent> commit(long version, boolean withFiles) throws IOException {
    try {
      return Optional.of(CommitReader.read(store, table, version, withFiles, false));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** Begins to read the commits from a version on. */
  public CommitsAhead commitsFrom(long version, boolean withFiles) {
    return new CommitsAhead(this, version, withFiles, workers);
  }

  /**
   * Like {@link #commit}, after completing what a crashed writer may have left half done, so that a
   * version that is taken can also be read.
   */
  public Optional<CommitContent> recoveredCommit(long version, boolean withFiles)
      throws IOException {
    elector.recover(commitFiles);
    return commit(version, withFiles);
  }

  /**
   * A commit file of the log.
   *
   * @param version the version
   * @param millis when the commit took place by the storage's clock. As Delta has it, a commit
   *     whose file is no newer than that of the commit before counts as a millisecond later than
   *     that one.
   */
  public record CommitFile(long version, long millis) {}

  /** Whether there is a commit file of a version (one request). */
  boolean hasCommit(long version) {
    String location = LogPaths.commit(table, version);
    try {
      Iterator<FileInfo> files = store.listFrom(location);
      return files.hasNext() && files.next().location().equals(location);
    } catch (IOException | UncheckedIOException e) {
      throw KernelErrors.translate(table, "looking for version " + version, e);
    }
  }

  /** The commit files from one version to another, in ascending order. */
  public List<CommitFile> commitFiles(long first, long last) {
    try {
      List<CommitFile> commits = new ArrayList<>();
      long millis = Long.MIN_VALUE;
      Iterator<FileInfo> files =
          store.listFrom(LogPaths.commit(table, Math.max(0, first - UNORDERED)));
      while (files.hasNext()) {
        FileInfo file = files.next();
        long found = LogPaths.commitVersion(file.location());
        if (found > last) {
          break;
        }
        if (found >= 0) {
          millis = Math.max(millis + 1, file.modifiedMillis());
        }
        if (found >= first) {
          commits.add(new CommitFile(found, millis));
        }
      }
      return commits;
    } catch (IOException | UncheckedIOException e) {
      throw KernelErrors.translate(table, "listing the log", e);
    }
  }

  /** The provenance of a commit; empty values if the commit has none. */
  public CommitContent provenance(long version) {
    try {
      return CommitReader.read(store, table, version, false, true);
    } catch (FileNotFoundException e) {
      throw new CorruptTableException(
          table + ": commit " + version + " is gone from the log; it was cleaned up meanwhile.", e);
    } catch (IOException e) {
      throw KernelErrors.translate(table, "reading commit " + version, e);
    }
  }
}
