package io.neuralake.ingest;

import io.neuralake.NeuralTable;
import io.neuralake.maintain.Vacuum;
import io.neuralake.maintain.VacuumResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;

/** Vacuums a table. One thread at a time. */
final class Vacuuming implements ServiceWork {
  private final NeuralTable table;
  private final UnaryOperator<Vacuum> options;
  private final ServiceMetrics metrics;

  Vacuuming(NeuralTable table, UnaryOperator<Vacuum> options, ServiceMetrics metrics) {
    this.table = table;
    this.options = options;
    this.metrics = metrics;
  }

  @Override
  public void run(ServiceRun run) {
    Instant begun = table.clock().instant();
    VacuumResult result =
        options
            .apply(table.vacuum())
            .listener(
                progress -> {
                  if (run.stopping()) {
                    throw new CancellationException("the service stops");
                  }
                })
            .run();
    metrics.vacuumed(result, Duration.between(begun, table.clock().instant()));
  }
}
