package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TimeTravel;
import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.plan.BatchRun;
import io.neuralake.internal.plan.ChangeRange;
import io.neuralake.internal.plan.ChangeRun;
import io.neuralake.internal.plan.ScanCounters;
import io.neuralake.internal.plan.ScanRequest;
import io.neuralake.internal.plan.Timestamps;
import io.neuralake.internal.txn.TableContext;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A query on the change data feed of a table: the rows that a range of versions has inserted,
 * deleted and updated. An immutable value; each method returns a refined one, and the last one
 * reads. Thread-safe; the readers that it makes are not.
 *
 * <pre>{@code
 * try (Rows<Map<String, Object>> changes = signals.changes().from(12).to(20).maps()) { ... }
 * }</pre>
 *
 * <p>Rows have the columns of the last version of the range, and three more, which can be selected
 * and asked for in predicates as well: {@code _change_type} ({@code insert}, {@code delete}, {@code
 * update_preimage}, {@code update_postimage}), {@code _commit_version} (long) and {@code
 * _commit_timestamp}. They come version by version; within a version their order is not defined.
 *
 * <p>The table must have had the property {@code delta.enableChangeDataFeed} throughout the range.
 * Where a version has change data files, they are read; otherwise the rows of the files that it
 * added are inserted, and of those that it removed deleted, and where only a deletion vector
 * changed, the rows that it names. A version in which that property was off, or whose columns would
 * be lost, ends the reading with an error when it is reached.
 *
 * <p>Files are read one after the other in the caller's thread. Memory is that of one file's
 * batches, and the names of the files of one commit.
 */
public final class Changes extends Query<Changes> {

  private static final Duration POLL_EVERY = Duration.ofSeconds(1);

  /**
   * Which versions.
   *
   * @param tableId the table's identity, null for any
   * @param settled what is left if the range was found before
   */
  private record Versions(
      ChangeRange.@Nullable Bound from,
      ChangeRange.@Nullable Bound to,
      @Nullable String tableId,
      @Nullable ChangeRange settled) {

    Versions from(ChangeRange.Bound bound, @Nullable String id) {
      return new Versions(bound, to, id, null);
    }

    Versions to(ChangeRange.Bound bound) {
      return new Versions(from, bound, tableId, null);
    }
  }

  private final Versions versions;

  private Changes(TableContext table, ScanRequest request, Versions versions) {
    super(table, request);
    this.versions = versions;
  }

  /** For {@code NeuralTable}. */
  public Changes(TableContext table) {
    this(table, ScanRequest.ALL, new Versions(null, null, null, null));
  }

  @Override
  Changes with(ScanRequest changed) {
    return new Changes(table, changed, versions);
  }

  private ChangeRange.Bound bound(long version) {
    if (version < 0) {
      throw new InvalidRequestException(
          table.table() + ": versions count from 0, there is no version " + version + ".");
    }
    return ChangeRange.Bound.at(version);
  }

  /** The first version whose changes are wanted. */
  public Changes from(long version) {
    return new Changes(table, request, versions.from(bound(version), null));
  }

  /** Begins with the first version that was committed at a moment or later. */
  public Changes from(Instant moment) {
    return new Changes(table, request, versions.from(ChangeRange.Bound.at(moment), null));
  }

  /**
   * Like {@link #from(Instant)}, from ISO 8601 text; {@code NeuralTable.asOf(String)} says how it
   * is read.
   */
  public Changes from(String moment) {
    return from(Timestamps.parse(moment));
  }

  /**
   * Goes on behind a position.
   *
   * @throws InvalidRequestException when the query runs, if the position belongs to another table
   */
  public Changes from(ChangePosition position) {
    return new Changes(
        table, request, versions.from(bound(position.version() + 1), position.tableId()));
  }

  /** The last version whose changes are wanted; the newest at the time of reading if none is. */
  public Changes to(long version) {
    return new Changes(table, request, versions.to(bound(version)));
  }

  /** Ends with the last version that was committed at a moment or earlier. */
  public Changes to(Instant moment) {
    return new Changes(table, request, versions.to(ChangeRange.Bound.at(moment)));
  }

  /** Like {@link #to(Instant)}, from ISO 8601 text. */
  public Changes to(String moment) {
    return to(Timestamps.parse(moment));
  }

  /** The changes of a range that was found before. */
  Changes of(ChangeRange range) {
    return new Changes(table, request, new Versions(null, null, null, range));
  }

  /** Like {@link #follow(Duration)}, looking for new versions every second. */
  public ChangeFollower follow() {
    return follow(POLL_EVERY);
  }

  /**
   * Hands out the changes version by version, those to come too. Without {@link #from(long) from}
   * it begins with the next version.
   *
   * @param pollEvery how long to wait before looking for new versions again; more than zero
   * @throws InvalidRequestException if the beginning lies behind the next version or is not in the
   *     log any more, if {@link #to(long) to} was given, or if the position belongs to another
   *     table
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public ChangeFollower follow(Duration pollEvery) {
    if (pollEvery.isZero() || pollEvery.isNegative() || versions.to() != null) {
      throw new InvalidRequestException(
          table.table()
              + ": changes are followed without to(), and looked for again after more than no time.");
    }
    LogSnapshot latest = latest();
    ChangeRange.Bound from = versions.from();
    long first = latest.version() + 1;
    if (from != null) {
      Instant since = from.moment();
      if (since == null) {
        first = from.version();
      } else if (since.toEpochMilli() <= latest.timestampMillis()) {
        first = new TimeTravel(table.log()).firstSince(since, latest);
      }
    }
    if (first > latest.version() + 1) {
      throw new InvalidRequestException(
          table.table()
              + ": changes cannot be followed from version "
              + first
              + " on: the newest is version "
              + latest.version()
              + ".");
    }
    LogSnapshot at = first < latest.version() ? new TimeTravel(table.log()).at(first) : latest;
    return new ChangeFollower(table, this, pollEvery, at.metadata(), first - 1);
  }

  /** The newest version, of the table that the position belongs to. */
  private LogSnapshot latest() {
    LogSnapshot latest = table.latest();
    String id = versions.tableId();
    if (id != null && !id.equals(latest.metadata().id())) {
      throw new InvalidRequestException(
          table.table()
              + ": the position belongs to another table ("
              + id
              + "), which was here before. Begin anew, at a version of this one.");
    }
    return latest;
  }

  @Override
  Opened open() {
    ChangeRange.Bound from = versions.from();
    if (versions.settled() != null) {
      return opened(table, versions.settled());
    }
    if (from == null) {
      throw new InvalidRequestException(
          table.table() + ": say with from() at which version the changes begin.");
    }
    return opened(table, ChangeRange.of(table, latest(), from, versions.to()));
  }

  private static Opened opened(TableContext table, ChangeRange range) {
    return new Opened() {
      @Override
      public long version() {
        return range.last();
      }

      @Override
      public StructType schema() {
        return ChangeRun.columns(range);
      }

      @Override
      public <B> BatchRun<B> run(
          ScanRequest narrowed,
          BufferAllocator own,
          ScanCounters counters,
          Function<StructType, BatchForm<B>> form) {
        return new ChangeRun<>(
            range, table.log().store(), narrowed, own, table.runtime().workers(), counters, form);
      }
    };
  }

  @Override
  public String toString() {
    return "Changes[" + table.table() + ", from " + versions.from() + ", to " + versions.to() + "]";
  }
}
