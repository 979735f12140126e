package io.neuralake.it.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import java.util.Map;

/** What the tests of golden tables have in common. */
final class Golden {

  private Golden() {}

  /** All rows of a scan. */
  static RowBag rowsOf(Scan scan) {
    RowBag bag = new RowBag();
    try (Rows<Map<String, Object>> rows = scan.maps()) {
      rows.forEach(bag::add);
    }
    return bag;
  }

  static void assertSameRows(RowBag actual, RowBag expected) {
    if (actual.isComplete() && expected.isComplete()) {
      assertThat(actual.lines()).isEqualTo(expected.lines());
    }
    assertThat(actual.fingerprint()).isEqualTo(expected.fingerprint());
  }
}
