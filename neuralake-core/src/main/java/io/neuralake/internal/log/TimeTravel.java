package io.neuralake.internal.log;

import io.delta.kernel.internal.DeltaHistoryManager;
import io.delta.kernel.internal.fs.Path;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.TableProperties;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Opens older versions of a table; says which exist when the one asked for does not. */
public final class TimeTravel {

  /** How many of the newest commits may share the time of their files. */
  private static final int MOST_TIED = 100;

  private final TableLog log;

  public TimeTravel(TableLog log) {
    this.log = log;
  }

  /**
   * A version by number.
   *
   * @throws InvalidRequestException if it does not exist (any more); names the range that does
   */
  public LogSnapshot at(long version) {
    if (version < 0 || !log.hasCommit(version)) { // Kernel would search back from any number
      LogSnapshot latest = log.latest();
      if (version < 0 || version > latest.version()) {
        throw outOfRange("version " + version, latest, null);
      }
    }
    try {
      return log.at(version);
    } catch (NeuralLakeException e) {
      LogSnapshot latest = log.latest();
      if (version > latest.version() || version < earliest()) {
        throw outOfRange("version " + version, latest, e);
      }
      throw e;
    }
  }

  /**
   * The version that was the newest at a moment.
   *
   * @throws InvalidRequestException if the moment is before the first version that can still be
   *     read or after the newest one; names the range
   */
  public LogSnapshot at(Instant moment) {
    LogSnapshot latest = log.latest();
    try {
      LogSnapshot snapshot =
          log.build(builder -> builder.atTimestamp(moment.toEpochMilli(), latest.kernel()));
      ProtocolRules.checkReadable(snapshot.protocol(), log.table());
      return snapshot;
    } catch (RuntimeException e) {
      if (moment.toEpochMilli() > latest.timestampMillis()) {
        return log.at(
            newestUntil(moment, latest)
                .orElseThrow(() -> outOfRange(moment.toString(), latest, e)));
      }
      long earliest = earliest();
      if (moment.toEpochMilli() < log.at(earliest).timestampMillis()) {
        throw outOfRange(moment.toString(), latest, e);
      }
      throw KernelErrors.translate(log.table(), "opening the table as of " + moment, e);
    }
  }

  /**
   * Kernel takes the time of the newest commit's file for that of the newest version, which may be
   * later: {@link TableLog.CommitFile#millis}.
   */
  private Optional<Long> newestUntil(Instant moment, LogSnapshot latest) {
    List<TableLog.CommitFile> commits =
        log.commitFiles(Math.max(0, latest.version() - MOST_TIED), latest.version());
    long millis = moment.toEpochMilli();
    String inCommit =
        latest.metadata().configuration().get(TableProperties.ENABLE_IN_COMMIT_TIMESTAMPS);
    if ("true".equalsIgnoreCase(inCommit)
        || commits.isEmpty()
        || commits.get(commits.size() - 1).millis() < millis) {
      return Optional.empty();
    }
    return commits.stream()
        .filter(commit -> commit.millis() <= millis)
        .map(TableLog.CommitFile::version)
        .max(Long::compare);
  }

  /**
   * The number of the first version that was committed at a moment or later.
   *
   * @throws InvalidRequestException if there is none
   */
  public long firstSince(Instant moment, LogSnapshot latest) {
    long millis = millisNotBefore(moment);
    if (millis > latest.timestampMillis()) {
      throw outOfRange("version since " + moment, latest, null);
    }
    return KernelErrors.call(
        log.table(),
        "looking for the first version since " + moment,
        () ->
            DeltaHistoryManager.getVersionAtOrAfterTimestamp(
                log.newEngine(), logPath(), millis, latest.kernel(), List.of()));
  }

  /**
   * The number of the last version that was committed at a moment or earlier; -1 if the oldest that
   * is known is later.
   */
  public long lastUntil(Instant moment, LogSnapshot latest) {
    if (moment.toEpochMilli() >= latest.timestampMillis()) {
      return latest.version();
    }
    long since =
        firstSince(Instant.ofEpochMilli(moment.toEpochMilli() + 1), latest); // never throws now
    return since - 1;
  }

  private static long millisNotBefore(Instant moment) {
    long millis = moment.toEpochMilli();
    return Instant.ofEpochMilli(millis).isBefore(moment) ? millis + 1 : millis;
  }

  private Path logPath() {
    return new Path(log.table() + "/" + LogPaths.LOG_FOLDER);
  }

  /** The oldest version that can still be read. */
  public long earliest() {
    return KernelErrors.call(
        log.table(),
        "looking for the oldest version",
        () ->
            DeltaHistoryManager.getEarliestRecreatableCommit(
                log.newEngine(), logPath(), Optional.empty()));
  }

  private InvalidRequestException outOfRange(
      String asked, LogSnapshot latest, @org.jspecify.annotations.Nullable Throwable cause) {
    long earliest = earliest();
    return new InvalidRequestException(
        log.table()
            + ": there is no "
            + asked
            + " to read. Versions "
            + earliest
            + " to "
            + latest.version()
            + " exist, committed from "
            + Instant.ofEpochMilli(log.at(earliest).timestampMillis())
            + " to "
            + Instant.ofEpochMilli(latest.timestampMillis())
            + ".",
        cause);
  }
}
