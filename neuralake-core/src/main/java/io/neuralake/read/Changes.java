package io.neuralake.read;

import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.plan.BatchForm;
import io.neuralake.internal.plan.BatchRun;
import io.neuralake.internal.plan.ChangeRange;
import io.neuralake.internal.plan.ChangeRun;
import io.neuralake.internal.plan.ScanCounters;
import io.neuralake.internal.plan.ScanRequest;
import io.neuralake.internal.plan.Timestamps;
import io.neuralake.internal.txn.TableContext;
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

  private final ChangeRange.@Nullable Bound from;
  private final ChangeRange.@Nullable Bound to;

  private Changes(
      TableContext table,
      ScanRequest request,
      ChangeRange.@Nullable Bound from,
      ChangeRange.@Nullable Bound to) {
    super(table, request);
    this.from = from;
    this.to = to;
  }

  /** For {@code NeuralTable}. */
  public Changes(TableContext table) {
    this(table, ScanRequest.ALL, null, null);
  }

  @Override
  Changes with(ScanRequest changed) {
    return new Changes(table, changed, from, to);
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
    return new Changes(table, request, bound(version), to);
  }

  /** Begins with the first version that was committed at a moment or later. */
  public Changes from(Instant moment) {
    return new Changes(table, request, ChangeRange.Bound.at(moment), to);
  }

  /**
   * Like {@link #from(Instant)}, from ISO 8601 text; {@code NeuralTable.asOf(String)} says how it
   * is read.
   */
  public Changes from(String moment) {
    return from(Timestamps.parse(moment));
  }

  /** The last version whose changes are wanted; the newest at the time of reading if none is. */
  public Changes to(long version) {
    return new Changes(table, request, from, bound(version));
  }

  /** Ends with the last version that was committed at a moment or earlier. */
  public Changes to(Instant moment) {
    return new Changes(table, request, from, ChangeRange.Bound.at(moment));
  }

  /** Like {@link #to(Instant)}, from ISO 8601 text. */
  public Changes to(String moment) {
    return to(Timestamps.parse(moment));
  }

  @Override
  Opened open() {
    if (from == null) {
      throw new InvalidRequestException(
          table.table() + ": say with from() at which version the changes begin.");
    }
    return opened(table, ChangeRange.of(table, from, to));
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
    return "Changes[" + table.table() + ", from " + from + ", to " + to + "]";
  }
}
