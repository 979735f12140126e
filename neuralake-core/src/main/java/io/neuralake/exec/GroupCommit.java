package io.neuralake.exec;

import io.neuralake.error.InvalidRequestException;
import java.time.Duration;

/**
 * How concurrent appends of one lake to one table share versions. While one commit is under way,
 * the appends that are ready meanwhile queue up and go together in the next one: a version for all
 * of them, and one request instead of many that race. Each caller gets its own result; rows that do
 * not fit fail their own caller only. Immutable.
 *
 * <p>Appends that change the schema, or differ in user metadata, do not share a version.
 *
 * @param maxAppends most appends in a version; 1 gives each append a version of its own
 * @param linger how long an append that could go at once waits for others; it goes earlier when
 *     {@code maxAppends} are there
 */
public record GroupCommit(int maxAppends, Duration linger) {

  public GroupCommit {
    if (maxAppends < 1 || linger.isNegative()) {
      throw new InvalidRequestException(
          "Group commit needs maxAppends >= 1 and linger >= 0, but maxAppends is "
              + maxAppends
              + " and linger "
              + linger
              + ".");
    }
  }

  /** At most 256 appends, no linger: a lone append never waits. */
  public static GroupCommit ofDefaults() {
    return new GroupCommit(256, Duration.ZERO);
  }

  /** A version for each append. */
  public static GroupCommit off() {
    return new GroupCommit(1, Duration.ZERO);
  }

  public GroupCommit withMaxAppends(int appends) {
    return new GroupCommit(appends, linger);
  }

  public GroupCommit withLinger(Duration time) {
    return new GroupCommit(maxAppends, time);
  }
}
