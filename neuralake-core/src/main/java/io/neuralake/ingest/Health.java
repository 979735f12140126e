package io.neuralake.ingest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a {@link TableService} is.
 *
 * @param storageReachable whether the table's log can be read
 * @param tableWritable whether the table is one that neuralake can write; false if it cannot be
 *     read
 * @param lag how long the oldest row has been waiting that a watched writer has not committed
 * @param loops its pieces of work
 */
public record Health(
    boolean storageReachable, boolean tableWritable, Duration lag, List<Loop> loops) {

  /** What a piece of work is doing. */
  public enum State {
    /** It waits for its time. */
    WAITING,
    /** It is at it. */
    RUNNING,
    /** Another process holds the lease. */
    STANDBY,
    /** It has failed, and will be tried again. */
    FAILING,
    /** It has ended, or the service was stopped. */
    ENDED
  }

  /**
   * A piece of work.
   *
   * @param name such as {@code compactor}
   * @param state what it is doing
   * @param failures how often in a row it has failed
   * @param lastSuccess when it last went well
   * @param lastFailure what it last failed with
   */
  public record Loop(
      String name,
      State state,
      int failures,
      Optional<Instant> lastSuccess,
      Optional<String> lastFailure) {}

  public Health {
    loops = List.copyOf(loops);
  }

  /** Whether the table is there and writable, and nothing keeps failing. */
  public boolean ok() {
    return storageReachable && tableWritable && loops.stream().noneMatch(l -> l.failures() > 2);
  }
}
