package io.neuralake.internal.plan;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.FilePresence;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.txn.CommitOptions;
import io.neuralake.internal.txn.CommitOutcome;
import io.neuralake.internal.txn.CommitPlan;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.internal.txn.TableState;
import io.neuralake.internal.txn.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries out of a table whose files are gone.
 *
 * @param options what the caller says of the commit
 */
public record RepairJob(CommitOptions options) {

  /** The live files of a version of which something is gone; the table is listed once. */
  public static List<FilePresence.Missing> missing(TableContext table, LogSnapshot snapshot) {
    List<FilePresence.Missing> missing = new ArrayList<>();
    // The version first: what it names was written before the listing.
    FilePresence files =
        new FilePresence(table.log().store(), table.table(), Long.MAX_VALUE, Long.MAX_VALUE);
    try (LogSnapshot.Files live = snapshot.files(false)) {
      while (live.hasNext()) {
        files.missing(live.next()).ifPresent(missing::add);
      }
    }
    return missing;
  }

  /** Does it. */
  public CommitOutcome commit(TableContext table) {
    return Transaction.run(table, table.refresh(), state -> plan(table, state), Engine.INFO);
  }

  private @Nullable CommitPlan plan(TableContext table, TableState state) {
    if (table.holder(state, options.transaction()).isPresent()) {
      return null;
    }
    ProtocolRules.checkWritable(state.requireProtocol(), table.table());
    List<FilePresence.Missing> missing = missing(table, table.log().at(state.version()));
    if (missing.isEmpty()) {
      return null;
    }
    Removals.checkAllowed(table, state.requireMetadata());
    List<Action> actions = new ArrayList<>();
    if (options.transaction() != null) {
      actions.add(options.transaction());
    }
    long now = table.runtime().clock().millis();
    Set<String> paths = new HashSet<>();
    for (FilePresence.Missing file : missing) {
      actions.add(new Action.Remove(file.file(), now, true));
      paths.add(file.file().path());
    }
    return new CommitPlan(
        "FSCK",
        Map.of(),
        Map.of("numRemovedFiles", Integer.toString(missing.size())),
        CommitPlan.Reads.of(List.of(), paths),
        null,
        null,
        actions,
        options);
  }
}
