package io.neuralake.testkit.history;

import io.neuralake.testkit.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The definition itself: tries all orders, and with those of unknown outcome all choices. */
final class SerialOrders {
  private SerialOrders() {}

  static boolean exist(List<Operation> history) {
    return exist(
        new ArrayList<>(history.stream().filter(o -> o.outcome() != Outcome.FAIL).toList()),
        new HashMap<>());
  }

  private static boolean exist(List<Operation> left, Map<String, List<Long>> lists) {
    if (left.stream().allMatch(o -> o.outcome() == Outcome.UNKNOWN)) {
      return true; // they need not take effect
    }
    for (Operation next : left) {
      boolean inTime = left.stream().noneMatch(o -> o.returned() < next.invoked());
      Map<String, List<Long>> after = new HashMap<>(lists);
      if (inTime && takes(next, after)) {
        List<Operation> rest = new ArrayList<>(left);
        rest.remove(next);
        if (exist(rest, after)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean takes(Operation operation, Map<String, List<Long>> lists) {
    for (Step step : operation.steps()) {
      List<Long> list = lists.getOrDefault(step.key(), List.of());
      if (step instanceof Step.Append append) {
        List<Long> longer = new ArrayList<>(list);
        longer.add(append.value());
        lists.put(step.key(), longer);
      } else if (operation.outcome() == Outcome.OK && !((Step.Read) step).values().equals(list)) {
        return false;
      }
    }
    return true;
  }
}
