package io.neuralake.internal.txn;

import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.StorageException;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.exec.Traced;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.CommitsAhead;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProperties;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.DateTimeException;
import java.time.Duration;
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

  /** Moves by the time that planning takes: rewriting files may be long, racing must not be. */
  private Instant deadline;

  private TableState state;
  private @Nullable CommitPlan plan;

  /** What may have been committed already; it is tried again unchanged until that is known. */
  private CommitEncoder.@Nullable Encoded inDoubt;

  /** What came after a lost race's winner, asked for together with it. */
  private @Nullable CommitsAhead following;

  private boolean lookedForElector;
  private int attempts;
  private int losses;
  private int replans;
  private int walked;
  private Duration waited = Duration.ZERO;

  private Transaction(
      TableContext table,
      TableState start,
      Operation operation,
      String engineInfo,
      String txnId,
      Instant begun) {
    this.table = table;
    this.log = table.log();
    this.runtime = table.runtime();
    this.encoder = new CommitEncoder(engineInfo);
    this.operation = operation;
    this.txnId = txnId;
    this.deadline = after(begun, runtime.retry().deadline());
    this.state = start;
    Instant planning = runtime.clock().instant();
    this.plan = operation.plan(start);
    this.deadline = after(deadline, Duration.between(planning, runtime.clock().instant()));
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
    LakeRuntime runtime = table.runtime();
    String txnId = runtime.newUuid().toString();
    return begin(table, start, operation, engineInfo, txnId, runtime.clock().instant()).commit();
  }

  /**
   * Plans an operation.
   *
   * @param txnId the commit's identity, used for nothing else
   * @param begun from when on the deadline counts; the time that planning takes does not
   */
  static Transaction begin(
      TableContext table,
      TableState start,
      Operation operation,
      String engineInfo,
      String txnId,
      Instant begun) {
    return new Transaction(table, start, operation, engineInfo, txnId, begun);
  }

  /**
   * Commits it. After an interrupt or an {@link Error} cut it short it may be called again, by
   * another thread too, and carries on.
   */
  CommitOutcome commit() {
    CommitOutcome outcome =
        Traced.call(
            "commit",
            table.table(),
            this::settle,
            o -> o.plan() == null ? -1 : o.state().version());
    if (outcome.plan() != null) {
      try {
        table.committed(outcome);
      } catch (RuntimeException e) {
        // The commit stands; what follows it must not make it look failed.
        LOG.warn("{}: version {} is committed", table.table(), outcome.state().version(), e);
      }
    }
    return outcome;
  }

  private static Instant after(Instant start, Duration time) {
    try {
      return start.plus(time);
    } catch (DateTimeException | ArithmeticException e) {
      return Instant.MAX; // as good as no deadline
    }
  }

  private CommitOutcome settle() {
    while (true) {
      CommitPlan plan = this.plan;
      if (plan == null) {
        return new CommitOutcome(state, null, runtime.clock().millis(), attempts);
      }
      if (inDoubt == null && !isItsElector(plan)) {
        planAgain(TableState.of(log.latest())); // who chooses may have changed their mind
        continue;
      }
      CommitEncoder.Encoded next =
          inDoubt == null ? encoder.encode(plan, state, txnId, runtime.clock().millis()) : inDoubt;
      CommitContent winner = attempt(next, plan);
      if (winner == null) {
        log.committed(next.after().version(), next.bytes());
        return new CommitOutcome(next.after(), plan, next.timestampMillis(), attempts);
      }
      inDoubt = null;
      LOG.debug(
          "{}: version {} went to another writer ({})",
          log.table(),
          winner.version(),
          winner.operation());
      losses++;
      if (past(deadline)) {
        throw conflict(
            plan, winner, "others won " + losses + " times in a row until the deadline", null);
      }
      rebase(plan, winner);
    }
  }

  /**
   * Whether the table's commits go through our elector, as far as it says so.
   *
   * @return false if they do not, by a state that may be out of date
   * @throws InvalidRequestException if they do not
   */
  private boolean isItsElector(CommitPlan plan) {
    TableMetadata metadata = state.exists() ? state.requireMetadata() : plan.metadata();
    String wanted =
        metadata == null ? null : metadata.configuration().get(TableProperties.LOCK_PROVIDER);
    String ours = log.elector().name(log.commitFiles());
    if (wanted == null || wanted.equals(ours)) {
      return true;
    }
    if (state.exists() && !lookedForElector) {
      lookedForElector = true;
      return false;
    }
    throw new InvalidRequestException(
        log.table()
            + ": property "
            + TableProperties.LOCK_PROVIDER
            + " says that commits go through lock provider "
            + wanted
            + ", but this lake uses "
            + ours
            + ". Two of them on one table overwrite each other's commits. Choose "
            + wanted
            + " by NeuralLake.Builder.lock or NEURALAKE_LOCK_PROVIDER; nothing was committed.");
  }

  /** Tries to commit the version; null if it is ours, the winner's content if it is not. */
  private @Nullable CommitContent attempt(CommitEncoder.Encoded next, CommitPlan plan) {
    long version = next.after().version();
    Traced.version(version);
    boolean ambiguous = inDoubt != null;
    inDoubt = next;
    for (int failures = 0; ; failures++) {
      attempts++;
      IOException failure;
      try {
        log.elector().commit(log.commitFiles(), version, next.bytes());
        return null;
      } catch (AccessDeniedException e) {
        if (!ambiguous) {
          throw KernelErrors.translateIo(log.table(), "committing version " + version, e, e);
        }
        failure = e;
      } catch (IOException e) {
        failure = e;
      } catch (InvalidRequestException e) {
        if (!ambiguous) {
          throw e; // an elector that is not made for this storage: nothing was sent
        }
        throw unknown(version, "the lock provider failed: " + e.getMessage(), e);
      } catch (RuntimeException e) {
        failure = new IOException("the lock provider failed: " + e, e);
      }
      if (KernelErrors.isInterrupt(failure)) {
        Thread.currentThread().interrupt();
        throw unknown(version, "the thread was interrupted", failure);
      }
      ambiguous = true;
      boolean interrupted = false;
      if (failure instanceof FileAlreadyExistsException) {
        // Before anything is read, so that what is read is still the newest at the next attempt.
        interrupted = isInterruptedInPause();
        following = log.commitsFrom(version + 1, plan.dependsOnFiles());
      }
      Optional<CommitContent> present = lookUp(version, plan.dependsOnFiles(), failure);
      boolean isOurs = present.isPresent() && txnId.equals(present.get().txnId());
      if (interrupted) {
        Thread.currentThread().interrupt();
        if (present.isEmpty()) {
          throw unknown(version, "the thread was interrupted", failure);
        }
        if (!isOurs) {
          throw new StorageException(
              log.table() + ": interrupted before the next attempt to commit; nothing is visible.",
              failure);
        }
      }
      if (present.isPresent()) {
        return isOurs ? null : present.get();
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
        return log.recoveredCommit(version, withFiles);
      } catch (NeuralLakeException e) {
        throw unknown(version, "the version cannot be read: " + e.getMessage(), e);
      } catch (IOException | RuntimeException e) {
        if (KernelErrors.isInterrupt(e)) {
          Thread.currentThread().interrupt();
          throw unknown(version, "the thread was interrupted", e);
        }
        if (past(deadline)) {
          because.addSuppressed(e);
          throw unknown(version, "the storage cannot be read: " + e.getMessage(), because);
        }
        sleepInDoubt(failures, version);
      }
    }
  }

  /** Walks over the winner and those that came after it, to the newest version or a conflict. */
  private void rebase(CommitPlan plan, CommitContent winner) {
    walked = 0;
    CommitsAhead following =
        this.following == null
            ? log.commitsFrom(winner.version() + 1, plan.dependsOnFiles())
            : this.following;
    this.following = null;
    for (Optional<CommitContent> next = Optional.of(winner);
        next.isPresent();
        next = next(following)) {
      String violated =
          state.exists()
              ? ConflictRules.violatedBy(plan, state, next.get(), log.table())
              : "the table was created meanwhile";
      if (violated != null) {
        boolean mayBeOurs = ConflictRules.sharesApplication(plan, next.get());
        if (!mayBeOurs && replans++ >= runtime.retry().maxReplans()) {
          throw conflict(plan, next.get(), violated, null);
        }
        // Rules say "rule: what happened".
        runtime.metrics().commitRetried(violated.replaceFirst(":.*", ""));
        planAgain(plan, next.get(), violated);
        return;
      }
      state = state.after(next.get());
      if (++walked >= WALK_LIMIT) {
        break;
      }
    }
    runtime.metrics().commitRetried("rebased");
    if (walked >= WALK_LIMIT) {
      catchUp(plan);
    }
  }

  private void planAgain(CommitPlan lost, CommitContent winner, String violated) {
    // Who recorded our application tells at which version: stay there to find a repetition.
    TableState newest =
        state.exists() && ConflictRules.sharesApplication(lost, winner)
            ? state.after(winner)
            : TableState.of(log.latest());
    try {
      planAgain(newest);
    } catch (InvalidRequestException | CommitConflictException e) {
      if (!state.exists()) {
        throw e;
      }
      throw conflict(
          lost,
          winner,
          violated
              + "; planned again on version "
              + newest.version()
              + " it does not fit: "
              + e.getMessage(),
          e);
    }
  }

  /** The commit after those, if it is there and can be read; its absence proves nothing. */
  private Optional<CommitContent> next(CommitsAhead following) {
    try {
      return following.next();
    } catch (IOException e) {
      if (KernelErrors.isInterrupt(e)) {
        throw KernelErrors.translate(log.table(), "looking for the newest version", e);
      }
      return Optional.empty(); // the next attempt will tell
    }
  }

  /** Jumps to the newest version; plans again only if more than rows has changed on the way. */
  private void catchUp(CommitPlan plan) {
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
    table.seen(newest); // if planning fails, the next write must not start from the old state
    Instant planning = runtime.clock().instant();
    plan = operation.plan(newest);
    deadline = after(deadline, Duration.between(planning, runtime.clock().instant()));
    state = newest;
  }

  /** Waits after a lost race, unless the time is up; an interrupt ends it and is not kept. */
  private boolean isInterruptedInPause() {
    if (past(deadline)) {
      return false;
    }
    try {
      sleep(losses);
      return false;
    } catch (InterruptedException e) {
      return true;
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
    Duration pause = runtime.pauseBefore(Math.min(failures, 30));
    waited = waited.plus(pause);
    runtime.sleeper().sleep(pause);
  }

  /** Whether the time is up; by the pauses too, for clocks that stand still. */
  private boolean past(Instant moment) {
    return runtime.clock().instant().isAfter(moment)
        || waited.compareTo(runtime.retry().deadline()) > 0;
  }

  private CommitConflictException conflict(
      CommitPlan plan, CommitContent winner, String rule, @Nullable Throwable cause) {
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
            + (rule.endsWith(".") ? "" : ".")
            + " Nothing of it is visible; read the table again and repeat the operation.",
        cause);
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
