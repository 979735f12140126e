package io.neuralake.testkit.chaos;

import java.util.concurrent.atomic.AtomicLong;

/** A rule at work in a proxy, with what it has counted. Thread-safe. */
public final class InjectedRule {
  private final Rule rule;
  private final AtomicLong matched = new AtomicLong();
  private final AtomicLong injected = new AtomicLong();

  InjectedRule(Rule rule) {
    this.rule = rule;
  }

  /**
   * Returns the rule.
   *
   * @return what was injected
   */
  public Rule rule() {
    return rule;
  }

  /**
   * Returns how many requests matched, whether they were chosen or not.
   *
   * @return the number since injection
   */
  public long matched() {
    return matched.get();
  }

  /**
   * Returns how many faults this rule caused.
   *
   * @return the number since injection
   */
  public long injected() {
    return injected.get();
  }

  /** Counts a request that matches and says whether the rule chooses it. */
  boolean chooses(String method, String target) {
    return rule.matches(method, target) && rule.selects(matched.incrementAndGet());
  }

  Fault fire() {
    long ordinal = injected.incrementAndGet();
    return rule.fault() instanceof Fault.Jitter jitter ? jitter.at(ordinal) : rule.fault();
  }

  @Override
  public String toString() {
    return rule + " [matched " + matched + ", injected " + injected + "]";
  }
}
