package io.neuralake.testkit.history;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a client asked for and what came of it.
 *
 * @param id counts the operations of a history
 * @param client who asked
 * @param steps what took effect together; of {@link Outcome#OK} with what was read
 * @param outcome what the client was told
 * @param invoked moment of the question, on the history's own clock
 * @param returned moment of the answer; {@link Long#MAX_VALUE} if there was none
 */
public record Operation(
    int id, String client, List<Step> steps, Outcome outcome, long invoked, long returned) {

  /** What a client knows. */
  public enum Outcome {
    /** It took effect, once, between question and answer. */
    OK,
    /** It has not taken effect and never will. */
    FAIL,
    /** It may have taken effect, or do so at any time after the question. */
    UNKNOWN
  }

  public Operation {
    steps = List.copyOf(steps);
    if (outcome != Outcome.OK) {
      returned = Long.MAX_VALUE;
    }
    if (returned <= invoked) {
      throw new IllegalArgumentException("Operation " + id + " returned before it was invoked");
    }
  }

  @Override
  public String toString() {
    return "T%d of %s (%s%s)"
        .formatted(
            id,
            client,
            steps.stream().map(Step::toString).collect(Collectors.joining(", ")),
            outcome == Outcome.OK ? "" : ", " + outcome);
  }
}
