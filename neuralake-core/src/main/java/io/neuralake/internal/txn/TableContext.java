package io.neuralake.internal.txn;

import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.PostCommit;
import io.neuralake.internal.log.TableLog;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One table of a lake, shared by all its handles: its log, and the newest state that any of them
 * has seen. Thread-safe.
 */
public final class TableContext {

  private final TableLog log;
  private final LakeRuntime runtime;
  private final PostCommit postCommit;
  private final AtomicReference<@Nullable TableState> known = new AtomicReference<>();

  public TableContext(TableLog log, LakeRuntime runtime, PostCommit postCommit) {
    this.log = log;
    this.runtime = runtime;
    this.postCommit = postCommit;
  }

  public TableLog log() {
    return log;
  }

  public LakeRuntime runtime() {
    return runtime;
  }

  public String table() {
    return log.table();
  }

  /**
   * The state to plan a write on: the newest that this lake has seen, without asking the storage;
   * read from the log the first time.
   *
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public TableState stateForWriting() {
    TableState state = known.get();
    return state == null ? refresh() : state;
  }

  /** The newest state, read from the log. */
  public TableState refresh() {
    return remember(latest());
  }

  /** The newest snapshot, read from the log. */
  public LogSnapshot latest() {
    LogSnapshot snapshot = log.latest();
    remember(snapshot);
    return snapshot;
  }

  private TableState remember(LogSnapshot snapshot) {
    TableState seen = known.get();
    if (seen != null && seen.version() == snapshot.version() && sameTable(seen, snapshot)) {
      return seen;
    }
    TableState fresh = TableState.of(snapshot);
    advance(fresh);
    return fresh;
  }

  private static boolean sameTable(TableState seen, LogSnapshot snapshot) {
    return seen.requireMetadata().id().equals(snapshot.metadata().id());
  }

  /** Remembers a state unless a newer one of the same table is known. */
  void advance(TableState fresh) {
    known.accumulateAndGet(
        fresh,
        (old, next) ->
            old != null
                    && next != null
                    && old.version() > next.version()
                    && old.requireMetadata().id().equals(next.requireMetadata().id())
                ? old
                : next);
  }

  void committed(CommitOutcome outcome) {
    advance(outcome.state());
    long interval = outcome.state().requireMetadata().properties().checkpointInterval();
    postCommit.committed(log, outcome.state().version(), interval);
  }
}
