package io.neuralake.lock;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * Is told what electors and leases do; {@code NeuralLake.Builder.meterRegistry} gives one that
 * counts in Micrometer. Implementations are thread-safe, quick, and throw nothing.
 */
public interface LockMetrics {

  /** Tells nobody. */
  static LockMetrics none() {
    return new LockMetrics() {};
  }

  /**
   * Counts and times in a registry of Micrometer, which the application brings: {@code
   * neuralake.commit.elector} (timer; {@code elector}, {@code outcome}), {@code
   * neuralake.commit.retries} ({@code rule}), {@code neuralake.commit.recoveries} ({@code
   * elector}), {@code neuralake.lease.acquire} (timer; {@code granted}), {@code
   * neuralake.lease.takeovers} and {@code neuralake.lease.lost}.
   */
  static LockMetrics in(MeterRegistry registry) {
    return new MicrometerLockMetrics(registry);
  }

  /**
   * An elector was asked for a version.
   *
   * @param outcome {@code won}, {@code taken} or {@code unknown}
   */
  default void commitTried(String elector, Duration took, String outcome) {}

  /**
   * A commit lost against another and goes on.
   *
   * @param rule {@code rebased} where it was moved onto the winner; else the conflict rule by which
   *     it was planned again
   */
  default void commitRetried(String rule) {}

  /** A commit that another writer had left half done was completed. */
  default void recovered(String elector) {}

  /** A lease was asked for. */
  default void leaseAsked(Duration took, boolean granted) {}

  /** A lease was taken over from a holder that had not released it. */
  default void leaseTakenOver() {}

  /** A lease was lost by its holder. */
  default void leaseLost() {}
}
