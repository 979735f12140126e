package io.neuralake.testkit.history;

import io.neuralake.testkit.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history of appends to lists and reads of lists is strictly serializable:
 * whether the operations, each at one moment between question and answer, could have happened one
 * by one. After K. Kingsbury, P. Alvaro: "Elle: Inferring Isolation Anomalies from Experimental
 * Observations", VLDB 2020: values are unique, so reads tell the order of appends, and operations
 * that depend on each other in a circle are a proof to the contrary.
 *
 * <p>The answer is exact for whole histories, in time that grows with the number of operations and
 * reads, not with that of possible orders.
 */
public final class StrictSerializability {
  private final List<Operation> history;
  private final Map<String, Map<Long, Operation>> writers = new HashMap<>();

  /** By key, the longest list that was read: the order of its appends. */
  private final Map<String, List<Long>> orders = new LinkedHashMap<>();

  private final DependencyGraph graph = new DependencyGraph();

  private StrictSerializability(List<Operation> history) {
    this.history = history;
  }

  /**
   * Checks a history.
   *
   * @throws IllegalArgumentException if a value is appended twice to a list
   */
  public static Verdict check(List<Operation> history) {
    return new StrictSerializability(history).verdict();
  }

  private Verdict verdict() {
    index();
    Verdict broken = reads();
    if (broken == null) {
      broken = interrupted();
    }
    if (broken != null) {
      return broken;
    }
    edges();
    return graph
        .shortestCycle()
        .map(cycle -> verdict(cycle.anomaly(), cycle.explanation(), cycle.operations()))
        .orElseGet(() -> verdict("", List.of(), List.of()));
  }

  private Verdict verdict(String anomaly, List<String> explanation, List<Operation> operations) {
    return new Verdict(history.size(), anomaly, explanation, operations);
  }

  private void index() {
    for (Operation operation : history) {
      for (Step step : operation.steps()) {
        if (step instanceof Step.Append append
            && writers
                    .computeIfAbsent(append.key(), k -> new HashMap<>())
                    .put(append.value(), operation)
                != null) {
          throw new IllegalArgumentException(
              append.value() + " is appended to " + append.key() + " twice");
        }
      }
    }
  }

  private @Nullable Operation writer(String key, long value) {
    Map<Long, Operation> ofKey = writers.get(key);
    return ofKey == null ? null : ofKey.get(value);
  }

  // ---- reads that cannot be right, whatever the order

  private @Nullable Verdict reads() {
    for (Operation operation : history) {
      if (operation.outcome() != Outcome.OK) {
        continue;
      }
      Map<String, List<Long>> known = new HashMap<>();
      Map<String, List<Long>> own = new HashMap<>();
      for (Step step : operation.steps()) {
        Verdict wrong =
            step instanceof Step.Read read
                ? read(operation, read, known, own)
                : appended((Step.Append) step, known, own);
        if (wrong != null) {
          return wrong;
        }
      }
    }
    return null;
  }

  private static @Nullable Verdict appended(
      Step.Append append, Map<String, List<Long>> known, Map<String, List<Long>> own) {
    own.computeIfAbsent(append.key(), k -> new ArrayList<>()).add(append.value());
    known.computeIfPresent(append.key(), (k, list) -> with(list, append.value()));
    return null;
  }

  private static List<Long> with(List<Long> list, long value) {
    List<Long> longer = new ArrayList<>(list);
    longer.add(value);
    return longer;
  }

  private @Nullable Verdict read(
      Operation operation,
      Step.Read read,
      Map<String, List<Long>> known,
      Map<String, List<Long>> own) {
    String key = read.key();
    List<Long> values = read.values();
    if (new HashSet<>(values).size() < values.size()) {
      return verdict(
          "a value is there twice",
          List.of(operation + " sees a value twice: an append took effect more than once"),
          List.of(operation));
    }
    List<Long> mine = own.getOrDefault(key, List.of());
    List<Long> expected = known.get(key);
    boolean consistent =
        (expected == null ? endsWith(values, mine) : expected.equals(values))
            && values.stream().filter(v -> operation.equals(writer(key, v))).count() == mine.size();
    if (!consistent) {
      return verdict(
          "an operation contradicts itself",
          List.of(operation + " does not see what it has read or appended itself"),
          List.of(operation));
    }
    for (long value : values) {
      Operation writer = writer(key, value);
      if (writer == null || writer.outcome() == Outcome.FAIL) {
        return verdict(
            writer == null ? "a value that nobody wrote" : "a read of what has failed",
            List.of(
                operation
                    + " sees "
                    + value
                    + (writer == null ? ", which nobody appended" : ", which failed: " + writer)),
            writer == null ? List.of(operation) : List.of(operation, writer));
      }
    }
    known.put(key, values);
    return order(operation, key, values.subList(0, values.size() - mine.size()));
  }

  private static boolean endsWith(List<Long> values, List<Long> end) {
    return values.size() >= end.size()
        && values.subList(values.size() - end.size(), values.size()).equals(end);
  }

  private @Nullable Verdict order(Operation operation, String key, List<Long> values) {
    List<Long> longest = orders.getOrDefault(key, List.of());
    int common = Math.min(longest.size(), values.size());
    if (!longest.subList(0, common).equals(values.subList(0, common))) {
      Operation other = readerOf(key, longest);
      return verdict(
          "two orders of the same list",
          List.of(
              operation + " and " + other,
              "saw lists of which neither is the beginning of the other: an append was lost, or"
                  + " undone"),
          List.of(operation, other));
    }
    if (values.size() > longest.size()) {
      orders.put(key, values);
    }
    return null;
  }

  private Operation readerOf(String key, List<Long> values) {
    return history.stream()
        .filter(operation -> operation.outcome() == Outcome.OK)
        .filter(
            operation ->
                operation.steps().stream()
                    .anyMatch(
                        step ->
                            step instanceof Step.Read read
                                && read.key().equals(key)
                                && startsWith(read.values(), values)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean startsWith(List<Long> values, List<Long> begin) {
    return values.size() >= begin.size() && values.subList(0, begin.size()).equals(begin);
  }

  /** Appends of one operation to one list stand together, and nobody sees a part of them. */
  private @Nullable Verdict interrupted() {
    for (Operation operation : history) {
      Map<String, List<Long>> own = new HashMap<>();
      for (Step step : operation.steps()) {
        if (step instanceof Step.Append append) {
          own.computeIfAbsent(append.key(), k -> new ArrayList<>()).add(append.value());
        }
      }
      for (Map.Entry<String, List<Long>> appends : own.entrySet()) {
        List<Long> order = orders.getOrDefault(appends.getKey(), List.of());
        int first = order.indexOf(appends.getValue().get(0));
        int count = appends.getValue().size();
        boolean none = appends.getValue().stream().noneMatch(order::contains);
        boolean together =
            first >= 0
                && first + count <= order.size()
                && order.subList(first, first + count).equals(appends.getValue());
        Operation half = together ? partlySeenBy(operation, appends.getKey(), first, count) : null;
        if (!none && (!together || half != null)) {
          return verdict(
              "a part of an operation is visible",
              List.of(
                  "of " + operation,
                  (half == null ? "readers" : half.toString())
                      + " saw some appends to "
                      + appends.getKey()
                      + " and not the others, or others between them"),
              half == null ? List.of(operation) : List.of(operation, half));
        }
      }
    }
    return null;
  }

  private @Nullable Operation partlySeenBy(Operation writer, String key, int first, int count) {
    for (Operation operation : history) {
      if (operation.equals(writer) || operation.outcome() != Outcome.OK) {
        continue;
      }
      for (Step step : operation.steps()) {
        if (step instanceof Step.Read read
            && read.key().equals(key)
            && read.values().size() > first
            && read.values().size() < first + count) {
          return operation;
        }
      }
    }
    return null;
  }

  // ---- what depends on what

  private void edges() {
    Set<Operation> effective = new HashSet<>();
    for (Operation operation : history) {
      if (operation.outcome() == Outcome.OK || observed(operation)) {
        effective.add(operation);
        graph.add(operation);
      }
    }
    Map<String, List<Operation>> unseen = new HashMap<>();
    for (Operation operation : effective) {
      for (Step step : operation.steps()) {
        if (step instanceof Step.Append append
            && !orders.getOrDefault(append.key(), List.of()).contains(append.value())) {
          unseen.computeIfAbsent(append.key(), k -> new ArrayList<>()).add(operation);
        }
      }
    }
    orders.forEach((key, order) -> writes(key, order, unseen.getOrDefault(key, List.of())));
    for (Operation operation : effective) {
      for (Step step : operation.steps()) {
        if (step instanceof Step.Read read && operation.outcome() == Outcome.OK) {
          read(operation, read, unseen.getOrDefault(read.key(), List.of()));
        }
      }
    }
  }

  private boolean observed(Operation operation) {
    return operation.outcome() == Outcome.UNKNOWN
        && operation.steps().stream()
            .anyMatch(
                step ->
                    step instanceof Step.Append append
                        && orders.getOrDefault(append.key(), List.of()).contains(append.value()));
  }

  private void writes(String key, List<Long> order, List<Operation> unseen) {
    for (int i = 0; i + 1 < order.size(); i++) {
      Operation one = writerOf(key, order.get(i));
      Operation next = writerOf(key, order.get(i + 1));
      graph.edge(
          one,
          next,
          DependencyGraph.Kind.WW,
          "appended " + order.get(i) + " to " + key + ", and behind it came " + order.get(i + 1));
    }
    if (!order.isEmpty()) {
      long last = order.get(order.size() - 1);
      for (Operation later : unseen) {
        graph.edge(
            writerOf(key, last),
            later,
            DependencyGraph.Kind.UNSEEN,
            "appended " + last + " to " + key + ", the last that is ever seen, so before");
      }
    }
  }

  private Operation writerOf(String key, long value) {
    Operation writer = writer(key, value);
    if (writer == null) {
      throw new IllegalStateException("nobody appended " + value + " to " + key);
    }
    return writer;
  }

  private void read(Operation reader, Step.Read read, List<Operation> unseen) {
    List<Long> values = read.values();
    List<Long> order = orders.getOrDefault(read.key(), List.of());
    int external = values.size();
    while (external > 0 && reader.equals(writerOf(read.key(), values.get(external - 1)))) {
      external--;
    }
    if (external > 0) {
      long last = values.get(external - 1);
      graph.edge(
          writerOf(read.key(), last),
          reader,
          DependencyGraph.Kind.WR,
          "appended " + last + " to " + read.key() + ", which is read by");
    }
    String seen = "read " + read.key() + " as " + values + ", before ";
    if (external < order.size()) {
      long next = order.get(external);
      graph.edge(
          reader,
          writerOf(read.key(), next),
          DependencyGraph.Kind.RW,
          seen + next + " was appended by");
    } else {
      unseen.forEach(
          writer ->
              graph.edge(
                  reader, writer, DependencyGraph.Kind.RW, seen + "something was appended by"));
    }
  }
}
