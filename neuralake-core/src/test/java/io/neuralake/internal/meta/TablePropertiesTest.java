package io.neuralake.internal.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TablePropertiesTest {

  private static OptionalInt level(String text) {
    return new TableProperties(Map.of("parquet.compression.codec.zstd.level", text)).zstdLevel();
  }

  @Test
  void compressionLevelsAreThoseOfZstandard() {
    assertThat(level("7")).hasValue(7);
    assertThat(level("99")).hasValue(22);
    assertThat(level("0")).isEmpty();
    assertThat(level("fast")).isEmpty();
    assertThat(new TableProperties(Map.of()).zstdLevel()).isEmpty();
  }
}
