package io.neuralake.lock;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/** Counts and times in a registry; names and tags are documented in the guide to lock providers. */
record MicrometerLockMetrics(MeterRegistry registry) implements LockMetrics {

  @Override
  public void commitTried(String elector, Duration took, String outcome) {
    registry.timer("neuralake.commit.elector", "elector", elector, "outcome", outcome).record(took);
  }

  @Override
  public void commitRetried(String rule) {
    registry.counter("neuralake.commit.retries", "rule", rule).increment();
  }

  @Override
  public void recovered(String elector) {
    registry.counter("neuralake.commit.recoveries", "elector", elector).increment();
  }

  @Override
  public void leaseAsked(Duration took, boolean granted) {
    registry.timer("neuralake.lease.acquire", "granted", Boolean.toString(granted)).record(took);
  }

  @Override
  public void leaseTakenOver() {
    registry.counter("neuralake.lease.takeovers").increment();
  }

  @Override
  public void leaseLost() {
    registry.counter("neuralake.lease.lost").increment();
  }
}
