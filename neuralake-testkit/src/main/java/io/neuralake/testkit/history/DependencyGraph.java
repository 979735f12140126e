package io.neuralake.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which operations must have come before which, and why. */
final class DependencyGraph {

  /** Why one operation is before another. */
  enum Kind {
    /** Both append, the second behind the first. */
    WW,
    /** Both append, and nobody sees what the second does. */
    UNSEEN,
    /** The second reads what the first appends. */
    WR,
    /** The first does not read what the second appends. */
    RW,
    /** The first had returned when the second was invoked. */
    TIME
  }

  private record Edge(Operation from, Operation to, Kind kind, String why) {}

  /** Operations each of which must be before the next, and the last before the first. */
  record Cycle(String anomaly, List<String> explanation, List<Operation> operations) {}

  private final List<Operation> nodes = new ArrayList<>();
  private final Map<Operation, List<Edge>> edges = new HashMap<>();

  void add(Operation operation) {
    nodes.add(operation);
  }

  void edge(Operation from, Operation to, Kind kind, String why) {
    if (!from.equals(to)) {
      edges.computeIfAbsent(from, k -> new ArrayList<>()).add(new Edge(from, to, kind, why));
    }
  }

  /** The cycle with the fewest edges; among equals one with the fewest of real time. */
  Optional<Cycle> shortestCycle() {
    List<Operation> suspects = inCycles();
    List<Edge> best = List.of();
    for (Operation start : suspects) {
      List<Edge> found = cycleThrough(start, suspects);
      if (!found.isEmpty() && (best.isEmpty() || found.size() < best.size())) {
        best = found;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(explained(best));
  }

  /**
   * Operations that may be on a cycle: what is left when those that nothing left is before, or
   * behind, are taken away again and again.
   */
  private List<Operation> inCycles() {
    List<Operation> left = withoutFirst(nodes, this::successors);
    Map<Operation, List<Operation>> before = new HashMap<>();
    for (Operation from : left) {
      for (Operation to : successors(from)) {
        before.computeIfAbsent(to, k -> new ArrayList<>()).add(from);
      }
    }
    return withoutFirst(left, node -> before.getOrDefault(node, List.of()));
  }

  private static List<Operation> withoutFirst(
      List<Operation> of, Function<Operation, List<Operation>> next) {
    Map<Operation, Integer> waiting = new LinkedHashMap<>();
    of.forEach(node -> waiting.put(node, 0));
    of.forEach(
        node -> next.apply(node).forEach(to -> waiting.computeIfPresent(to, (k, n) -> n + 1)));
    Deque<Operation> free = new ArrayDeque<>();
    waiting.forEach(
        (node, count) -> {
          if (count == 0) {
            free.add(node);
          }
        });
    while (!free.isEmpty()) {
      Operation node = free.remove();
      waiting.remove(node);
      for (Operation to : next.apply(node)) {
        Integer count = waiting.computeIfPresent(to, (k, n) -> n - 1);
        if (count != null && count == 0) {
          free.add(to);
        }
      }
    }
    return new ArrayList<>(waiting.keySet());
  }

  private List<Operation> successors(Operation node) {
    List<Operation> next = new ArrayList<>();
    edges.getOrDefault(node, List.of()).forEach(edge -> next.add(edge.to()));
    if (node.returned() < Long.MAX_VALUE) {
      nodes.stream().filter(to -> to.invoked() > node.returned()).forEach(next::add);
    }
    return next;
  }

  /** Breadth first, so the first way back is a shortest. */
  private List<Edge> cycleThrough(Operation start, List<Operation> within) {
    Map<Operation, Edge> cameBy = new HashMap<>();
    Deque<Operation> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty()) {
      Operation node = queue.remove();
      List<Edge> out = new ArrayList<>(edges.getOrDefault(node, List.of()));
      within.stream()
          .filter(to -> to.invoked() > node.returned())
          .forEach(
              to -> out.add(new Edge(node, to, Kind.TIME, "had returned before the start of")));
      for (Edge edge : out) {
        if (edge.to().equals(start)) {
          List<Edge> path = new ArrayList<>(List.of(edge));
          for (Operation at = node; !at.equals(start); at = path.get(path.size() - 1).from()) {
            path.add(cameBy.get(at));
          }
          Collections.reverse(path);
          return path;
        }
        if (cameBy.putIfAbsent(edge.to(), edge) == null) {
          queue.add(edge.to());
        }
      }
    }
    return List.of();
  }

  private static Cycle explained(List<Edge> cycle) {
    List<String> lines = new ArrayList<>();
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Edge edge : cycle) {
      kinds.add(edge.kind());
      lines.add(edge.from() + " " + edge.why() + " " + edge.to());
    }
    lines.add("so each of them would be before itself");
    return new Cycle(anomaly(kinds), lines, cycle.stream().map(Edge::from).toList());
  }

  private static String anomaly(Set<Kind> kinds) {
    if (kinds.contains(Kind.UNSEEN)) {
      return "a lost append";
    }
    boolean late = kinds.contains(Kind.TIME);
    String name =
        kinds.contains(Kind.RW)
            ? (late ? "a stale read" : "operations that did not see each other")
            : kinds.contains(Kind.WR) ? "circular information" : "appends in two orders";
    return late && !kinds.contains(Kind.RW) ? name + ", against real time" : name;
  }
}
