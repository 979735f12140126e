package io.neuralake.testkit.history;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a history could have happened one by one.
 *
 * @param operations how many operations were looked at
 * @param anomaly the kind of violation; empty if there is none
 * @param explanation the violation in words, a line per step of the shortest cycle; empty if there
 *     is none
 * @param cycle the operations of the shortest cycle, or those that are part of another violation
 */
public record Verdict(
    int operations, String anomaly, List<String> explanation, List<Operation> cycle) {

  public Verdict {
    explanation = List.copyOf(explanation);
    cycle = List.copyOf(cycle);
  }

  /** Whether the history is strictly serializable. */
  public boolean isStrictlySerializable() {
    return anomaly.isEmpty();
  }

  @Override
  public String toString() {
    if (isStrictlySerializable()) {
      return operations + " operations: strictly serializable";
    }
    return operations
        + " operations: not strictly serializable, "
        + anomaly
        + explanation.stream().map(line -> "\n  " + line).collect(Collectors.joining());
  }
}
