package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import java.util.List;

/**
 * A process that appends batches of one row: first to a table of its own, to warm up, then, once
 * the sign is there, to the one it shares. Prints when it began and ended, in milliseconds since
 * the epoch, and how many attempts its commits took.
 *
 * <p>Arguments: location of the table, number of the process, batches.
 */
public final class AppendingProcess {
  private static final int WARM_UPS = 200;

  private AppendingProcess() {}

  /** The table that is made when all may begin. */
  static String sign(String location) {
    return location + "-begin";
  }

  public static void main(String... args) throws InterruptedException {
    int process = Integer.parseInt(args[1]);
    int batches = Integer.parseInt(args[2]);
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable own = lake.table(args[0] + "-" + process);
      own.create(ProcessRows.Batch.class).commit();
      append(own, process, WARM_UPS);
      NeuralTable table = lake.table(args[0]);
      table.version();
      System.out.println("ready");
      while (!lake.table(sign(args[0])).exists()) {
        Thread.sleep(50);
      }
      long begun = System.currentTimeMillis();
      long attempts = append(table, process, batches);
      System.out.println("appended " + begun + " " + System.currentTimeMillis() + " " + attempts);
    }
  }

  private static long append(NeuralTable table, int process, int batches) {
    long attempts = 0;
    for (int i = 0; i < batches; i++) {
      attempts += table.append(List.of(new ProcessRows.Batch(process, i))).commit().attempts();
    }
    return attempts;
  }
}
