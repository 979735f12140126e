package io.neuralake.read;

import io.neuralake.error.StorageException;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.plan.ChangeRange;
import io.neuralake.internal.txn.TableContext;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the changes of a table, one version at a time, as versions land. Made by {@link
 * Changes#follow}.
 *
 * <pre>{@code
 * try (ChangeFollower follower = signals.changes().from(stored).follow(Duration.ofSeconds(5))) {
 *   for (var next = follower.next(); next.isPresent(); next = follower.next()) {
 *     handle(next.get().maps());
 *     store(follower.position().toString());
 *   }
 * }
 * }</pre>
 *
 * <p>Each version has the columns that the table had then. To look for versions costs a listing, of
 * which at most a thousand versions are remembered; to take one, the request for its commit. For
 * use by one thread; {@link #close} may be called by any.
 */
public final class ChangeFollower implements AutoCloseable {

  private static final int MOST_LANDED = 1000;
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final TableContext table;
  private final Changes query;
  private final Duration pollEvery;
  private final Deque<TableLog.CommitFile> landed = new ArrayDeque<>();
  private TableMetadata metadata;
  private long version;
  private long time;
  private volatile boolean closed;

  /**
   * A follower; its start is settled.
   *
   * @param metadata the table's after the last version read, or at the next one
   * @param version the last one that was read
   */
  ChangeFollower(
      TableContext table, Changes query, Duration pollEvery, TableMetadata metadata, long version) {
    this.table = table;
    this.query = query;
    this.pollEvery = pollEvery;
    this.metadata = metadata;
    this.version = version;
    this.time = ChangeRange.timeOf(table.log(), version);
  }

  /** After the version that {@link #next} returned last, or where the follower began. */
  public ChangePosition position() {
    return new ChangePosition(metadata.id(), version);
  }

  /**
   * The changes of the next version, which is waited for.
   *
   * @return empty once the follower is closed
   * @throws io.neuralake.error.InvalidRequestException if the changes of that version were not
   *     recorded; asking again asks for the same version
   * @throws io.neuralake.error.CorruptTableException if its entry is gone from the log
   * @throws StorageException if the storage fails, or the thread is interrupted
   */
  public Optional<Changes> next() {
    return next(FOREVER);
  }

  /**
   * Like {@link #next()}, for a while.
   *
   * @param atMost how long to wait; zero looks once
   * @return empty if no version has landed, or the follower is closed
   */
  public Optional<Changes> next(Duration atMost) {
    Duration left = atMost;
    while (!closed) {
      if (landed.isEmpty()) {
        look();
      }
      TableLog.CommitFile file = landed.peek();
      if (file != null) {
        Changes changes = take(file);
        landed.remove();
        return Optional.of(changes);
      }
      if (left.isZero() || left.isNegative()) {
        break;
      }
      Duration pause = left.compareTo(pollEvery) < 0 ? left : pollEvery;
      sleep(pause);
      left = left.minus(pause);
    }
    return Optional.empty();
  }

  private void look() {
    TableLog log = table.log();
    log.recover();
    long next = version + 1;
    for (TableLog.CommitFile file : log.commitFiles(next, version + MOST_LANDED)) {
      if (file.version() != next) {
        if (landed.isEmpty()) {
          throw ChangeRange.gone(log.table(), "version " + next);
        }
        break;
      }
      landed.add(file);
      next++;
    }
  }

  private Changes take(TableLog.CommitFile file) {
    TableLog log = table.log();
    CommitContent commit;
    try {
      commit =
          log.commit(file.version(), true)
              .orElseThrow(() -> ChangeRange.gone(log.table(), "version " + file.version()));
    } catch (IOException e) {
      throw KernelErrors.translate(log.table(), "reading commit " + file.version(), e);
    }
    if (commit.protocol() != null) {
      ProtocolRules.checkReadable(commit.protocol(), log.table());
    }
    @Nullable TableMetadata changed = commit.metadata();
    long at = Math.max(time + 1, file.millis());
    ChangeRange range =
        ChangeRange.of(log.table(), changed == null ? metadata : changed, commit, at);
    metadata = range.metadata();
    version = file.version();
    time = at;
    return query.of(range);
  }

  private void sleep(Duration pause) {
    try {
      table.runtime().sleeper().sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          table.table() + ": interrupted while waiting for version " + (version + 1) + ".", e);
    }
  }

  /** Ends {@link #next}, in another thread after its pause. */
  @Override
  public void close() {
    closed = true;
  }
}
