package io.neuralake.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.internal.txn.RandomHistory.Bug;
import io.neuralake.internal.txn.RandomHistory.End;
import io.neuralake.internal.txn.RandomHistory.Kind;
import io.neuralake.internal.txn.RandomHistory.Step;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Concurrent histories are equal to serial ones. One that is not can be run again, call by call, by
 * {@code -Dneuralake.history=<seed>}.
 */
class RandomHistoriesTest {

  private static final int HISTORIES = 2_000;
  private static final Map<Kind, Map<End, Integer>> ENDS = new EnumMap<>(Kind.class);
  private static int histories;
  private static long calls;
  private static int shared;

  @Property(tries = HISTORIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
  void everyHistoryEqualsASerialOne(@ForAll long random) {
    long seed = Long.getLong("neuralake.history", random);
    RandomHistory history = new RandomHistory(seed, Bug.NONE);
    try {
      history.run();
      shared += SerialOrder.check(history);
    } catch (AssertionError | RuntimeException | IOException e) {
      throw new AssertionError(described(seed, history), e);
    }
    history.close();
    for (Step step : history.steps) {
      ENDS.computeIfAbsent(step.kind, k -> new EnumMap<>(End.class))
          .merge(step.end, 1, Integer::sum);
    }
    histories++;
    calls += history.trace().size();
  }

  private static String described(long seed, RandomHistory history) {
    StringBuilder text = new StringBuilder("Run it again by -Dneuralake.history=" + seed);
    history.steps.forEach(step -> text.append("\n  ").append(step));
    history.trace().forEach(call -> text.append("\n    ").append(call));
    return text.toString();
  }

  @AfterContainer
  static void report() {
    System.out.println(
        histories
            + " histories of "
            + calls
            + " storage calls, "
            + shared
            + " shared versions: "
            + ENDS);
  }

  @Example
  void seedDecidesEverything() {
    for (long seed = 0; seed < 25; seed++) {
      assertThat(trace(seed)).isEqualTo(trace(seed));
    }
  }

  private static List<String> trace(long seed) {
    RandomHistory history = new RandomHistory(seed, Bug.NONE);
    history.run();
    history.close();
    return history.trace();
  }

  @Example
  void electorThatOverwritesIsFound() throws IOException {
    assertFound(Bug.ELECTOR_OVERWRITES);
  }

  @Example
  void blindRetryIsFound() throws IOException {
    assertFound(Bug.BLIND_RETRY);
  }

  @Example
  void missingConflictRulesAreFound() throws IOException {
    assertFound(Bug.NO_CONFLICT_RULES);
  }

  @Example
  void forgottenReadsAreFound() throws IOException {
    assertFound(Bug.READS_FORGOTTEN);
  }

  private static void assertFound(Bug bug) throws IOException {
    SplittableRandom seeds = new SplittableRandom(20261120);
    for (int tried = 1; tried <= HISTORIES; tried++) {
      RandomHistory history = new RandomHistory(seeds.nextLong(), bug);
      try {
        history.run();
        SerialOrder.check(history);
      } catch (AssertionError e) {
        System.out.println(bug + " is found by history " + tried + ": " + e);
        return;
      }
    }
    throw new AssertionError(bug + " is not found by " + HISTORIES + " histories");
  }
}
