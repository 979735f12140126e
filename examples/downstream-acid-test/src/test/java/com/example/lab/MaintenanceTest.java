package com.example.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralTable;
import io.neuralake.maintain.Vacuum;
import io.neuralake.maintain.VacuumResult;
import io.neuralake.read.Rows;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What many small batches leave behind, put in order. */
@NeuralLakeTest
@Timeout(60)
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

  /** Nobody writes meanwhile and nobody needs old versions, so nothing has to be retained. */
  @Test
  void vacuumRemovesWhatTheLogHasRemoved(NeuralTable table) {
    table.create(Signal.class).commit();
    for (int n = 1; n <= 10; n++) {
      table.append(SignalWriter.batch("recorder-" + n)).commit();
    }
    table.optimize().run();

    // The storage dates files in whole seconds: until this one has passed, they are too young to go.
    Vacuum vacuum = table.vacuum().retain(Duration.ZERO).allowShortRetention();
    while (vacuum.dryRun().filesDeleted() < 10) {
      Thread.onSpinWait();
    }
    VacuumResult done = vacuum.run();

    assertThat(done.filesDeleted()).isEqualTo(10);
    assertThat(table.count()).isEqualTo(10 * SignalWriter.ROWS);
    try (Rows<Signal> rows = table.scan().as(Signal.class)) {
      assertThat(rows.stream()).hasSize(10 * SignalWriter.ROWS);
    }
    assertThat(vacuum.run().filesDeleted()).isZero();
  }
}
