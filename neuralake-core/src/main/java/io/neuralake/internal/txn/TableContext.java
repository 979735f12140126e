package io.neuralake.internal.txn;

import io.neuralake.error.StorageException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.PostCommit;
import io.neuralake.internal.log.TableLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
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
    return stateForWriting(null);
  }

  /**
   * Like {@link #stateForWriting()}, with the progress of an application known.
   *
   * @param transaction the application's, null for none
   */
  public TableState stateForWriting(Action.@Nullable SetTransaction transaction) {
    Known newest = known.get();
    Instant now = runtime.clock().instant();
    boolean enough =
        transaction == null
            || (newest != null && newest.state().applications().of(transaction.appId()) != null);
    if (newest != null && !now.isAfter(newest.fresh()) && enough) {
      return newest.state();
    }
    return transaction == null ? refresh() : knowing(log().latest(), transaction.appId(), now);
  }

  /** The state of a snapshot with an application's progress, read from the log if need be. */
  private TableState knowing(LogSnapshot snapshot, String appId, Instant asked) {
    TableState state = remember(snapshot, asked);
    if (state.applications().of(appId) == null) {
      state =
          state.knowing(
              appId,
              new Applications.Progress(
                  snapshot.transaction(appId).orElse(null), snapshot.version()));
      advance(state, asked);
    }
    return state;
  }

  private Applications.Progress progress(TableState state, String appId) {
    Applications.Progress known = state.applications().of(appId);
    Known newest = this.known.get();
    if (known == null && newest != null && newest.state().version() == state.version()) {
      known = newest.state().applications().of(appId);
    }
    return known == null
        ? progress(knowing(log().at(state.version()), appId, runtime.clock().instant()), appId)
        : known;
  }

  /**
   * The version that holds a transaction, or one with a higher version of the same application:
   * exactly where this lake has seen it committed, else a later one, at which it was found.
   *
   * @param state as of which
   * @return empty if it is not recorded, or so long ago that {@code
   *     delta.setTransactionRetentionDuration} has passed
   */
  public OptionalLong holder(TableState state, Action.@Nullable SetTransaction transaction) {
    if (transaction == null) {
      return OptionalLong.empty();
    }
    Applications.Progress progress = progress(state, transaction.appId());
    return latest(state, progress).filter(t -> t.version() >= transaction.version()).isPresent()
        ? OptionalLong.of(progress.version())
        : OptionalLong.empty();
  }

  /** The version of an application's newest transaction in the table's newest version. */
  public OptionalLong transactionVersion(String appId) {
    Instant asked = runtime.clock().instant();
    TableState state = knowing(log().latest(), appId, asked);
    return latest(state, progress(state, appId))
        .map(t -> OptionalLong.of(t.version()))
        .orElse(OptionalLong.empty());
  }

  private Optional<Action.SetTransaction> latest(TableState state, Applications.Progress known) {
    return known.latest(
        state.requireMetadata().properties().setTransactionRetention(), runtime.clock().instant());
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

  /** The state of a snapshot that was just read, with what is known besides. */
  public TableState stateAt(LogSnapshot snapshot) {
    Known seen = known.get();
    return seen != null && seen.state().version() == snapshot.version()
        ? seen.state()
        : TableState.of(snapshot);
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

  /** Writes a checkpoint of the newest version now. */
  public long checkpoint() {
    long version = latest().version();
    if (!postCommit.checkpoint(log(), version)) {
      throw new StorageException(
          table()
              + ": the checkpoint of version "
              + version
              + " was not written; the log of this program says why.");
    }
    return version;
  }

  void committed(CommitOutcome outcome) {
    advance(outcome.state(), runtime.clock().instant());
    long interval = outcome.state().requireMetadata().properties().checkpointInterval();
    postCommit.committed(log, outcome.state().version(), interval);
  }
}
