package io.neuralake.testkit.signal;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An endless recording of 1,024 simulated neurons, the same for the same seed.
 *
 * <pre>{@code
 * List<NeuralSignal> rows = NeuralSignals.seeded(42).take(100_000);
 * }</pre>
 *
 * <p>All neurons are sampled together, once per interval (1 ms unless changed), in the order of
 * their numbers; so rows come ordered by time. Sessions follow one another an hour apart; 250 ms of
 * each are recorded unless changed, so that five million rows hold 20 sessions. How spikes, bursts,
 * voltages and the rest are drawn is told at {@link Recording}.
 *
 * <p>An immutable value: every iterator starts at the beginning and draws the same rows. Iterators
 * are not thread-safe; several threads use one each, with seeds of their own. Streams of different
 * seeds have different signal ids, except by a chance of about n squared / 2^64 for n rows.
 */
public final class NeuralSignals implements Iterable<NeuralSignal> {
  /** How many neurons are recorded. */
  public static final int NEURONS = 1024;

  private static final Instant DEFAULT_START = Instant.parse("2025-06-19T00:00:00Z");

  private final long seed;
  private final Instant start;
  private final Duration interval;
  private final Duration session;

  private NeuralSignals(long seed, Instant start, Duration interval, Duration session) {
    this.seed = seed;
    this.start = start;
    this.interval = interval;
    this.session = session;
  }

  /**
   * Returns the recording with a seed.
   *
   * @param seed any number
   * @return the recording, from 2025-06-19T00:00:00Z on
   */
  public static NeuralSignals seeded(long seed) {
    return new NeuralSignals(seed, DEFAULT_START, Duration.ofMillis(1), Duration.ofMillis(250));
  }

  /**
   * Returns a recording whose seed is drawn from a generator.
   *
   * @param random one number is taken from it
   * @return the recording, from 2025-06-19T00:00:00Z on
   */
  public static NeuralSignals drawnFrom(RandomGenerator random) {
    return seeded(random.nextLong());
  }

  /**
   * Returns the recording moved to another time.
   *
   * @param instant when the first sample is taken, whole microseconds
   * @return the moved recording
   * @throws IllegalArgumentException if it is not a whole number of microseconds
   */
  public NeuralSignals startingAt(Instant instant) {
    requireMicros(instant.truncatedTo(ChronoUnit.MICROS).equals(instant), "A start of " + instant);
    return new NeuralSignals(seed, instant, interval, session);
  }

  /**
   * Returns the recording sampled at another interval. Spikes are drawn per interval, so much more
   * than 5 ms blurs them.
   *
   * @param period the time between two samples of a neuron, whole microseconds
   * @return the recording at that interval
   * @throws IllegalArgumentException if it is not positive or not a whole number of microseconds
   */
  public NeuralSignals sampledEvery(Duration period) {
    requirePositive(period, "interval");
    requireMicros(period.truncatedTo(ChronoUnit.MICROS).equals(period), "An interval of " + period);
    return new NeuralSignals(seed, start, period, session);
  }

  /**
   * Returns the recording with sessions of another length.
   *
   * @param length how much of each session is recorded; rounded up to whole intervals
   * @return the recording with such sessions
   * @throws IllegalArgumentException if it is not positive
   */
  public NeuralSignals sessionsOf(Duration length) {
    requirePositive(length, "session");
    return new NeuralSignals(seed, start, interval, length);
  }

  /**
   * Starts reading at the beginning.
   *
   * @return an endless iterator
   */
  @Override
  public Iterator<NeuralSignal> iterator() {
    return new Recording(seed, start, interval, session);
  }

  /**
   * Starts reading at the beginning.
   *
   * @return an endless sequential stream; limit it
   */
  public Stream<NeuralSignal> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            iterator(), Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE),
        false);
  }

  /**
   * Starts reading at the beginning, many rows at a time.
   *
   * @param rows how many rows each list has
   * @return an endless iterator of new lists
   * @throws IllegalArgumentException if it is below 1
   */
  public Iterator<List<NeuralSignal>> batches(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("A batch needs at least one row, got " + rows);
    }
    Iterator<NeuralSignal> signals = iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public List<NeuralSignal> next() {
        return takeFrom(signals, rows);
      }
    };
  }

  /**
   * Returns the first rows.
   *
   * @param rows how many
   * @return a new list
   * @throws IllegalArgumentException if it is negative
   */
  public List<NeuralSignal> take(int rows) {
    if (rows < 0) {
      throw new IllegalArgumentException("A recording has no " + rows + " rows");
    }
    return takeFrom(iterator(), rows);
  }

  private static List<NeuralSignal> takeFrom(Iterator<NeuralSignal> signals, int rows) {
    List<NeuralSignal> taken = new ArrayList<>(rows);
    for (int i = 0; i < rows; i++) {
      taken.add(signals.next());
    }
    return taken;
  }

  private static void requireMicros(boolean whole, String what) {
    if (!whole) {
      throw new IllegalArgumentException(
          what + " is not a whole number of microseconds, the unit of the ts column");
    }
  }

  private static void requirePositive(Duration duration, String what) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(
          "The " + what + " of a recording must be positive, got " + duration);
    }
  }
}
