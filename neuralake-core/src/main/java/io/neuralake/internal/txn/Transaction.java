package io.neuralake.internal.txn;

import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TableLog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One commit, from the first attempt to its known outcome: the only retry loop of the library.
 *
 * <p>The next version is tried at once, without looking; only a lost race reads the log. After a
 * lost race the plan is rebased over the winner where the rules allow it, and planned again where
 * they do not. Every attempt carries the same identity, so that an attempt whose response was lost
 * is recognised by reading the version, never by guessing.
 *
 * <p>Not thread-safe; used once.
 */
public final class Transaction {

  private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);

  /** After so many winners in a row the newest version is looked up instead of walked to. */
  private static final int WALK_LIMIT = 16;

  private final TableContext table;
  private final TableLog log;
  private final LakeRuntime runtime;
  private final CommitEncoder encoder;
  private final Operation operation;
  private final String txnId;
  private final Instant deadline;

  private TableState state;
  private @Nullable CommitPlan plan;
  private int attempts;
  private int losses;
  private int replans;
  private int walked;

  private Transaction(
      TableContext table, TableState start, Operation operation, String engineInfo) {
    this.table = table;
    this.log = table.log();
    this.runtime = table.runtime();
    this.encoder = new CommitEncoder(engineInfo);
    this.operation = operation;
    this.txnId = runtime.newUuid().toString();
    this.deadline = runtime.clock().instant().plus(runtime.retry().deadline());
    this.state = start;
    this.plan = operation.plan(start);
  }

  /**
   * Plans and commits an operation.
   *
   * @param start the state to plan on first
   * @param engineInfo who writes, for the commit's provenance
   * @throws CommitConflictException if the rules forbid it, or others won until the deadline;
   *     nothing is visible
   * @throws CommitStateUnknownException if it cannot be told whether the commit took effect
   * @throws StorageException if the storage refused the commit; nothing is visible
   */
  public static CommitOutcome run(
      TableContext table, TableState start, Operation operation, String engineInfo) {
    CommitOutcome outcome = new Transaction(table, start, operation, engineInfo).commit();
    if (outcome.plan() != null) {
      table.committed(outcome);
    }
    return outcome;
  }

  private CommitOutcome commit() {
    while (true) {
      CommitPlan plan = this.plan;
      if (plan == null) {
        return new CommitOutcome(state, null, runtime.clock().millis(), attempts);
      }
      CommitEncoder.Encoded next = encoder.encode(plan, state, txnId, runtime.clock().millis());
      CommitContent winner = attempt(next, plan);
      if (winner == null) {
        return new CommitOutcome(next.after(), plan, next.timestampMillis(), attempts);
      }
      LOG.debug(
          "{}: version {} went to another writer ({})",
          log.table(),
          winner.version(),
          winner.operation());
      losses++;
      rebase(plan, winner);
      pause(plan, winner);
    }
  }

  /** Tries to commit the version; null if it is ours, the winner's content if it is not. */
  private @Nullable CommitContent attempt(CommitEncoder.Encoded next, CommitPlan plan) {
    long version = next.after().version();
    boolean ambiguous = false;
    for (int failures = 0; ; failures++) {
      attempts++;
      IOException failure;
      try {
        log.elector().commit(log.commitFiles(), version, next.bytes());
        return null;
      } catch (FileAlreadyExistsException taken) {
        failure = taken;
      } catch (AccessDeniedException e) {
        if (!ambiguous) {
          throw KernelErrors.translateIo(log.table(), "committing version " + version, e, e);
        }
        failure = e;
      } catch (InterruptedIOException e) {
        throw unknown(version, "the thread was interrupted", e);
      } catch (IOException e) {
        failure = e;
      }
      ambiguous = true;
      Optional<CommitContent> present = lookUp(version, needsFiles(plan), failure);
      if (present.isPresent()) {
        return txnId.equals(present.get().txnId()) ? null : present.get();
      }
      if (past(deadline)) {
        throw unknown(version, "the storage kept failing: " + failure.getMessage(), failure);
      }
      LOG.info(
          "{}: the storage failed at version {}, trying it again: {}",
          log.table(),
          version,
          failure.getMessage());
      sleepInDoubt(failures, version);
    }
  }

  /** What the version holds; keeps asking until the deadline while the storage does not answer. */
  private Optional<CommitContent> lookUp(long version, boolean withFiles, IOException because) {
    for (int failures = 0; ; failures++) {
      try {
        return log.commit(version, withFiles);
      } catch (InterruptedIOException e) {
        throw unknown(version, "the thread was interrupted", e);
      } catch (CorruptTableException e) {
        throw unknown(version, "the version cannot be read: " + e.getMessage(), e);
      } catch (IOException e) {
        if (past(deadline)) {
          because.addSuppressed(e);
          throw unknown(version, "the storage cannot be read: " + e.getMessage(), because);
        }
        sleepInDoubt(failures, version);
      }
    }
  }

  private static boolean needsFiles(CommitPlan plan) {
    return plan.reads() == CommitPlan.Reads.EVERYTHING
        || plan.actions().stream().anyMatch(a -> a instanceof Action.Remove);
  }

  private void rebase(CommitPlan plan, CommitContent winner) {
    String violated =
        state.exists()
            ? ConflictRules.violatedBy(plan, winner, log.table())
            : "the table was created meanwhile";
    if (violated == null) {
      state = state.after(winner);
      if (++walked >= WALK_LIMIT) {
        catchUp(plan);
      }
      return;
    }
    if (replans++ >= runtime.retry().maxReplans()) {
      throw conflict(plan, winner, violated);
    }
    planAgain(TableState.of(log.latest()));
  }

  /** Jumps to the newest version; plans again only if more than rows has changed on the way. */
  private void catchUp(CommitPlan plan) {
    walked = 0;
    LogSnapshot latest = log.latest();
    TableState newest = TableState.of(latest);
    boolean rowsOnly =
        Objects.equals(newest.protocol(), state.protocol())
            && Objects.equals(newest.metadata(), state.metadata());
    if (rowsOnly
        && plan.isBlindAppend()
        && plan.actions().stream().allMatch(Action.Add.class::isInstance)) {
      state = newest;
    } else {
      planAgain(newest);
    }
  }

  private void planAgain(TableState newest) {
    table.advance(newest); // if planning fails, the next write must not start from the old state
    plan = operation.plan(newest);
    state = newest;
    walked = 0;
  }

  private void pause(CommitPlan plan, CommitContent winner) {
    if (past(deadline)) {
      throw conflict(plan, winner, "others won " + losses + " times in a row until the deadline");
    }
    try {
      sleep(losses - 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(
          log.table() + ": interrupted before the next attempt to commit; nothing is visible.", e);
    }
  }

  private void sleepInDoubt(int failures, long version) {
    try {
      sleep(failures);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(version, "the thread was interrupted", e);
    }
  }

  private void sleep(int failures) throws InterruptedException {
    runtime.sleeper().sleep(runtime.pauseBefore(Math.min(failures, 30)));
  }

  private boolean past(Instant moment) {
    return runtime.clock().instant().isAfter(moment);
  }

  private CommitConflictException conflict(CommitPlan plan, CommitContent winner, String rule) {
    return new CommitConflictException(
        log.table()
            + ": "
            + plan.operation()
            + " lost against version "
            + winner.version()
            + " ("
            + winner.operation()
            + "): "
            + rule
            + ". Nothing of it is visible; read the table again and repeat the operation.");
  }

  private CommitStateUnknownException unknown(long version, String why, Exception cause) {
    return new CommitStateUnknownException(
        log.table()
            + ": it is not known whether version "
            + version
            + " was committed, because "
            + why
            + ". Its data files were kept. Look in the history for a commit with txnId "
            + txnId
            + " before you write the same rows again.",
        cause);
  }
}
