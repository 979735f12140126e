package io.neuralake.benchmarks.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Result FAST = Result.larger("scan <all>", "Spark", "M rows/s", 9, 3, 2.5);
  private static final Result SLOW = Result.smaller("list", "Kernel", "ms", 50, 100, 3);
  private static final Result MISSING = Result.smaller("heap", "limit", "MiB", Double.NaN, 256, 1);

  private static Report report(Result... results) {
    return new Report(
        "2026-11-20",
        new Machine("a cpu", 2, 8, "Linux", "17", 0.1),
        500,
        10,
        3,
        List.of(results),
        List.of(new Note("sum", "duckdb", "M rows/s", 12.34)),
        Map.of("SCAN_ALL/spark", List.of(0.5, 0.25)),
        Map.of("SCAN_ALL/spark", List.of(0.9, 0.4)));
  }

  @Test
  void ratioSaysHowManyTimesBetterAndTargetIsIncluded() {
    assertThat(FAST.ratio()).isEqualTo(3);
    assertThat(FAST.reached()).isTrue();
    assertThat(SLOW.ratio()).isEqualTo(2);
    assertThat(SLOW.verdict()).isEqualTo("SHORT");
    assertThat(Result.larger("w", "p", "u", 5, 2, 2.5).verdict()).isEqualTo("OK");
  }

  @Test
  void missingFigureFallsShort() {
    assertThat(MISSING.reached()).isFalse();
    assertThat(report(FAST, MISSING).reached()).isFalse();
    assertThat(report(FAST).reached()).isTrue();
    assertThat(report(MISSING).text()).containsPattern("heap +limit +MiB +- +256 +- +1.00 +SHORT");
  }

  @Test
  void plotIsXmlWithABarForEachResult() throws Exception {
    String svg = new Plot(List.of(FAST, SLOW, MISSING)).svg();

    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(1 + 3);
    assertThat(document.getElementsByTagName("line").getLength()).isEqualTo(3);
    assertThat(svg).contains("scan &lt;all> / Spark");
  }

  @Test
  void jsonKeepsTheReport() throws Exception {
    ObjectMapper json = new ObjectMapper();
    Report report = report(FAST, SLOW);

    assertThat(json.readValue(json.writeValueAsString(report), Report.class)).isEqualTo(report);
    assertThat(json.readValue(json.writeValueAsString(report(MISSING)), Report.class).markdown())
        .contains("| heap | limit | MiB | - | 256 | - | 1.00 | SHORT |");
  }

  @Test
  void pageKeepsWhatIsAroundTheMarkers() {
    String page =
        "before\n" + PerformancePage.BEGIN + "\nold\n" + PerformancePage.END + "\nafter\n";

    assertThat(PerformancePage.with(page, report(FAST)))
        .startsWith("before\n" + PerformancePage.BEGIN + "\nRun on 2026-11-20: a cpu")
        .contains("| scan <all> | Spark | M rows/s | 9.00 | 3.00 | 3.00 | 2.50 | OK |")
        .doesNotContain("old")
        .endsWith(PerformancePage.END + "\nafter\n");
    assertThatThrownBy(() -> PerformancePage.with("no place", report(FAST)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The page lacks the lines");
  }
}
