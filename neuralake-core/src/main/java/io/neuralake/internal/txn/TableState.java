package io.neuralake.internal.txn;

import io.neuralake.internal.log.CommitContent;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.meta.TableProtocol;
import org.jspecify.annotations.Nullable;

/**
 * What a writer must know of the newest version that it has seen: enough to try the next one
 * without reading the log. Immutable.
 *
 * @param version the version; -1 before the table exists
 * @param protocol the protocol, null before the table exists
 * @param metadata the metadata, null before the table exists
 * @param lastInCommitTimestamp of that version, -1 where there is none
 * @param rowIdHighWaterMark the highest row id given out, -1 without row tracking
 * @param applications what is known of applications' progress at that version
 */
public record TableState(
    long version,
    @Nullable TableProtocol protocol,
    @Nullable TableMetadata metadata,
    long lastInCommitTimestamp,
    long rowIdHighWaterMark,
    Applications applications) {

  /** No table yet. */
  public static final TableState ABSENT =
      new TableState(-1, null, null, -1, -1, Applications.UNKNOWN);

  /** The state of a snapshot; reads the log only where the table's features call for it. */
  public static TableState of(LogSnapshot snapshot) {
    TableMetadata metadata = snapshot.metadata();
    long ict =
        Features.inCommitTimestamps(snapshot.protocol(), metadata)
            ? snapshot.timestampMillis()
            : -1;
    long highWaterMark =
        Features.rowTracking(snapshot.protocol())
            ? RowTracking.highWaterMark(snapshot.domains().get(RowTracking.DOMAIN))
            : -1;
    return new TableState(
        snapshot.version(),
        snapshot.protocol(),
        metadata,
        ict,
        highWaterMark,
        Applications.UNKNOWN);
  }

  /** The state after a commit that follows this one. */
  TableState after(CommitContent commit) {
    Long ict = commit.info() == null ? null : commit.info().inCommitTimestamp();
    long highWaterMark =
        commit.domains().containsKey(RowTracking.DOMAIN)
            ? RowTracking.highWaterMark(commit.domains().get(RowTracking.DOMAIN))
            : rowIdHighWaterMark;
    return new TableState(
        commit.version(),
        commit.protocol() == null ? protocol : commit.protocol(),
        commit.metadata() == null ? metadata : commit.metadata(),
        ict == null ? lastInCommitTimestamp : ict,
        highWaterMark,
        applications.after(commit.version(), commit.transactions().values()));
  }

  /** The same state with the progress of one application known. */
  TableState knowing(String appId, Applications.Progress progress) {
    return new TableState(
        version,
        protocol,
        metadata,
        lastInCommitTimestamp,
        rowIdHighWaterMark,
        applications.with(appId, progress));
  }

  /** Whether the table exists. */
  public boolean exists() {
    return version >= 0;
  }

  /** The metadata of a table that exists. */
  public TableMetadata requireMetadata() {
    if (metadata == null) {
      throw new IllegalStateException("There is no table yet.");
    }
    return metadata;
  }

  /** The protocol of a table that exists. */
  public TableProtocol requireProtocol() {
    if (protocol == null) {
      throw new IllegalStateException("There is no table yet.");
    }
    return protocol;
  }
}
