package io.neuralake.exec;

import io.neuralake.error.InvalidRequestException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How a commit that lost against another writer tries again: exponential backoff with full jitter
 * ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015), until a deadline. Immutable.
 *
 * @param baseDelay upper bound of the first pause; default 10 ms
 * @param maxDelay upper bound of any pause; default 2 s
 * @param deadline time from the first attempt after which no further one begins; default 5 min
 * @param maxReplans how often a whole operation is planned again after a conflict that rebasing
 *     cannot settle; default 20
 */
public record RetryPolicy(
    Duration baseDelay, Duration maxDelay, Duration deadline, int maxReplans) {

  private static final Duration LONGEST_DELAY = Duration.ofDays(365);

  public RetryPolicy {
    if (baseDelay.isNegative() || maxDelay.compareTo(baseDelay) < 0 || deadline.isNegative()) {
      throw new InvalidRequestException(
          "A retry policy needs 0 <= baseDelay <= maxDelay and deadline >= 0, but baseDelay is "
              + baseDelay
              + ", maxDelay "
              + maxDelay
              + " and deadline "
              + deadline
              + ".");
    }
    if (maxReplans < 0) {
      throw new InvalidRequestException(
          "A retry policy needs maxReplans >= 0, but it is " + maxReplans + ".");
    }
  }

  /** 10 ms, 2 s, 5 min, 20. */
  public static RetryPolicy ofDefaults() {
    return new RetryPolicy(Duration.ofMillis(10), Duration.ofSeconds(2), Duration.ofMinutes(5), 20);
  }

  public RetryPolicy withDeadline(Duration newDeadline) {
    return new RetryPolicy(baseDelay, maxDelay, newDeadline, maxReplans);
  }

  public RetryPolicy withDelays(Duration newBase, Duration newMax) {
    return new RetryPolicy(newBase, newMax, deadline, maxReplans);
  }

  /**
   * The pause before the next attempt: uniform in [0, min(maxDelay, baseDelay * 2^failures)].
   *
   * @param failures attempts that failed so far, less one
   */
  public Duration pause(int failures, RandomGenerator random) {
    long cap = nanos(maxDelay);
    long bound = nanos(baseDelay);
    for (int i = 0; i < failures && bound < cap; i++) {
      bound *= 2;
    }
    bound = Math.min(bound, cap);
    return bound == 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(bound + 1));
  }

  /** Far below what doubling overflows at: no pause of a year is worth the difference. */
  private static long nanos(Duration delay) {
    return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY.toNanos() : delay.toNanos();
  }
}
