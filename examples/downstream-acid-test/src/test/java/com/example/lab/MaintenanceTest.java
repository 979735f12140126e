package com.example.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.testkit.junit.NeuralLakeTest;
import org.junit.jupiter.api.Test;

/** What many small batches leave behind, put in order. */
@NeuralLakeTest
class MaintenanceTest {
  @Test
  void optimizeReducesTheNumberOfFiles(NeuralTable table) {
    table.create(Signal.class).commit();
    for (int n = 1; n <= 10; n++) {
      table.append(SignalWriter.batch("recorder-" + n)).commit();
    }
    assertThat(table.detail().files()).isEqualTo(10);

    table.optimize().run();

    assertThat(table.detail().files()).isEqualTo(1);
    assertThat(table.count()).isEqualTo(10 * SignalWriter.ROWS);
    assertThat(table.asOf(5).count()).isEqualTo(5 * SignalWriter.ROWS);
  }
}
