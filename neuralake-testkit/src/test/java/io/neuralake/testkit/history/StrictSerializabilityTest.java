package io.neuralake.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.testkit.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

class StrictSerializabilityTest {

  private static Step append(String key, long value) {
    return new Step.Append(key, value);
  }

  private static Step read(String key, Long... values) {
    return new Step.Read(key, List.of(values));
  }

  private static Operation ok(int id, long from, long to, Step... steps) {
    return new Operation(id, "c" + id, List.of(steps), Outcome.OK, from, to);
  }

  private static String anomaly(Operation... operations) {
    Verdict verdict = StrictSerializability.check(List.of(operations));
    assertThat(verdict.isStrictlySerializable())
        .as("%s", verdict)
        .isEqualTo(SerialOrders.exist(List.of(operations)));
    return verdict.anomaly();
  }

  @Example
  void namesTheKnownAnomalies() {
    assertThat(anomaly(ok(0, 1, 2, append("x", 1)), ok(1, 3, 4, read("x", 1L)))).isEmpty();
    assertThat(anomaly(ok(0, 1, 2, append("x", 1)), ok(1, 3, 4, read("x"))))
        .isEqualTo("a stale read");
    assertThat(anomaly(ok(0, 1, 4, append("x", 1)), ok(1, 2, 3, read("x")))).isEmpty();
    assertThat(anomaly(ok(0, 1, 2, read("x", 7L)))).isEqualTo("a value that nobody wrote");
    assertThat(anomaly(ok(0, 1, 2, append("x", 1)), ok(1, 1, 2, read("x", 1L, 1L))))
        .isEqualTo("a value is there twice");
    assertThat(
            anomaly(
                ok(0, 1, 9, append("x", 1)),
                ok(1, 1, 9, append("x", 2)),
                ok(2, 1, 9, read("x", 1L)),
                ok(3, 1, 9, read("x", 2L))))
        .as("a lost update")
        .isEqualTo("two orders of the same list");
    assertThat(
            anomaly(
                ok(0, 1, 9, append("x", 1), append("y", 1)),
                ok(1, 1, 9, append("x", 2), append("y", 2)),
                ok(2, 1, 9, read("x", 1L, 2L)),
                ok(3, 1, 9, read("y", 2L, 1L))))
        .isEqualTo("appends in two orders");
    assertThat(
            anomaly(ok(0, 1, 9, read("x"), append("y", 1)), ok(1, 1, 9, read("y"), append("x", 1))))
        .as("write skew")
        .isEqualTo("operations that did not see each other");
    assertThat(
            anomaly(
                ok(0, 1, 9, append("x", 1), read("y", 1L)),
                ok(1, 1, 9, append("y", 1), read("x", 1L))))
        .isEqualTo("circular information");
    assertThat(anomaly(ok(0, 1, 9, append("x", 1), append("x", 2)), ok(1, 1, 9, read("x", 1L))))
        .isEqualTo("a part of an operation is visible");
    assertThat(anomaly(ok(0, 1, 9, append("x", 1)), ok(1, 1, 9, read("x", 1L), read("x"))))
        .isEqualTo("an operation contradicts itself");
    assertThat(
            anomaly(
                new Operation(0, "a", List.of(append("x", 1)), Outcome.FAIL, 1, 2),
                ok(1, 3, 4, read("x", 1L))))
        .isEqualTo("a read of what has failed");
    assertThat(
            anomaly(
                new Operation(0, "a", List.of(append("x", 1)), Outcome.UNKNOWN, 1, 2),
                ok(1, 3, 4, read("x")),
                ok(2, 5, 6, read("x", 1L))))
        .as("what is unknown may take effect late")
        .isEmpty();
  }

  @Example
  void aViolationIsExplainedByItsShortestCycle() {
    Verdict verdict =
        StrictSerializability.check(
            List.of(
                ok(0, 1, 2, append("x", 1)),
                ok(1, 3, 4, append("x", 2)),
                ok(2, 5, 6, read("x", 1L)),
                ok(3, 7, 8, read("x", 1L, 2L))));
    assertThat(verdict)
        .hasToString(
            """
            4 operations: not strictly serializable, a stale read
              T1 of c1 (append 2 to x) had returned before the start of T2 of c2 (read x as [1])
              T2 of c2 (read x as [1]) read x as [1], before 2 was appended by T1 of c1 (append 2 to x)
              so each of them would be before itself""");
    assertThat(verdict.cycle()).extracting(Operation::id).containsExactly(1, 2);
    assertThatThrownBy(
            () ->
                StrictSerializability.check(
                    List.of(ok(0, 1, 2, append("x", 1)), ok(1, 1, 2, append("x", 1)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 is appended to x twice");
  }

  /** Runs operations one by one, and lets each seem to last longer than it did. */
  private static List<Operation> serial(Random random, int count) {
    Map<String, List<Long>> lists = new HashMap<>();
    List<Operation> history = new ArrayList<>();
    long value = 0;
    for (int i = 0; i < count; i++) {
      Outcome outcome = Outcome.values()[Math.max(0, random.nextInt(8) - 5)];
      boolean effective =
          outcome == Outcome.OK || outcome == Outcome.UNKNOWN && random.nextBoolean();
      List<Step> steps = new ArrayList<>();
      for (int step = 1 + random.nextInt(3); step > 0; step--) {
        String key = random.nextBoolean() ? "x" : "y";
        List<Long> list = lists.computeIfAbsent(key, k -> new ArrayList<>());
        if (random.nextBoolean()) {
          steps.add(append(key, ++value));
          if (effective) {
            list.add(value);
          }
        } else {
          steps.add(new Step.Read(key, List.copyOf(list)));
        }
      }
      long moment = 10L * i + 10;
      history.add(
          new Operation(
              i,
              "c" + i,
              steps,
              outcome,
              moment - random.nextInt(25),
              moment + 1 + random.nextInt(25)));
    }
    Collections.shuffle(history, random);
    return history;
  }

  /** Changes what one read saw, or when an operation took place. */
  private static void mutate(List<Operation> history, Random random) {
    int at = random.nextInt(history.size());
    Operation of = history.get(at);
    List<Step> steps = new ArrayList<>(of.steps());
    long shift = 0;
    int step = random.nextInt(steps.size());
    if (steps.get(step) instanceof Step.Read read) {
      List<Long> values = new ArrayList<>(read.values());
      switch (random.nextInt(4)) {
        case 0 -> values.add(1L + random.nextInt(6));
        case 1 -> values.removeIf(v -> random.nextInt(3) == 0);
        case 2 -> Collections.shuffle(values, random);
        default -> shift = random.nextInt(60) - 30;
      }
      steps.set(step, new Step.Read(read.key(), values));
    } else {
      shift = random.nextInt(60) - 30;
    }
    long returned = of.returned() == Long.MAX_VALUE ? of.returned() : of.returned() + shift;
    history.set(
        at,
        new Operation(of.id(), of.client(), steps, of.outcome(), of.invoked() + shift, returned));
  }

  @Property(tries = 1000)
  void whatHappenedOneByOnePasses(@ForAll long seed) {
    Verdict verdict = StrictSerializability.check(serial(new Random(seed), 40));
    assertThat(verdict.isStrictlySerializable()).as("%s", verdict).isTrue();
  }

  @Property(tries = 3000)
  void agreesWithTheDefinition(@ForAll long seed) {
    Random random = new Random(seed);
    List<Operation> history = serial(random, 2 + random.nextInt(5));
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutate(history, random);
    }
    boolean possible = SerialOrders.exist(history);
    Statistics.label("strictly serializable").collect(possible);
    Verdict verdict = StrictSerializability.check(history);
    assertThat(verdict.isStrictlySerializable())
        .as("%s of %s", verdict, history)
        .isEqualTo(possible);
    assertThat(verdict.explanation().isEmpty()).isEqualTo(possible);
  }
}
