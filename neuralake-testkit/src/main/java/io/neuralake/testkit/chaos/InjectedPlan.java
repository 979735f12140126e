package io.neuralake.testkit.chaos;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A {@link FaultPlan} at work, with what it has counted. Thread-safe. */
public final class InjectedPlan {
  private final FaultPlan plan;
  private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Map<Trouble, AtomicLong> injected = new ConcurrentHashMap<>();

  /** A fate of a call; how long it waits first. */
  record Injected(Trouble trouble, Duration delay) {}

  InjectedPlan(FaultPlan plan) {
    this.plan = plan;
  }

  /** Counts a call and decides its fate. */
  Optional<Injected> next(String call, String about) {
    if (!plan.means(call, about)) {
      return Optional.empty();
    }
    long ordinal = calls.computeIfAbsent(call, c -> new AtomicLong()).incrementAndGet();
    Optional<Injected> fate = plan.fate(call, ordinal);
    fate.ifPresent(
        f -> injected.computeIfAbsent(f.trouble(), t -> new AtomicLong()).incrementAndGet());
    return fate;
  }

  /**
   * Returns the plan.
   *
   * @return what was injected
   */
  public FaultPlan plan() {
    return plan;
  }

  /**
   * Returns how many calls it decided on.
   *
   * @return the number so far
   */
  public long calls() {
    return calls.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /**
   * Returns how much trouble it made.
   *
   * @return the number of each kind that came
   */
  public Map<Trouble, Long> faults() {
    Map<Trouble, Long> faults = new EnumMap<>(Trouble.class);
    injected.forEach((trouble, number) -> faults.put(trouble, number.get()));
    return faults;
  }

  @Override
  public String toString() {
    return plan + " [calls " + calls() + ", faults " + faults() + "]";
  }
}
