package io.neuralake.benchmarks.columnar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lets contestants do the same work in turns: first to warm up, then measured. */
final class Rounds {
  private static final int WARM_UPS = 3;
  private static final long WARM_UP_NANOS = 4_000_000_000L;
  private static final int MOST_WARM_UPS = 30;

  private final int repetitions;
  private final Map<Key, List<Measurement>> measured = new LinkedHashMap<>();

  Rounds(int repetitions) {
    this.repetitions = repetitions;
  }

  /**
   * Measures.
   *
   * @param expected rows or files that each run must handle
   * @throws IOException if a contestant fails
   * @throws IllegalStateException if one handles another number of rows
   */
  void run(Work work, long expected, List<? extends Runner> contestants) throws IOException {
    for (Runner contestant : contestants) {
      warmUp(work, expected, contestant);
    }
    for (int round = 0; round < repetitions; round++) {
      for (Runner contestant : contestants) {
        measured
            .computeIfAbsent(new Key(work, contestant.name()), k -> new ArrayList<>())
            .add(checked(work, expected, contestant));
      }
    }
  }

  private static void warmUp(Work work, long expected, Runner contestant) throws IOException {
    long spent = 0;
    for (int i = 0; i < MOST_WARM_UPS && (i < WARM_UPS || spent < WARM_UP_NANOS); i++) {
      spent += checked(work, expected, contestant).nanos();
    }
  }

  private static Measurement checked(Work work, long expected, Runner contestant)
      throws IOException {
    Measurement measurement = contestant.run(work);
    if (measurement.rows() != expected) {
      throw new IllegalStateException(
          contestant.name()
              + ", "
              + work.title()
              + ": handled "
              + measurement.rows()
              + " rows where there are "
              + expected);
    }
    return measurement;
  }

  /** All measured runs, in order. */
  Map<Key, List<Measurement>> all() {
    return measured;
  }

  /** The run with the median time. */
  Measurement median(Work work, String contestant) {
    List<Measurement> runs = measured.get(new Key(work, contestant));
    if (runs == null) {
      throw new IllegalStateException(contestant + " was not measured at " + work.title());
    }
    return median(runs);
  }

  static Measurement median(List<Measurement> runs) {
    List<Measurement> sorted = new ArrayList<>(runs);
    sorted.sort(Comparator.comparingLong(Measurement::nanos));
    return sorted.get(sorted.size() / 2);
  }

  /** Who did what. */
  record Key(Work work, String contestant) {}
}
