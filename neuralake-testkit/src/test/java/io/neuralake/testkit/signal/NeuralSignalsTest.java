package io.neuralake.testkit.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NeuralSignalsTest {
  private static final int SECONDS = 2;
  private static final int ROWS = SECONDS * 1000 * NeuralSignals.NEURONS;
  private static List<NeuralSignal> rows;

  @BeforeAll
  static void record() {
    rows = NeuralSignals.seeded(42).sessionsOf(Duration.ofSeconds(60)).take(ROWS);
  }

  @Test
  void sameSeedDrawsSameRows() {
    NeuralSignals signals = NeuralSignals.seeded(7);

    assertThat(signals.take(5_000)).isEqualTo(signals.take(5_000));
    assertThat(NeuralSignals.seeded(7).take(5_000)).isEqualTo(signals.take(5_000));
    assertThat(NeuralSignals.drawnFrom(new Random(1)).take(100))
        .isEqualTo(NeuralSignals.drawnFrom(new Random(1)).take(100));
  }

  @Test
  void otherSeedDrawsOtherRows() {
    assertThat(NeuralSignals.seeded(8).take(100))
        .extracting(NeuralSignal::signal_id)
        .doesNotContainAnyElementsOf(
            NeuralSignals.seeded(7).take(100).stream().map(NeuralSignal::signal_id).toList());
  }

  @Test
  void batchesAndStreamCutTheSameRecording() {
    Iterator<List<NeuralSignal>> batches = NeuralSignals.seeded(3).batches(700);
    List<NeuralSignal> joined = new ArrayList<>(batches.next());
    joined.addAll(batches.next());

    assertThat(joined).isEqualTo(NeuralSignals.seeded(3).take(1_400));
    assertThat(NeuralSignals.seeded(3).stream().limit(1_400)).isEqualTo(joined);
  }

  @Test
  void columnsStayInTheirRanges() {
    Set<String> ids = new HashSet<>();
    int nulls = 0;
    for (int i = 0; i < ROWS; i++) {
      NeuralSignal row = rows.get(i);
      ids.add(row.signal_id());
      nulls += row.quality() == null ? 1 : 0;
      boolean inRange =
          row.neuron_id() == i % NeuralSignals.NEURONS
              && row.region().equals(Region.of(row.neuron_id()).name())
              && row.signal_id().length() == 16
              && row.voltage() > -110
              && row.voltage() < 60
              && row.frequency_hz() >= 0
              && row.amplitude() >= 0
              && (row.quality() == null || (row.quality() >= 1 && row.quality() <= 5))
              && row.spike() == row.voltage() > 0
              && row.ts().equals(rows.get(0).ts().plusMillis(i / NeuralSignals.NEURONS));
      if (!inRange) {
        fail("row %s is out of range: %s", i, row);
      }
    }
    assertThat(ids).hasSize(ROWS);
    assertThat(nulls / (double) ROWS).isBetween(0.05, 0.075);
  }

  @Test
  void regionsFireAtDifferentRates() {
    Map<Region, Double> rates = new EnumMap<>(Region.class);
    for (NeuralSignal row : rows) {
      if (row.spike()) {
        rates.merge(Region.valueOf(row.region()), 1.0 / SECONDS / Region.NEURONS, Double::sum);
      }
    }

    // The mean of a log-normal is above its median; bursts lift it further.
    for (Region region : Region.values()) {
      assertThat(rates.get(region))
          .as("%s of %s", region, rates)
          .isBetween(region.medianRateHz(), region.medianRateHz() * 5);
    }
    assertThat(rates.get(Region.M1)).isGreaterThan(1.3 * rates.get(Region.V1));
    assertThat(rates.get(Region.V1)).isGreaterThan(1.1 * rates.get(Region.PFC));
    assertThat(rates.get(Region.PFC)).isGreaterThan(1.1 * rates.get(Region.HPC));
  }

  @Test
  void noNeuronFiresWithinItsRefractoryPeriod() {
    long[] last = new long[NeuralSignals.NEURONS];
    Arrays.fill(last, -10);
    for (int i = 0; i < ROWS; i++) {
      NeuralSignal row = rows.get(i);
      if (row.spike()) {
        long frame = i / NeuralSignals.NEURONS;
        if (frame - last[row.neuron_id()] <= 2) {
          fail("fires within 2 ms of its last spike: %s", row);
        }
        last[row.neuron_id()] = frame;
      }
    }
  }

  @Test
  void populationBursts() {
    int[] perFrame = new int[SECONDS * 1000];
    for (int i = 0; i < ROWS; i++) {
      perFrame[i / NeuralSignals.NEURONS] += rows.get(i).spike() ? 1 : 0;
    }
    int[] sorted = perFrame.clone();
    Arrays.sort(sorted);
    int median = sorted[sorted.length / 2];
    long bursting = Arrays.stream(perFrame).filter(s -> s > 3 * median).count();

    // Independent Poisson neurons of this number never triple their sum; synchronous ones do.
    assertThat(median).isPositive();
    assertThat(bursting).isBetween(20L, (long) perFrame.length / 2);
  }

  @Test
  void sessionsFollowOneAnother() {
    List<NeuralSignal> short4 =
        NeuralSignals.seeded(1)
            .startingAt(Instant.parse("2026-01-31T23:30:00Z"))
            .sampledEvery(Duration.ofMillis(2))
            .sessionsOf(Duration.ofMillis(3))
            .take(4 * 2 * NeuralSignals.NEURONS);

    assertThat(short4.stream().map(NeuralSignal::session_id).distinct())
        .containsExactly(
            "sess-20260131-000000",
            "sess-20260201-000001",
            "sess-20260201-000002",
            "sess-20260201-000003");
    assertThat(short4.get(1024).ts()).isEqualTo("2026-01-31T23:30:00.002Z");
    assertThat(short4.get(2048).ts()).isEqualTo("2026-02-01T00:30:00.004Z");
  }

  @Test
  void fiveMillionRowsHoldTwentySessionsUnlessChanged() {
    assertThat(
            NeuralSignals.seeded(1).stream()
                .skip(250 * 1024 - 1)
                .limit(2)
                .map(NeuralSignal::session_id))
        .containsExactly("sess-20250619-000000", "sess-20250619-000001");
  }

  @Test
  void refusesWhatTheTimestampColumnCannotHold() {
    NeuralSignals signals = NeuralSignals.seeded(1);

    assertThatThrownBy(() -> signals.sampledEvery(Duration.ofNanos(1_500)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole number of microseconds");
    assertThatThrownBy(() -> signals.startingAt(Instant.ofEpochSecond(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("whole number of microseconds");
    assertThatThrownBy(() -> signals.sampledEvery(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be positive, got PT0S");
    assertThatThrownBy(() -> signals.batches(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one row");
  }
}
