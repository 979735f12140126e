package io.neuralake.internal.txn;

import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.meta.ProtocolRules;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a plan may be rebased over a commit that won (the table of conflict rules in the
 * documentation of the commit protocol).
 */
final class ConflictRules {

  private ConflictRules() {}

  /**
   * The first rule that forbids it, as text for an error; null if the plan may be rebased.
   *
   * @param table location, for the protocol check
   */
  static @Nullable String violatedBy(CommitPlan plan, CommitContent winner, String table) {
    if (winner.protocol() != null) {
      ProtocolRules.checkReadable(winner.protocol(), table);
      return "protocol: the winner changed the table's protocol";
    }
    if (winner.metadata() != null) {
      return "metadata: the winner changed the schema, the partitioning or the properties";
    }
    if (plan.metadata() != null && plan.reads() == CommitPlan.Reads.EVERYTHING) {
      return "metadata: the plan replaces the table, the winner wrote to it";
    }
    String domain = sharedDomain(plan, winner);
    if (domain != null) {
      return "domain metadata: both changed the domain '" + domain + "'";
    }
    for (Action action : plan.actions()) {
      if (action instanceof Action.SetTransaction txn
          && winner.transactions().containsKey(txn.appId())) {
        return "transaction id: the winner recorded the application '" + txn.appId() + "' too";
      }
    }
    return files(plan, winner);
  }

  private static @Nullable String sharedDomain(CommitPlan plan, CommitContent winner) {
    for (Action action : plan.actions()) {
      if (action instanceof Action.DomainMetadata domain
          && !domain.domain().equals(RowTracking.DOMAIN)
          && winner.domains().containsKey(domain.domain())) {
        return domain.domain();
      }
    }
    return null;
  }

  private static @Nullable String files(CommitPlan plan, CommitContent winner) {
    if (plan.reads() == CommitPlan.Reads.EVERYTHING) {
      // The plan stands for the whole table as it was: any change of rows makes it another table.
      if (winner.adds().stream().anyMatch(Action.Add::dataChange)) {
        return "concurrent append: the winner added rows that the plan did not see";
      }
      if (!winner.removes().isEmpty()) {
        return "delete/read: the winner removed files that the plan has read";
      }
    }
    Set<String> added = new HashSet<>();
    Set<String> removed = new HashSet<>();
    for (Action action : plan.actions()) {
      if (action instanceof Action.Add add) {
        added.add(add.file().path());
      } else if (action instanceof Action.Remove remove) {
        removed.add(remove.file().path());
      }
    }
    for (CommitContent.Removed remove : winner.removes()) {
      if (removed.contains(remove.path())) {
        return "delete/delete: both removed the file " + remove.path();
      }
    }
    for (Action.Add add : winner.adds()) {
      if (added.contains(add.file().path())) {
        return "double add: both added the file " + add.file().path();
      }
    }
    return null;
  }
}
