package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import java.util.List;

/**
 * A process that appends batches of one row. Prints when it began and ended, in milliseconds since
 * the epoch, and how many attempts its commits took.
 *
 * <p>Arguments: location of the table, number of the process, batches.
 */
public final class AppendingProcess {
  private AppendingProcess() {}

  public static void main(String... args) {
    int process = Integer.parseInt(args[1]);
    int batches = Integer.parseInt(args[2]);
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable table = lake.table(args[0]);
      table.version();
      long begun = System.currentTimeMillis();
      long attempts = 0;
      for (int i = 0; i < batches; i++) {
        attempts += table.append(List.of(new ProcessRows.Batch(process, i))).commit().attempts();
      }
      System.out.println("appended " + begun + " " + System.currentTimeMillis() + " " + attempts);
    }
  }
}
