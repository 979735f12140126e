package io.neuralake.benchmarks.columnar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OptionsTest {
  private static Options parse(String... args) {
    return Options.parse(args, Path.of("out"), Path.of("cp"));
  }

  @Test
  void laterOptionsRefineEarlierOnes() {
    assertThat(parse().rows()).isEqualTo(5_000_000);
    assertThat(parse().files()).isEqualTo(300_000);
    Options quick = parse("--quick", "--rows", "1_000");
    assertThat(quick.rows()).isEqualTo(1000);
    assertThat(quick.files()).isEqualTo(30_000);
  }

  @Test
  void whatIsNoOptionIsRefused() {
    assertThatThrownBy(() -> parse("--row", "7"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unknown option --row")
        .hasMessageContaining("Usage: benchmarks/run columnar");
    assertThatThrownBy(() -> parse("--rows", "many"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--rows needs a positive number, not many");
    assertThatThrownBy(() -> parse("--files"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--files needs a positive number, not nothing");
  }
}
