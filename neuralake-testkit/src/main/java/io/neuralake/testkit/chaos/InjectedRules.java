package io.neuralake.testkit.chaos;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The rules and plans of a proxy. Each sees every request; the first that chooses it has its way,
 * rules before plans.
 */
final class InjectedRules {
  private final List<InjectedRule> rules = new CopyOnWriteArrayList<>();
  private final List<InjectedPlan> plans = new CopyOnWriteArrayList<>();
  private final AtomicLong injected = new AtomicLong();

  InjectedRule add(Rule rule) {
    InjectedRule added = new InjectedRule(rule);
    rules.add(added);
    return added;
  }

  InjectedPlan add(FaultPlan plan) {
    InjectedPlan added = new InjectedPlan(plan);
    plans.add(added);
    return added;
  }

  void clear() {
    rules.clear();
    plans.clear();
  }

  void resetCount() {
    injected.set(0);
  }

  long injected() {
    return injected.get();
  }

  Optional<Fault> choose(String method, String target) {
    Optional<Fault> chosen = Optional.empty();
    for (InjectedRule rule : rules) {
      if (rule.chooses(method, target) && chosen.isEmpty()) {
        chosen = Optional.of(rule.fire());
      }
    }
    for (InjectedPlan plan : plans) {
      if (chosen.isEmpty()) {
        chosen = plan.next(method, target).map(Fault::of);
      }
    }
    if (chosen.isPresent()) {
      injected.incrementAndGet();
    }
    return chosen;
  }
}
