package io.neuralake.testkit.chaos;

import io.neuralake.exec.Sleeper;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Time that passes only when a test says so, or when someone sleeps: whoever sleeps moves the clock
 * and goes on at once.
 *
 * <pre>{@code
 * VirtualClock time = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
 * NeuralLake lake = NeuralLake.builder().clock(time).sleeper(time).build();
 * time.advance(Duration.ofDays(8)); // a retention is over
 * HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(server, time); // its delays are such sleeps
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class VirtualClock extends Clock implements Sleeper, Delayer {
  private final List<Duration> sleeps = new ArrayList<>();
  private Instant now;

  /**
   * Makes a clock that stands.
   *
   * @param start what it shows
   */
  public VirtualClock(Instant start) {
    now = start;
  }

  /**
   * Moves the clock.
   *
   * @param time how far; back if negative, as real clocks do at times
   */
  public synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  /**
   * Returns how long others have slept.
   *
   * @return each sleep in order; an immutable copy
   */
  public synchronized List<Duration> sleeps() {
    return List.copyOf(sleeps);
  }

  @Override
  public synchronized void sleep(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before a virtual sleep of " + duration);
    }
    sleeps.add(duration);
    advance(duration);
  }

  @Override
  public void await(Duration duration) throws InterruptedException {
    sleep(duration);
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return new InZone(zone);
  }

  /** The same time elsewhere. */
  private final class InZone extends Clock {
    private final ZoneId zone;

    InZone(ZoneId zone) {
      this.zone = zone;
    }

    @Override
    public Instant instant() {
      return VirtualClock.this.instant();
    }

    @Override
    public ZoneId getZone() {
      return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
      return VirtualClock.this.withZone(other);
    }
  }
}
