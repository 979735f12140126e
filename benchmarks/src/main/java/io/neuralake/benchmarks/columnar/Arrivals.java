package io.neuralake.benchmarks.columnar;

import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import io.neuralake.testkit.signal.Region;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Samples as they arrive where many recordings end in one table: of {@value #SESSIONS} sessions at
 * once, their neurons in any order, each sample with an id that its sender drew. (A recording by
 * itself lists its neurons in order, and almost all of its columns compress to nothing.)
 */
final class Arrivals {
  private static final int SESSIONS = 20;

  private final RandomGenerator random;

  Arrivals(long seed) {
    // Named, because the platform's default algorithm may change and with it every table.
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /** A sample of some session that arrives at the time of the given one. */
  NeuralSignal next(NeuralSignal s) {
    int neuron = random.nextInt(NeuralSignals.NEURONS);
    String session = Integer.toString(1_000_000 + random.nextInt(SESSIONS)).substring(1);
    return new NeuralSignal(
        new UUID(random.nextLong(), random.nextLong()).toString(),
        neuron,
        Region.of(neuron).name(),
        s.session_id().substring(0, 14) + session,
        s.ts().plusNanos(random.nextInt(1000) * 1000L),
        s.voltage(),
        s.spike(),
        s.frequency_hz(),
        s.amplitude(),
        s.quality());
  }
}
