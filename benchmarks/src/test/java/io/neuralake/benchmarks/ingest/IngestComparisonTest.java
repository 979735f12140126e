package io.neuralake.benchmarks.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.benchmarks.common.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestComparisonTest {
  @TempDir Path folder;

  @Test
  void optionsAreRead() {
    assertThat(Options.parse(new String[] {"--quick", "--soak", "3"}, folder))
        .isEqualTo(new Options(200_000, 2, 100, 3, folder));
    assertThat(Options.parse(new String[] {"--soak"}, folder).soakMinutes()).isEqualTo(10);
    assertThatThrownBy(() -> Options.parse(new String[] {"--fast"}, folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unknown option --fast");
  }

  @Test
  void bothContestantsWriteAllRows() throws Exception {
    Map<String, double[]> times = new LinkedHashMap<>();
    List<Result> results =
        new ThroughputRows(new Options(4_000, 1, 1, 0, folder), folder, times, new ArrayList<>())
            .measure();
    assertThat(results).hasSize(1);
    assertThat(results.get(0).figure()).isPositive();
    assertThat(times)
        .containsOnlyKeys("stream/row by row", "stream/1,000 rows a call", "bare writer");
  }
}
