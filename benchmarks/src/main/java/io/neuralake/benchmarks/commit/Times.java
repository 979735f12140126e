package io.neuralake.benchmarks.commit;

import java.util.Arrays;

/** How long appends took, in nanoseconds. */
final class Times {
  private final long[] nanos;
  private int count;

  Times(int capacity) {
    nanos = new long[capacity];
  }

  /** An append, or what stands beside it. */
  interface Step {
    void run() throws Exception;
  }

  void measure(Step step) throws Exception {
    long begun = System.nanoTime();
    step.run();
    nanos[count++] = System.nanoTime() - begun;
  }

  /** In milliseconds. */
  double quantile(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, (int) Math.ceil(share * count) - 1)] / 1e6;
  }

  double median() {
    return quantile(0.5);
  }

  /** All of them, in milliseconds, as they came. */
  double[] millis() {
    return Arrays.stream(nanos, 0, count).mapToDouble(n -> n / 1e6).toArray();
  }
}
