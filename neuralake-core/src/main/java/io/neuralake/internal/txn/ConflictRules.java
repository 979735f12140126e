package io.neuralake.internal.txn;

import io.neuralake.exec.IsolationLevel;
import io.neuralake.internal.eval.FileSkipping;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.FileFacts;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a plan may be rebased over a commit that won: the table of rules in {@code
 * docs/reference/concurrency.md}.
 */
final class ConflictRules {

  private ConflictRules() {}

  /**
   * The first rule that forbids it, as text for an error; null if the plan may be rebased.
   *
   * @param state what the winner followed
   * @param table location, for messages
   * @throws io.neuralake.error.UnsupportedTableException if the winner's protocol is not supported
   */
  static @Nullable String violatedBy(
      CommitPlan plan, TableState state, CommitContent winner, String table) {
    String violated = protocol(plan, state, winner, table);
    if (violated == null) {
      violated = metadata(plan, state, winner);
    }
    if (violated == null) {
      violated = domain(plan, winner);
    }
    if (violated == null && sharesApplication(plan, winner)) {
      violated = "transaction id: the winner recorded the same application";
    }
    if (violated == null) {
      violated = appended(plan, state, winner, table);
    }
    if (violated == null) {
      violated = removed(plan, winner);
    }
    return violated == null ? sameFile(plan, winner) : violated;
  }

  /** Whether both record the progress of one application. */
  static boolean sharesApplication(CommitPlan plan, CommitContent winner) {
    return plan.actions().stream()
        .anyMatch(
            action ->
                action instanceof Action.SetTransaction txn
                    && winner.transactions().containsKey(txn.appId()));
  }

  private static @Nullable String protocol(
      CommitPlan plan, TableState state, CommitContent winner, String table) {
    if (winner.protocol() == null) {
      return null;
    }
    ProtocolRules.checkWritable(winner.protocol(), table);
    if (plan.protocol() != null) {
      return "protocol: both changed the table's protocol";
    }
    return winner.protocol().features().containsAll(state.requireProtocol().features())
        ? null
        : "protocol: the winner took features out of the table's protocol";
  }

  private static @Nullable String metadata(
      CommitPlan plan, TableState state, CommitContent winner) {
    if (winner.metadata() != null
        && (plan.metadata() != null
            || !binding(winner.metadata()).equals(binding(state.requireMetadata())))) {
      return "metadata: the winner changed the schema, the partitioning or the properties";
    }
    return plan.metadata() != null && plan.reads().everything()
        ? "metadata: the plan replaces the table, the winner wrote to it"
        : null;
  }

  /** The part of the metadata that tells writers what to do: no names, no properties of users. */
  private static TableMetadata binding(TableMetadata metadata) {
    Map<String, String> properties = new TreeMap<>(metadata.configuration());
    properties.keySet().removeIf(key -> !key.toLowerCase(Locale.ROOT).startsWith("delta."));
    return metadata.withNames(null, null).withConfiguration(properties);
  }

  private static @Nullable String domain(CommitPlan plan, CommitContent winner) {
    for (Action action : plan.actions()) {
      if (action instanceof Action.DomainMetadata domain
          && !domain.domain().equals(RowTracking.DOMAIN)
          && winner.domains().containsKey(domain.domain())) {
        return "domain metadata: both changed the domain '" + domain.domain() + "'";
      }
    }
    return null;
  }

  /** Rows that the plan would have read, had they been there. */
  private static @Nullable String appended(
      CommitPlan plan, TableState state, CommitContent winner, String table) {
    TableMetadata metadata = state.requireMetadata();
    boolean countsAsLater =
        winner.isBlindAppend()
            && plan.metadata() == null
            && plan.isolation(metadata) == IsolationLevel.WRITE_SERIALIZABLE;
    if (countsAsLater || (!plan.reads().everything() && plan.reads().predicates().isEmpty())) {
      return null;
    }
    FileFacts facts = new FileFacts(table, metadata);
    List<FileSkipping> wanted = plan.reads().predicates().stream().map(FileSkipping::new).toList();
    for (Action.Add add : winner.adds()) {
      if (add.dataChange() && (plan.reads().everything() || mayMatch(wanted, add.file(), facts))) {
        return "concurrent append: the winner added rows that the plan did not see, in "
            + add.file().path();
      }
    }
    return null;
  }

  private static boolean mayMatch(List<FileSkipping> wanted, DataFile file, FileFacts facts) {
    var partition = facts.partitionValues(file);
    var stats = facts.stats(file);
    return wanted.stream().anyMatch(w -> w.judge(partition, stats, facts::physical).mayMatch());
  }

  /** Rows that the plan has read; where they only moved, that matters to who wants all files. */
  private static @Nullable String removed(CommitPlan plan, CommitContent winner) {
    for (CommitContent.Removed remove : winner.removes()) {
      if (plan.reads().everything()
          || (remove.dataChange() && plan.reads().files().contains(remove.path()))) {
        return "delete/read: the winner removed a file that the plan has read, " + remove.path();
      }
    }
    return null;
  }

  /**
   * Files that both touch. A file is one path, whatever its deletion vector: no version has two.
   */
  private static @Nullable String sameFile(CommitPlan plan, CommitContent winner) {
    Map<String, Action> ours = new HashMap<>();
    for (Action action : plan.actions()) {
      if (action instanceof Action.Remove remove) {
        ours.putIfAbsent(remove.file().path(), action);
      } else if (action instanceof Action.Add add) {
        ours.put(add.file().path(), action); // with a remove: a change of the deletion vector
      }
    }
    Map<String, Action.Add> theirs = new HashMap<>();
    winner.adds().forEach(add -> theirs.put(add.file().path(), add));
    for (CommitContent.Removed remove : winner.removes()) {
      Action own = ours.get(remove.path());
      if (own instanceof Action.Add && theirs.containsKey(remove.path())) {
        return "delete/delete: both changed the deletion vector of the file " + remove.path();
      } else if (own != null) {
        return "delete/delete: both removed the file " + remove.path();
      }
    }
    for (String path : theirs.keySet()) {
      Action own = ours.get(path);
      if (own != null) {
        return own instanceof Action.Add
            ? "double add: both added the file " + path
            : "delete/read: the winner wrote the file " + path + " again, which the plan removed";
      }
    }
    return null;
  }
}
