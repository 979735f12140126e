package io.neuralake.benchmarks.commit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads that do the same. */
final class Threads {
  private Threads() {}

  /** How many steps a second some threads do together, each {@code times} after each other. */
  static double perSecond(int threads, int times, Times.Step step) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      long begun = System.nanoTime();
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            pool.submit(
                () -> {
                  for (int j = 0; j < times; j++) {
                    step.run();
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
      return threads * times * 1e9 / (System.nanoTime() - begun);
    } finally {
      pool.shutdownNow();
    }
  }
}
