package io.neuralake.internal.plan;

import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.ProgressListener;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.io.Serial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks that were planned on one version, and commits what they have done as soon as it is
 * worth a version. Of groups that others have changed meanwhile nothing is committed. Used once;
 * not thread-safe.
 */
final class OptimizePass {

  private final TableContext table;
  private final OptimizeSpec spec;
  private final LogSnapshot planned;
  private final long commitBytes;
  private final ProgressListener listener;

  /** Files whose groups are not committed yet, by path. */
  private final Map<String, DataFile> sources = new HashMap<>();

  /** Of these, what is no longer as it was planned. */
  private final Set<String> changed = new HashSet<>();

  /** The version at which {@link #sources} have last been looked for. */
  private long verified;

  private TableState state;
  private final List<RegroupTask.Result> pending = new ArrayList<>();
  private List<RegroupTask.Result> intact = List.of();
  private final List<RegroupTask.Result> committed = new ArrayList<>();
  private final List<Long> versions = new ArrayList<>();
  private boolean going = true;
  private int filesTotal;
  private int filesDone;
  private long rows;
  private long bytes;

  /**
   * On a version.
   *
   * @param commitBytes how much, as it was, is enough for a version
   */
  OptimizePass(
      TableContext table,
      OptimizeSpec spec,
      LogSnapshot planned,
      long commitBytes,
      ProgressListener listener) {
    this.table = table;
    this.spec = spec;
    this.planned = planned;
    this.commitBytes = commitBytes;
    this.listener = listener;
    this.verified = planned.version();
    this.state = table.stateAt(planned);
  }

  /** The table has changed so much that the tasks of this pass are in vain. */
  private static final class InVain extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;
  }

  OptimizeTotals run(List<RegroupTask> tasks, TaskExecutor executor) {
    for (RegroupTask task : tasks) {
      task.files().forEach(file -> sources.put(file.path(), file));
    }
    filesTotal = sources.size();
    report();
    try {
      executor.<RegroupTask.Result>run(tasks, TaskHost.of(table), this::done);
      commit();
    } catch (InVain e) {
      // What is done is committed, the rest is planned again.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          table.table() + ": interrupted while files were written again; what is committed stays.",
          e);
    } finally {
      discard(pending);
    }
    return OptimizeTotals.of(versions, committed).withSkipped(tasks.size() - committed.size());
  }

  /** Takes a result: before anything can fail, since its files must not be forgotten. */
  private void done(RegroupTask.Result result) {
    pending.add(result);
    filesDone += result.files().size();
    rows += result.rows();
    bytes += result.bytes();
    if (going) {
      going = false;
      report();
      if (pending.stream().mapToLong(RegroupTask.Result::bytesBefore).sum() >= commitBytes) {
        commit();
      }
      going = true;
    }
  }

  private void report() {
    listener.progress(new ProgressListener.Progress(filesDone, filesTotal, rows, bytes));
  }

  private void commit() {
    if (pending.isEmpty()) {
      return;
    }
    CommitOutcome outcome;
    try {
      outcome = Transaction.run(table, table.newest(state), this::plan, Engine.INFO);
    } catch (CommitStateUnknownException | Error e) {
      pending.removeAll(intact); // the commit may hold their files
      throw e;
    }
    state = outcome.state();
    if (outcome.plan() != null) {
      // Where nobody else came in between, only what is committed here has changed.
      verified = state.version() == verified + 1 ? state.version() : verified;
      versions.add(state.version());
      committed.addAll(intact);
      pending.removeAll(intact);
      intact.forEach(result -> result.files().forEach(file -> sources.remove(file.path())));
    }
    discard(pending);
  }

  private @Nullable CommitPlan plan(TableState newest) {
    intact = List.of();
    if (!newest.requireMetadata().equals(planned.metadata())
        || !newest.requireProtocol().equals(planned.protocol())) {
      throw new InVain();
    }
    if (newest.version() != verified) {
      verify(newest.version());
    }
    intact =
        pending.stream()
            .filter(result -> result.files().stream().noneMatch(f -> changed.contains(f.path())))
            .toList();
    if (intact.isEmpty()) {
      return null;
    }
    OptimizeTotals change = OptimizeTotals.of(List.of(), intact);
    Set<String> paths = new HashSet<>();
    List<Action> actions = new ArrayList<>();
    long now = table.runtime().clock().millis();
    for (DataFile file : change.removed()) {
      paths.add(file.path());
      actions.add(new Action.Remove(file, now, false));
    }
    change.added().forEach(file -> actions.add(new Action.Add(file, false)));
    return new CommitPlan(
        "OPTIMIZE",
        parameters(),
        change.metrics(),
        CommitPlan.Reads.of(List.of(), paths),
        null,
        null,
        actions,
        CommitOptions.NONE);
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new TreeMap<>();
    parameters.put(
        "predicate",
        Engine.jsonArray(spec.predicate() == null ? List.of() : List.of(spec.predicate().toSql())));
    Layout layout = spec.layout();
    parameters.put("zOrderBy", Engine.jsonArray(layout == null ? List.of() : layout.columns()));
    parameters.put("clusterBy", Engine.jsonArray(List.of()));
    parameters.put("auto", "false");
    return parameters;
  }

  /** Looks which of the files are still there as they were. */
  private void verify(long version) {
    Set<String> left = new HashSet<>(sources.keySet());
    try (LogSnapshot.Files live = table.log().at(version).files(false)) {
      while (live.hasNext()) {
        DataFile file = live.next();
        DataFile before = sources.get(file.path());
        if (before != null && Objects.equals(before.deletionVector(), file.deletionVector())) {
          left.remove(file.path());
        }
      }
    }
    changed.addAll(left);
    verified = version;
  }

  private void discard(List<RegroupTask.Result> results) {
    List<String> paths =
        results.stream().flatMap(r -> r.adds().stream()).map(DataFile::path).toList();
    results.clear();
    StagedChanges.discard(table, paths);
  }
}
