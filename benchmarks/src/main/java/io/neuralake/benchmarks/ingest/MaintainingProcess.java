package io.neuralake.benchmarks.ingest;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.ingest.Compaction;
import io.neuralake.ingest.TableService;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process that compacts and vacuums a table until it is killed. Argument: location. */
public final class MaintainingProcess {
  private MaintainingProcess() {}

  static TableService service(NeuralTable table, Compaction when) {
    return TableService.of(table)
        .compact(when)
        .vacuum(Duration.ofSeconds(20), vacuum -> vacuum)
        .checkpoint(Duration.ofSeconds(10), 100)
        .start();
  }

  public static void main(String... args) throws InterruptedException {
    Compaction often = new Compaction(Duration.ofSeconds(15), 100, Duration.ofSeconds(2));
    try (NeuralLake lake = NeuralLake.fromEnvironment();
        TableService service = service(lake.table(args[0]), often)) {
      System.out.println("maintaining " + service.health().ok());
      new CountDownLatch(1).await();
    }
  }
}
