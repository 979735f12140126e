package io.neuralake.testkit.signal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * The simulation behind {@link NeuralSignals}, one sample after the other.
 *
 * <ul>
 *   <li><b>Rates.</b> A neuron's mean rate is drawn once, log-normal with the median and width of
 *       its {@link Region}, at most {@value #MAX_RATE_HZ} Hz.
 *   <li><b>Spikes.</b> An inhomogeneous Poisson process with an absolute refractory period of
 *       {@value #REFRACTORY_S} s (Dayan and Abbott, "Theoretical Neuroscience", 2001, section 1.4):
 *       in an interval dt outside that period a neuron of rate r fires with probability 1 - exp(-r
 *       dt). Its effective rate is about r / (1 + r t) with t the refractory period.
 *   <li><b>Bursts.</b> Population events begin as a Poisson process of {@value #BURSTS_PER_S} per
 *       second, last an exponentially distributed time of mean {@value #BURST_MEAN_S} s, recruit
 *       each region with probability {@value #BURST_RECRUITS}, and multiply the rates there by
 *       {@value #BURST_GAIN} (the phenomenon: Wagenaar, Pine and Potter, BMC Neuroscience 7:11,
 *       2006; the figures are round ones).
 *   <li><b>Voltage.</b> Rest at {@value #REST_MV} mV plus an Ornstein-Uhlenbeck process x' = a x +
 *       s sqrt(1 - a^2) g with a = exp(-dt / tau) and g standard normal, its exact update
 *       (Gillespie, Physical Review E 54, 1996). A spike shows as {@value #PEAK_MV} mV; then x is
 *       set to {@value #RESET_MV} mV and relaxes.
 *   <li><b>Frequency.</b> Spikes seen through a causal exponential window of {@value #WINDOW_S} s
 *       (Dayan and Abbott, section 1.2), starting at the neuron's mean rate.
 *   <li><b>Amplitude.</b> Of a spike: the neuron's own size, log-normal about {@value #SPIKE_UV}
 *       microvolts, with 10% noise. Otherwise the absolute value of normal noise of {@value
 *       #NOISE_UV} microvolts.
 *   <li><b>Quality.</b> The neuron's own grade, one lower in one sample out of 8, null in one out
 *       of 16.
 * </ul>
 */
final class Recording implements Iterator<NeuralSignal> {
  private static final double MAX_RATE_HZ = 100;
  private static final double REFRACTORY_S = 0.002;
  private static final double BURSTS_PER_S = 2;
  private static final double BURST_MEAN_S = 0.05;
  private static final double BURST_RECRUITS = 0.75;
  private static final double BURST_GAIN = 8;
  private static final double REST_MV = -65;
  private static final double PEAK_MV = 30;
  private static final double RESET_MV = -10;
  private static final double MEMBRANE_TAU_S = 0.02;
  private static final double MEMBRANE_SIGMA_MV = 3;
  private static final double WINDOW_S = 1;
  private static final double SPIKE_UV = 80;
  private static final double NOISE_UV = 10;
  private static final Duration BETWEEN_SESSIONS = Duration.ofHours(1);

  private static final int NEURONS = NeuralSignals.NEURONS;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final RandomGenerator random;
  private final long idKey;
  private final Instant start;
  private final Duration interval;
  private final long framesPerSession;
  private final double secondsPerFrame;

  private final double[] quietProbability = new double[NEURONS];
  private final double[] burstProbability = new double[NEURONS];
  private final double[] deviation = new double[NEURONS];
  private final double[] frequency = new double[NEURONS];
  private final double[] spikeSize = new double[NEURONS];
  private final int[] grade = new int[NEURONS];
  private final long[] silentUntil = new long[NEURONS];
  private final long[] burstUntil = new long[Region.values().length];

  private final long refractoryFrames;
  private final double burstOnset;
  private final double relax;
  private final double noise;
  private final double windowDecay;

  private long sequence;
  private long frame = -1;
  private int neuron = NEURONS;
  private Instant now;
  private String session = "";

  Recording(long seed, Instant start, Duration interval, Duration sessionLength) {
    // Named, because the platform's default algorithm may change and with it every recording.
    random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    idKey = random.nextLong();
    this.start = start;
    this.interval = interval;
    now = start;
    secondsPerFrame = interval.toNanos() / 1e9;
    framesPerSession =
        Math.max(1, (long) Math.ceil(sessionLength.toNanos() / (double) interval.toNanos()));
    refractoryFrames = (long) Math.ceil(REFRACTORY_S / secondsPerFrame);
    burstOnset = 1 - Math.exp(-BURSTS_PER_S * secondsPerFrame);
    relax = Math.exp(-secondsPerFrame / MEMBRANE_TAU_S);
    noise = MEMBRANE_SIGMA_MV * Math.sqrt(1 - relax * relax);
    windowDecay = Math.exp(-secondsPerFrame / WINDOW_S);
    for (int n = 0; n < NEURONS; n++) {
      drawNeuron(n);
    }
  }

  private void drawNeuron(int n) {
    Region region = Region.of(n);
    double rate =
        Math.min(
            MAX_RATE_HZ, region.medianRateHz() * Math.exp(region.sigma() * random.nextGaussian()));
    quietProbability[n] = 1 - Math.exp(-rate * secondsPerFrame);
    burstProbability[n] = 1 - Math.exp(-rate * BURST_GAIN * secondsPerFrame);
    deviation[n] = MEMBRANE_SIGMA_MV * random.nextGaussian();
    frequency[n] = rate;
    spikeSize[n] = SPIKE_UV * Math.exp(0.4 * random.nextGaussian());
    grade[n] = 2 + random.nextInt(4);
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public NeuralSignal next() {
    if (neuron == NEURONS) {
      beginFrame();
    }
    int n = neuron++;
    double[] probability =
        frame < burstUntil[n / Region.NEURONS] ? burstProbability : quietProbability;
    boolean spike = frame >= silentUntil[n] && random.nextDouble() < probability[n];
    double x = relax * deviation[n] + noise * random.nextGaussian();
    double voltage = (spike ? PEAK_MV : REST_MV) + x;
    double f = frequency[n] * windowDecay;
    double g = random.nextGaussian();
    double amplitude;
    if (spike) {
      silentUntil[n] = frame + 1 + refractoryFrames;
      x = RESET_MV;
      f += 1 / WINDOW_S;
      amplitude = Math.max(0, spikeSize[n] * (1 + 0.1 * g));
    } else {
      amplitude = Math.abs(NOISE_UV * g);
    }
    deviation[n] = x;
    frequency[n] = f;
    return new NeuralSignal(
        id(sequence++),
        n,
        Region.of(n).name(),
        session,
        now,
        voltage,
        spike,
        f,
        (float) amplitude,
        quality(n));
  }

  private void beginFrame() {
    frame++;
    neuron = 0;
    long ordinal = frame / framesPerSession;
    long frameInSession = frame % framesPerSession;
    Instant sessionStart = start;
    if (ordinal > 0) {
      Duration recorded = interval.multipliedBy(framesPerSession);
      sessionStart = start.plus(recorded.plus(BETWEEN_SESSIONS).multipliedBy(ordinal));
    }
    now = sessionStart.plus(interval.multipliedBy(frameInSession));
    if (frameInSession == 0) {
      session = sessionId(sessionStart, ordinal);
      // An hour later the network is in another state: no burst and no silence reaches across.
      Arrays.fill(burstUntil, 0);
      Arrays.fill(silentUntil, 0);
    }
    if (random.nextDouble() < burstOnset) {
      long length = 1 + (long) (random.nextExponential() * BURST_MEAN_S / secondsPerFrame);
      for (int r = 0; r < burstUntil.length; r++) {
        if (random.nextDouble() < BURST_RECRUITS) {
          burstUntil[r] = Math.max(burstUntil[r], frame + length);
        }
      }
    }
  }

  /** {@code sess-20250619-000001}: 20 characters. */
  private static String sessionId(Instant start, long ordinal) {
    String number = Long.toString(ordinal % 1_000_000 + 1_000_000).substring(1);
    String day =
        DateTimeFormatter.BASIC_ISO_DATE.format(start.atOffset(ZoneOffset.UTC).toLocalDate());
    return "sess-" + day + "-" + number;
  }

  private @Nullable Integer quality(int n) {
    int bits = random.nextInt() >>> 25;
    if ((bits & 15) == 0) {
      return null;
    }
    return (bits >> 4) == 0 ? grade[n] - 1 : grade[n];
  }

  /**
   * Numbers that look random and never repeat within 2^64 rows: the finaliser of SplitMix64
   * (Steele, Lea and Flood, OOPSLA 2014) maps different numbers to different numbers.
   */
  private String id(long number) {
    long z = number + idKey;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    byte[] digits = new byte[16];
    for (int i = 15; i >= 0; i--) {
      digits[i] = HEX[(int) z & 15];
      z >>>= 4;
    }
    return new String(digits, StandardCharsets.ISO_8859_1);
  }
}
