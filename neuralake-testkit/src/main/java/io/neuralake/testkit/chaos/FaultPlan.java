package io.neuralake.testkit.chaos;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The rules of a proxy. Every rule sees every request; the first that chooses it has its way. */
final class FaultPlan {
  private final List<InjectedRule> rules = new CopyOnWriteArrayList<>();
  private final AtomicLong injected = new AtomicLong();

  InjectedRule add(Rule rule) {
    InjectedRule added = new InjectedRule(rule);
    rules.add(added);
    return added;
  }

  void clear() {
    rules.clear();
  }

  void resetCount() {
    injected.set(0);
  }

  long injected() {
    return injected.get();
  }

  Optional<Fault> choose(String method, String target) {
    InjectedRule chosen = null;
    for (InjectedRule rule : rules) {
      if (rule.chooses(method, target) && chosen == null) {
        chosen = rule;
      }
    }
    if (chosen == null) {
      return Optional.empty();
    }
    injected.incrementAndGet();
    return Optional.of(chosen.fire());
  }
}
