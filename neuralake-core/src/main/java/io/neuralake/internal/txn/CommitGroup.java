package io.neuralake.internal.txn;

import io.neuralake.internal.log.Action;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Appends that go into one version: one transaction over the sum of their plans. Used by one thread
 * at a time.
 */
final class CommitGroup {

  /** Most actions of a version that several appends share. */
  private static final int MAX_ACTIONS = 4_096;

  private final TableContext table;
  private final String engineInfo;
  private final String txnId;
  private final List<QueuedAppend> members = new ArrayList<>();
  private final Set<String> identities = new HashSet<>();
  private @Nullable Transaction transaction;

  CommitGroup(TableContext table, String engineInfo, String txnId, QueuedAppend first) {
    this.table = table;
    this.engineInfo = engineInfo;
    this.txnId = txnId;
    members.add(first);
    if (first.plan() != null) {
      identities.addAll(identities(first.plan()));
    }
  }

  /** In the order in which they came. */
  List<QueuedAppend> members() {
    return members;
  }

  /** The identity of their commit. */
  String txnId() {
    return txnId;
  }

  /** Takes another append in, if it may share a version with those that are here. */
  void add(QueuedAppend next) {
    if (!share(members.get(0), next)) {
      return;
    }
    List<String> more = identities(Objects.requireNonNull(next.plan()));
    if (identities.size() + more.size() <= MAX_ACTIONS
        && more.stream().noneMatch(identities::contains)) {
      identities.addAll(more);
      members.add(next);
    }
  }

  /** Of what a version may hold one only: a file, an application's progress. */
  private static List<String> identities(CommitPlan plan) {
    List<String> identities = new ArrayList<>(plan.actions().size());
    for (Action action : plan.actions()) {
      if (action instanceof Action.Add add) {
        identities.add("add " + add.file().path());
      } else if (action instanceof Action.SetTransaction txn) {
        identities.add("txn " + txn.appId());
      }
    }
    return identities;
  }

  private static boolean share(QueuedAppend one, QueuedAppend other) {
    CommitPlan left = one.plan();
    CommitPlan right = other.plan();
    return mayShare(one)
        && mayShare(other)
        && left != null
        && right != null
        && left.operation().equals(right.operation())
        && left.parameters().equals(right.parameters())
        && left.options().sameRemarks(right.options());
  }

  /** Whether it adds rows, and says how far an application is, but nothing else. */
  static boolean mayShare(QueuedAppend append) {
    CommitPlan plan = append.plan();
    return !append.alone
        && plan != null
        && plan.isBlindAppend()
        && plan.actions().stream()
            .allMatch(a -> a instanceof Action.Add || a instanceof Action.SetTransaction);
  }

  /**
   * Commits all of them, or none. May be called again, by any thread, after an interrupt or an
   * error cut it short.
   */
  CommitOutcome commit() {
    if (transaction == null) {
      QueuedAppend first = members.get(0);
      TableState start = table.newest(first.plannedOn());
      transaction = Transaction.begin(table, start, this::plan, engineInfo, txnId, first.begun);
    }
    return transaction.commit();
  }

  /** What the commit of the group was for one member. */
  CommitOutcome outcomeOf(QueuedAppend member, CommitOutcome whole) {
    return new CommitOutcome(
        whole.state(),
        whole.plan() == null ? null : member.plan(),
        whole.timestampMillis(),
        whole.attempts());
  }

  private @Nullable CommitPlan plan(TableState state) {
    QueuedAppend first = members.get(0);
    CommitPlan own = first.plan(state);
    if (members.size() == 1) {
      return own;
    }
    for (QueuedAppend member : members) {
      member.plan(state);
      if (!share(first, member)) {
        throw new IllegalStateException(
            table.table() + ": the appends no longer fit into one version.");
      }
    }
    return sum(members.stream().map(m -> Objects.requireNonNull(m.plan())).toList());
  }

  private static CommitPlan sum(List<CommitPlan> plans) {
    CommitPlan first = plans.get(0);
    Map<String, String> parameters = new LinkedHashMap<>(first.parameters());
    parameters.put("groupedAppends", Integer.toString(plans.size()));
    Map<String, String> metrics = new LinkedHashMap<>();
    List<Action> actions = new ArrayList<>();
    for (CommitPlan plan : plans) {
      actions.addAll(plan.actions());
      plan.metrics()
          .forEach(
              (name, value) ->
                  metrics.merge(
                      name, value, (a, b) -> Long.toString(Long.parseLong(a) + Long.parseLong(b))));
    }
    return new CommitPlan(
        first.operation(),
        parameters,
        metrics,
        first.reads(),
        null,
        null,
        actions,
        first.options());
  }
}
