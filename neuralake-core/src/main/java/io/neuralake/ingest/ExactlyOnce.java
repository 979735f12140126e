package io.neuralake.ingest;

import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.write.Append;
import io.neuralake.write.CommitResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How a writer's batches are numbered, so that none is in the table twice, and an earlier process
 * of the same application adds nothing once a later one has begun.
 *
 * <p>A transaction's version is the number of the epoch, in the upper half, and that of the batch.
 * Each writer begins an epoch by a commit of its own, which only one can win; from then on batches
 * of earlier epochs count as recorded, and are left out. See ADR 22.
 */
final class ExactlyOnce {
  private static final int BATCH_BITS = 32;

  private final NeuralTable table;
  private final String appId;
  private final long epoch;
  private final Map<String, Long> accepted = new HashMap<>();

  private ExactlyOnce(NeuralTable table, String appId, long epoch) {
    this.table = table;
    this.appId = appId;
    this.epoch = epoch;
  }

  /** Begins an epoch. */
  static ExactlyOnce begin(NeuralTable table, String appId) {
    while (true) {
      long last = table.transactionVersion(appId).orElse(0);
      long epoch = (last >>> BATCH_BITS) + 1;
      CommitResult claim = table.append(List.of()).transaction(appId, epoch << BATCH_BITS).commit();
      if (claim.committed()) {
        return new ExactlyOnce(table, appId, epoch);
      }
    }
  }

  /** The newest position in the table of a source. */
  OptionalLong recorded(String source) {
    return table.transactionVersion(name(source));
  }

  private String name(String source) {
    return appId + "/" + source;
  }

  /** Refuses a position that does not come after the last. The writer's lock guards this. */
  void check(Position position) {
    Long last = accepted.get(position.source());
    if (last == null) {
      last = recorded(position.source()).orElse(-1);
      accepted.put(position.source(), last);
    }
    if (position.offset() <= last) {
      throw new InvalidRequestException(
          table.location()
              + ": rows of source '"
              + position.source()
              + "' up to "
              + last
              + " were handed in before, so those at "
              + position.offset()
              + " would be in the table twice. Go on after resumedAt().");
    }
  }

  void accept(Position position) {
    accepted.put(position.source(), position.offset());
  }

  Append number(Append append, StreamBatch<?> batch) {
    Append numbered = append.transaction(appId, version(batch));
    for (Map.Entry<String, Long> position : batch.positions().entrySet()) {
      numbered = numbered.progress(name(position.getKey()), position.getValue());
    }
    return numbered;
  }

  private long version(StreamBatch<?> batch) {
    return (epoch << BATCH_BITS) + batch.number;
  }

  /**
   * Makes sure that what was found recorded is this batch, by an earlier attempt of it.
   *
   * @throws CommitConflictException if a later writer has taken over
   */
  void requireOwn(StreamBatch<?> batch) {
    long recorded = table.transactionVersion(appId).orElse(-1);
    if (recorded != version(batch)) {
      throw new CommitConflictException(
          table.location()
              + ": another writer of application '"
              + appId
              + "' has taken over (epoch "
              + (recorded >>> BATCH_BITS)
              + " after "
              + epoch
              + "). This one writes nothing any more; the other goes on after the positions that"
              + " are recorded.");
    }
  }
}
