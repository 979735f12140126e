package io.neuralake.benchmarks.columnar;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How much heap work needs: the smallest {@code -Xmx} with which it succeeds twice in a new JVM.
 * What a collector leaves lying about does not count, so the figure says what the work holds.
 */
final class HeapNeed {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Options options;
  private final Dataset dataset;

  HeapNeed(Options options, Dataset dataset) {
    this.options = options;
    this.dataset = dataset;
  }

  /**
   * Searches by halving.
   *
   * @param step accuracy, in MiB
   * @param largest what is tried at most, in MiB, a multiple of the step
   * @return MiB; empty if the largest is too small
   */
  OptionalInt smallest(String contestant, Work work, int step, int largest) {
    int tooSmall = 0;
    int enough = largest + step;
    while (enough - tooSmall > step) {
      int middle = (tooSmall + enough) / (2 * step) * step;
      if (succeeds(contestant, work, middle)) {
        enough = middle;
      } else {
        tooSmall = middle;
      }
    }
    return enough > largest ? OptionalInt.empty() : OptionalInt.of(enough);
  }

  /** Whether the work succeeds with a heap of so many MiB. */
  boolean succeeds(String contestant, Work work, int heap) {
    try (WorkerRunner worker =
        new WorkerRunner(contestant, heap + "m", options, dataset, LIMIT, "-XX:+UseSerialGC")) {
      worker.run(work);
      worker.run(work);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
