package io.neuralake.internal.txn;

import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.internal.exec.LakeRuntime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The appends of one lake to one table. One commit is under way at a time; those that are ready
 * meanwhile go together in the next (group commit). There is no thread behind it: the first in the
 * queue leads, which is to commit for itself and for those it takes along, and then wakes the next.
 *
 * <p>Whatever ends a leader, no one is left waiting:
 *
 * <ul>
 *   <li>A group that certainly failed falls apart: its members commit one by one, each in its own
 *       thread, so that only the one to blame fails.
 *   <li>Of a group whose outcome is unknown every member is told so.
 *   <li>Where the leader alone was stopped, by an interrupt or an {@link Error}, another member
 *       carries the same transaction on.
 * </ul>
 *
 * <p>A caller that is interrupted while it waits leaves the queue, and nothing of it will be
 * visible; one whose append was already taken along is told that the outcome is unknown, as it is
 * to a caller that is interrupted during a commit of its own. Thread-safe.
 */
public final class CommitQueue {

  private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

  private final TableContext table;
  private final LakeRuntime runtime;
  private final GroupCommit settings;
  private final ReentrantLock lock = new ReentrantLock();

  /** Appends that no group holds, in the order in which they came. */
  private final Deque<QueuedAppend> waiting = new ArrayDeque<>();

  private @Nullable CommitGroup running;
  private @Nullable QueuedAppend leading;

  /** The thread of the leader, which may append to the table from within its commit. */
  private volatile @Nullable Thread leader;

  CommitQueue(TableContext table, LakeRuntime runtime) {
    this.table = table;
    this.runtime = runtime;
    this.settings = runtime.groupCommit();
  }

  /**
   * Plans an append and commits it, alone or with others.
   *
   * @param start the state to plan on first
   * @param operation plans the append; other threads may call it, one at a time
   * @param engineInfo who writes, for the commit's provenance
   * @return the version, which others may share, with the plan of this append alone
   * @throws io.neuralake.error.NeuralLakeException as {@link Transaction#run} does
   */
  public CommitOutcome append(TableState start, Operation operation, String engineInfo) {
    if (leader == Thread.currentThread()) {
      return Transaction.run(table, start, operation, engineInfo);
    }
    QueuedAppend me =
        new QueuedAppend(operation, start, runtime.clock().instant(), lock.newCondition());
    enqueue(me);
    while (true) {
      CommitGroup group = turn(me, engineInfo);
      if (group != null) {
        lead(group, me);
      }
      if (me.failure != null) {
        throw me.failure;
      }
      if (me.outcome != null) {
        return me.outcome;
      }
    }
  }

  /** Appends that wait for the commit that is under way. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Callers that wait and that nothing has woken yet. */
  int asleep() {
    lock.lock();
    try {
      int asleep = 0;
      for (QueuedAppend append : waiting) {
        asleep += lock.getWaitQueueLength(append.changed);
      }
      for (QueuedAppend member : running == null ? List.<QueuedAppend>of() : running.members()) {
        asleep += lock.getWaitQueueLength(member.changed);
      }
      return asleep;
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(QueuedAppend me) {
    lock.lock();
    try {
      waiting.add(me);
      wake();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the append is settled (null), or its caller must lead a group. */
  private @Nullable CommitGroup turn(QueuedAppend me, String engineInfo) {
    lock.lock();
    try {
      while (!me.isSettled()) {
        if (running == null && waiting.peek() == me) {
          linger(me);
          running = take(me, engineInfo);
        }
        if (running != null && running == me.group && leading == null) {
          leading = me;
          return running;
        }
        me.changed.await();
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      leave(me, e);
      return null;
    } catch (RuntimeException | Error e) {
      waiting.remove(me);
      wake();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private void linger(QueuedAppend me) throws InterruptedException {
    long nanos = CommitGroup.mayShare(me) ? TimeUnit.NANOSECONDS.convert(settings.linger()) : 0;
    while (nanos > 0 && waiting.size() < settings.maxAppends()) {
      nanos = me.changed.awaitNanos(nanos);
    }
  }

  private CommitGroup take(QueuedAppend me, String engineInfo) {
    CommitGroup group = new CommitGroup(table, engineInfo, runtime.newUuid().toString(), me);
    for (QueuedAppend other : waiting) {
      if (group.members().size() >= settings.maxAppends()) {
        break;
      }
      if (other != me) {
        group.add(other);
      }
    }
    group.members().forEach(member -> member.group = group);
    waiting.removeIf(member -> member.group != null);
    return group;
  }

  /** Commits the group; afterwards it is settled, has fallen apart, or another member leads it. */
  private void lead(CommitGroup group, QueuedAppend me) {
    boolean ended = false;
    leader = Thread.currentThread();
    try {
      CommitOutcome outcome = group.commit();
      end(group, member -> member.outcome = group.outcomeOf(member, outcome));
      ended = true;
    } catch (RuntimeException e) {
      if (group.members().size() == 1) {
        me.failure = e;
      } else if (Thread.currentThread().isInterrupted()) {
        me.failure = unknown(group, e);
      } else if (e instanceof CommitStateUnknownException) {
        String message = String.valueOf(e.getMessage());
        end(group, member -> member.failure = new CommitStateUnknownException(message, e));
        ended = true;
      } else {
        LOG.info("{}: appends go one by one, because together: {}", table.table(), e.getMessage());
        fallApart(group);
        ended = true;
      }
    } finally {
      leader = null;
      if (!ended) {
        handOver(me);
      }
    }
  }

  private void end(CommitGroup group, Consumer<QueuedAppend> settle) {
    lock.lock();
    try {
      for (QueuedAppend member : group.members()) {
        settle.accept(member);
        member.changed.signal();
      }
      free();
    } finally {
      lock.unlock();
    }
  }

  private void fallApart(CommitGroup group) {
    lock.lock();
    try {
      List<QueuedAppend> members = group.members();
      for (int i = members.size() - 1; i >= 0; i--) {
        QueuedAppend member = members.get(i);
        if (!member.gone) {
          member.alone = true;
          member.group = null;
          waiting.addFirst(member);
        }
      }
      free();
    } finally {
      lock.unlock();
    }
  }

  private void handOver(QueuedAppend me) {
    lock.lock();
    try {
      me.gone = true;
      leading = null;
      wake();
    } finally {
      lock.unlock();
    }
  }

  /** The caller was interrupted while it waited. */
  private void leave(QueuedAppend me, InterruptedException e) {
    if (me.isSettled()) {
      return;
    }
    CommitGroup group = me.group;
    if (group == null) {
      waiting.remove(me);
      me.failure =
          new StorageException(
              table.table() + ": interrupted while earlier appends went; nothing is visible.", e);
    } else {
      me.gone = true;
      me.failure = unknown(group, e);
    }
    wake();
  }

  private void free() {
    running = null;
    leading = null;
    wake();
  }

  /** Wakes who can act next; it may have missed an earlier signal or never wait. */
  private void wake() {
    if (running != null && leading == null) {
      for (QueuedAppend member : running.members()) {
        if (!member.gone) {
          member.changed.signal();
          return;
        }
      }
      running = null; // all of its callers have left
    }
    QueuedAppend head = waiting.peek();
    if (running == null && head != null) {
      head.changed.signal();
    }
  }

  private CommitStateUnknownException unknown(CommitGroup group, Exception cause) {
    return new CommitStateUnknownException(
        table.table()
            + ": it is not known whether the rows were committed, because the thread was"
            + " interrupted while they were on their way together with those of other threads."
            + " Its data files were kept. Look in the history for a commit with txnId "
            + group.txnId()
            + " before you write the same rows again.",
        cause);
  }
}
