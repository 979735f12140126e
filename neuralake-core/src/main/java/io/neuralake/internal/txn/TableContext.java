package io.neuralake.internal.txn;

import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.PostCommit;
import io.neuralake.internal.log.TableLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One table of a lake, shared by all its handles: its log, and the newest state that any of them
 * has seen. Thread-safe.
 */
public final class TableContext {

  /** How long a state is written on without a look at the log. */
  private static final Duration FRESH = Duration.ofHours(1);

  private final TableLog log;
  private final LakeRuntime runtime;
  private final PostCommit postCommit;
  private final CommitQueue appends;
  private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

  /** A state, and until when versions after it are certain not to have been cleaned up. */
  private record Known(TableState state, Instant fresh) {}

  public TableContext(TableLog log, LakeRuntime runtime, PostCommit postCommit) {
    this.log = log;
    this.runtime = runtime;
    this.postCommit = postCommit;
    this.appends = new CommitQueue(this, runtime);
  }

  /**
   * The table's log.
   *
   * @throws io.neuralake.error.InvalidRequestException if the lake is closed
   */
  public TableLog log() {
    runtime.requireOpen(log.table());
    return log;
  }

  /**
   * What the lake gives to its tables.
   *
   * @throws io.neuralake.error.InvalidRequestException if the lake is closed
   */
  public LakeRuntime runtime() {
    runtime.requireOpen(log.table());
    return runtime;
  }

  public String table() {
    return log.table();
  }

  /** Where appends are committed. */
  public CommitQueue appends() {
    return appends;
  }

  /**
   * The state to plan a write on: the newest that this lake has seen, without asking the storage;
   * read from the log the first time, and again once it is old. (Behind a state that is older than
   * the retention of the log, versions may have been committed and cleaned up: their numbers look
   * free, but a commit there would be lost.)
   *
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public TableState stateForWriting() {
    Known newest = known.get();
    return newest == null || runtime.clock().instant().isAfter(newest.fresh())
        ? refresh()
        : newest.state();
  }

  /** The state to plan on, where work began on an earlier one: others may have committed since. */
  public TableState newest(TableState earlier) {
    TableState known = stateForWriting();
    return known.version() > earlier.version() ? known : earlier;
  }

  /** The newest state, read from the log. */
  public TableState refresh() {
    Instant asked = runtime.clock().instant();
    return remember(log().latest(), asked);
  }

  /** The newest snapshot, read from the log. */
  public LogSnapshot latest() {
    Instant asked = runtime.clock().instant();
    LogSnapshot snapshot = log().latest();
    remember(snapshot, asked);
    return snapshot;
  }

  private TableState remember(LogSnapshot snapshot, Instant asked) {
    Known seen = known.get();
    TableState state =
        seen != null
                && seen.state().version() == snapshot.version()
                && seen.state().requireMetadata().id().equals(snapshot.metadata().id())
            ? seen.state()
            : TableState.of(snapshot);
    advance(state, asked);
    return state;
  }

  /**
   * Remembers a state unless a newer one of the same table is known.
   *
   * @param newestAt when it was the newest version
   */
  private void advance(TableState state, Instant newestAt) {
    known.accumulateAndGet(
        new Known(state, newestAt.plus(freshness(state))),
        (old, next) -> old != null && next != null && isNewer(old, next) ? old : next);
  }

  private static boolean isNewer(Known one, Known other) {
    int order = Long.compare(one.state().version(), other.state().version());
    return one.state().requireMetadata().id().equals(other.state().requireMetadata().id())
        && (order > 0 || (order == 0 && one.fresh().isAfter(other.fresh())));
  }

  private static Duration freshness(TableState state) {
    try {
      Duration half = state.requireMetadata().properties().logRetention().dividedBy(2);
      return half.compareTo(FRESH) < 0 ? half : FRESH;
    } catch (UnsupportedTableException e) {
      return Duration.ZERO; // retention unknown: look each time
    }
  }

  /** Remembers a state that was just read from the log. */
  void seen(TableState newest) {
    advance(newest, runtime.clock().instant());
  }

  void committed(CommitOutcome outcome) {
    advance(outcome.state(), runtime.clock().instant());
    long interval = outcome.state().requireMetadata().properties().checkpointInterval();
    postCommit.committed(log, outcome.state().version(), interval);
  }
}
