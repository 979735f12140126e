package io.neuralake.benchmarks.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitComparisonTest {

  @Test
  void optionsAreRead() {
    Options options =
        Options.parse(new String[] {"--quick", "--no-spark"}, Path.of("o"), Path.of("s"));
    assertThat(options.appends()).isEqualTo(50);
    assertThat(options.spark()).isFalse();
    assertThat(Options.parse(new String[0], Path.of("o"), Path.of("s")).files()).isEqualTo(300_000);
    assertThatThrownBy(() -> Options.parse(new String[] {"--fast"}, Path.of("o"), Path.of("s")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unknown option --fast");
  }

  @Test
  void threadsDoAllTheirSteps() throws Exception {
    AtomicInteger steps = new AtomicInteger();
    assertThat(Threads.perSecond(3, 5, steps::incrementAndGet)).isPositive();
    assertThat(steps).hasValue(15);
  }

  @Test
  void quantilesAreThoseOfTheMeasuredTimes() throws Exception {
    Times times = new Times(3);
    for (int i = 0; i < 3; i++) {
      times.measure(() -> {});
    }
    double[] sorted = times.millis();
    java.util.Arrays.sort(sorted);
    assertThat(times.median()).isEqualTo(sorted[1]);
    assertThat(times.quantile(0.99)).isEqualTo(sorted[2]);
  }

  @Test
  void kernelAppendsTheSameRows(@TempDir Path folder) throws Exception {
    List<NeuralSignal> rows = NeuralSignals.seeded(1).stream().limit(100).toList();
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = CommitComparison.create(lake.table(folder));
      table.append(rows).commit();
      try (Stream<Path> files = Files.list(folder)) {
        Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
        new KernelAppender(folder, file).append();
      }
      assertThat(table.version()).isEqualTo(2);
      assertThat(table.count()).isEqualTo(200);
    }
  }
}
