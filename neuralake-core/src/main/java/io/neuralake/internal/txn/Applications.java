package io.neuralake.internal.txn;

import io.neuralake.internal.log.Action.SetTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far applications have come, as of one version of the table: of those only that were looked up
 * or seen in commits, the latest of them. Immutable.
 */
final class Applications {

  /** Nothing is known yet. */
  static final Applications UNKNOWN = new Applications(Map.of());

  private static final int MOST = 256;

  /** Least recently seen first. */
  private final Map<String, Progress> known;

  private Applications(Map<String, Progress> known) {
    this.known = known;
  }

  /**
   * Progress of one application.
   *
   * @param latest its newest transaction, null if there is none
   * @param version the version that recorded it, or, if that is not known, a later one
   */
  record Progress(@Nullable SetTransaction latest, long version) {

    /** The newest transaction, unless the table has no use for it any more. */
    Optional<SetTransaction> latest(Optional<Duration> retention, Instant now) {
      return Optional.ofNullable(latest)
          .filter(txn -> retention.isEmpty() || age(txn, now).compareTo(retention.get()) < 0);
    }

    /** One that does not say counts as the oldest, as it does for Spark. */
    private static Duration age(SetTransaction txn, Instant now) {
      return txn.lastUpdated() == null
          ? Duration.ofSeconds(Long.MAX_VALUE)
          : Duration.between(Instant.ofEpochMilli(txn.lastUpdated()), now);
    }
  }

  /** Progress of an application, null if it is not known. */
  @Nullable Progress of(String appId) {
    return known.get(appId);
  }

  Applications with(String appId, Progress progress) {
    return with(Map.of(appId, progress));
  }

  /** What is known after a version that recorded these transactions. */
  Applications after(long version, Collection<SetTransaction> recorded) {
    if (recorded.isEmpty()) {
      return this;
    }
    Map<String, Progress> more = new LinkedHashMap<>();
    recorded.forEach(txn -> more.put(txn.appId(), new Progress(txn, version)));
    return with(more);
  }

  private Applications with(Map<String, Progress> more) {
    Map<String, Progress> next = new LinkedHashMap<>(known);
    more.keySet().forEach(next::remove);
    next.putAll(more);
    var oldest = next.keySet().iterator();
    while (next.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
    return new Applications(next);
  }
}
