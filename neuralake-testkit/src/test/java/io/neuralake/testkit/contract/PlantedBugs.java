package io.neuralake.testkit.contract;

import java.util.ArrayList;
import java.util.List;

/** Bugs, what is to find each, and in how many runs it did. */
final class PlantedBugs {
  private final List<String> lines = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  /** A run on a bug that is there; a good kit throws an {@link AssertionError}. */
  @FunctionalInterface
  interface Hunt {
    void run(int number) throws Exception;
  }

  /**
   * Hunts.
   *
   * @param bug what is wrong, in words
   * @param by the suite and what in it
   * @param says a part of the message that must come
   */
  void hunt(String bug, String by, String says, int runs, Hunt hunt) {
    int found = 0;
    String other = "";
    for (int run = 0; run < runs; run++) {
      try {
        hunt.run(run);
      } catch (AssertionError e) {
        if (String.valueOf(e.getMessage()).contains(says)) {
          found++;
        } else {
          other = e.getMessage();
        }
      } catch (Exception e) {
        other = e.toString();
      }
    }
    lines.add("| %s | %s | %d of %d |".formatted(bug, by, found, runs));
    if (found == 0) {
      missed.add(bug + " (" + by + ", expected: " + says + ") " + other);
    }
  }

  /** What no run has found. */
  List<String> missed() {
    return missed;
  }

  void print(String title) {
    System.out.println(
        title + "\n| bug | found by | in runs |\n|---|---|---|\n" + String.join("\n", lines));
  }
}
