package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.FilePresence;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.SnapshotDiff;
import io.neuralake.internal.log.TimeTravel;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableFeature;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import io.neuralake.internal.meta.TableProtocol;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an older version the newest again.
 *
 * @param version which one, -1 if the moment says so
 * @param moment as of when, null if the version says so
 * @param ignoreMissing whether files that are gone are left out
 * @param options what the caller says of the commit
 */
public record RestoreJob(
    long version, @Nullable Instant moment, boolean ignoreMissing, CommitOptions options) {

  private static final int MOST_NAMED = 20;

  /** The target as the caller named it. */
  private LogSnapshot target(TableContext table) {
    TimeTravel travel = new TimeTravel(table.log());
    return moment == null ? travel.at(version) : travel.at(moment);
  }

  /** Does it. */
  public CommitOutcome commit(TableContext table) {
    TableState start = table.refresh();
    if (table.holder(start, options.transaction()).isPresent()) {
      return new CommitOutcome(start, null, table.runtime().clock().millis(), 0);
    }
    LogSnapshot target = target(table);
    return Transaction.run(table, start, state -> plan(table, state, target), Engine.INFO);
  }

  private @Nullable CommitPlan plan(TableContext table, TableState state, LogSnapshot target) {
    if (table.holder(state, options.transaction()).isPresent()
        || target.version() == state.version()) {
      return null;
    }
    TableMetadata before = state.requireMetadata();
    TableProtocol protocol = state.requireProtocol().union(target.protocol());
    ProtocolRules.checkWritable(protocol, table.table());
    LogSnapshot newest = table.log().at(state.version());
    SnapshotDiff diff = SnapshotDiff.between(newest, target);
    if (!diff.removed().isEmpty()) {
      Removals.checkAllowed(table, before);
    }
    List<DataFile> restored = present(table, diff, target.version());
    List<Action> actions = new ArrayList<>();
    if (options.transaction() != null) {
      actions.add(options.transaction());
    }
    restored.forEach(file -> actions.add(new Action.Add(file, true)));
    long now = table.runtime().clock().millis();
    diff.removed().forEach(file -> actions.add(new Action.Remove(file, now, true)));
    clustering(newest, target, actions);
    TableMetadata after = metadata(before, target, table.table());
    boolean sameProtocol = protocol.equals(state.requireProtocol());
    if (actions.isEmpty() && sameProtocol && after.equals(before)) {
      return null;
    }
    return new CommitPlan(
        "RESTORE",
        moment == null
            ? Map.of("version", Long.toString(version))
            : Map.of("timestamp", moment.toString()),
        metrics(diff, restored),
        CommitPlan.Reads.EVERYTHING,
        sameProtocol ? null : protocol,
        after.equals(before) ? null : after,
        actions,
        // What others append meanwhile has no place in the old version.
        options.isolation() == null ? options.withIsolation(IsolationLevel.SERIALIZABLE) : options);
  }

  private List<DataFile> present(TableContext table, SnapshotDiff diff, long restored) {
    if (diff.added().isEmpty()) {
      return diff.added();
    }
    FilePresence files =
        new FilePresence(table.log().store(), table.table(), diff.added().size(), diff.files());
    List<DataFile> there = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (DataFile file : diff.added()) {
      if (files.missing(file).isEmpty()) {
        there.add(file);
      } else {
        gone.add(file.path());
      }
    }
    if (!gone.isEmpty() && !ignoreMissing) {
      throw new InvalidRequestException(
          table.table()
              + ": version "
              + restored
              + " cannot be restored, because "
              + gone.size()
              + " of its files are gone (vacuumed, or deleted by hand): "
              + String.join(", ", gone.subList(0, Math.min(MOST_NAMED, gone.size())))
              + (gone.size() > MOST_NAMED ? ", ..." : "")
              + ". Restore a later version, or restore what is left with ignoringMissingFiles().");
    }
    return there;
  }

  private static TableMetadata metadata(TableMetadata before, LogSnapshot target, String table) {
    TableMetadata then = target.metadata();
    TableMetadata after = ComputedColumns.continued(then, before.schema(), table);
    // Ids of columns that have been dropped must not be given to others.
    return before.properties().maxColumnId() > then.properties().maxColumnId()
            && then.configuration().containsKey(TableProperties.MAX_COLUMN_ID)
        ? after.withProperty(
            TableProperties.MAX_COLUMN_ID, Long.toString(before.properties().maxColumnId()))
        : after;
  }

  private static Map<String, String> metrics(SnapshotDiff diff, List<DataFile> restored) {
    int left = diff.added().size() - restored.size();
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put(
        "tableSizeAfterRestore",
        Long.toString(diff.bytes() - bytes(diff.added()) + bytes(restored)));
    metrics.put("numOfFilesAfterRestore", Long.toString(diff.files() - left));
    metrics.put("numRemovedFiles", Integer.toString(diff.removed().size()));
    metrics.put("numRestoredFiles", Integer.toString(restored.size()));
    metrics.put("removedFilesSize", Long.toString(bytes(diff.removed())));
    metrics.put("restoredFilesSize", Long.toString(bytes(restored)));
    return metrics;
  }

  private static long bytes(List<DataFile> files) {
    return files.stream().mapToLong(DataFile::size).sum();
  }

  /** Clustering is part of a version, though not of its metadata. */
  private static void clustering(LogSnapshot newest, LogSnapshot target, List<Action> into) {
    if (!newest.protocol().supports(TableFeature.CLUSTERING)) {
      return;
    }
    String then = target.domains().getOrDefault(Clustering.DOMAIN, Clustering.NONE);
    String now = newest.domains().getOrDefault(Clustering.DOMAIN, Clustering.NONE);
    if (!then.equals(now)) {
      into.add(new Action.DomainMetadata(Clustering.DOMAIN, then, false));
    }
  }
}
