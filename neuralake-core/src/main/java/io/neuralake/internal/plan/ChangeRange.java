package io.neuralake.internal.plan;

import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.KernelErrors;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.log.TimeTravel;
import io.neuralake.internal.meta.ChangeFeed;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.txn.TableContext;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits whose changes are read, and the columns with which. Immutable.
 *
 * @param table its location
 * @param metadata the table's at the last version of the range
 * @param first the first version
 * @param commits one for each version, in their order
 */
public record ChangeRange(String table, TableMetadata metadata, long first, List<Commit> commits) {

  /** A commit of the range. */
  public interface Commit {
    /** When it took place by the storage's clock, unless the commit itself says. */
    long millis();

    CommitContent read();
  }

  /**
   * The end of a range.
   *
   * @param version -1 if the moment counts
   * @param moment null if the version counts
   */
  public record Bound(long version, @Nullable Instant moment) {

    public static Bound at(long version) {
      return new Bound(version, null);
    }

    public static Bound at(Instant moment) {
      return new Bound(-1, moment);
    }
  }

  /** The last version; the one before the first if the range is empty. */
  public long last() {
    return first + commits.size() - 1;
  }

  /**
   * Finds the range.
   *
   * @param latest the newest version
   * @param to null for the newest version
   * @throws InvalidRequestException if there is no such range, or changes were not recorded in its
   *     first version
   */
  public static ChangeRange of(
      TableContext table, LogSnapshot latest, Bound from, @Nullable Bound to) {
    TimeTravel travel = new TimeTravel(table.log());
    Instant since = from.moment();
    long first = since == null ? from.version() : travel.firstSince(since, latest);
    if (first > latest.version()) {
      throw new InvalidRequestException(
          table.table()
              + ": changes cannot be read from version "
              + first
              + " on: the newest is version "
              + latest.version()
              + ". follow() waits for versions to come.");
    }
    long last = last(travel, latest, to);
    boolean between = since != null && to != null && to.moment() != null && last == first - 1;
    if (last < first && !between) {
      throw new InvalidRequestException(
          table.table()
              + ": changes cannot be read from version "
              + first
              + " to "
              + last
              + ", which is before it.");
    }
    if (between) {
      return new ChangeRange(table.table(), latest.metadata(), first, List.of());
    }
    LogSnapshot end = last == latest.version() ? latest : travel.at(last);
    LogSnapshot begin = first == last ? end : travel.at(first);
    ChangeRange range =
        new ChangeRange(table.table(), end.metadata(), first, commits(table.log(), first, last));
    range.check(begin.metadata(), first);
    return range;
  }

  /**
   * A single commit that was read.
   *
   * @param metadata the table's from then on
   * @param millis when it took place by the storage's clock
   * @throws InvalidRequestException if its changes were not recorded
   */
  public static ChangeRange of(
      String table, TableMetadata metadata, CommitContent commit, long millis) {
    ChangeRange range =
        new ChangeRange(table, metadata, commit.version(), List.of(new ReadCommit(commit, millis)));
    range.check(metadata, commit.version());
    return range;
  }

  private record ReadCommit(CommitContent read, long millis) implements Commit {}

  /** When a version took place by the storage's clock; as early as can be if it is not there. */
  public static long timeOf(TableLog log, long version) {
    List<TableLog.CommitFile> files = log.commitFiles(version, version);
    return files.isEmpty() ? 0 : files.get(0).millis();
  }

  private static long last(TimeTravel travel, LogSnapshot latest, @Nullable Bound to) {
    if (to == null) {
      return latest.version();
    }
    return to.moment() == null
        ? Math.min(to.version(), latest.version())
        : travel.lastUntil(to.moment(), latest);
  }

  private static List<Commit> commits(TableLog log, long first, long last) {
    List<Commit> commits = new ArrayList<>();
    for (TableLog.CommitFile file : log.commitFiles(first, last)) {
      commits.add(new StoredCommit(log, file.version(), file.millis()));
    }
    if (commits.size() != last - first + 1) {
      throw gone(log.table(), "a version from " + first + " to " + last);
    }
    return List.copyOf(commits);
  }

  private record StoredCommit(TableLog log, long version, long millis) implements Commit {
    @Override
    public CommitContent read() {
      try {
        return log.commit(version, true).orElseThrow(() -> gone(log.table(), "version " + version));
      } catch (IOException e) {
        throw KernelErrors.translate(log.table(), "reading commit " + version, e);
      }
    }
  }

  /** The error of a range that the log does not hold any more. */
  public static CorruptTableException gone(String table, String what) {
    return new CorruptTableException(
        table
            + ": "
            + what
            + " is gone from the log, which was cleaned up. Read changes from a later version on;"
            + " the property delta.logRetentionDuration says how long the log is kept.");
  }

  /**
   * Checks that a version's rows can be read with the columns of the range.
   *
   * @param then the table's metadata at that version
   * @throws InvalidRequestException if its changes were not recorded, or have columns that would be
   *     lost
   */
  void check(TableMetadata then, long version) {
    if (!then.properties().changeDataFeed()) {
      throw new InvalidRequestException(
          table
              + ": the changes of version "
              + version
              + " were not recorded, because the property delta.enableChangeDataFeed was not true."
              + " Set it with alter().setProperty, and read changes from that version on.");
    }
    ChangeFeed.loss(then, metadata)
        .ifPresent(
            loss -> {
              throw new InvalidRequestException(
                  table
                      + ": the changes of version "
                      + version
                      + " cannot be read with the columns of the last version asked for: "
                      + loss
                      + ". Read the versions before and after the change of the schema apart.");
            });
  }
}
