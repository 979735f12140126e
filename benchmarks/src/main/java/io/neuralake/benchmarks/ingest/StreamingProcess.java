package io.neuralake.benchmarks.ingest;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.ingest.Position;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.WriteReceipt;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * A process that counts into a table, on from where it was, until it is killed. Says how far it is
 * after each durable batch. Arguments: location, name.
 */
public final class StreamingProcess {
  static final int ROWS = 1_000;

  private StreamingProcess() {}

  /** What it writes. */
  record Counted(String writer, long number, double value, String text) {}

  public static void main(String... args) throws Exception {
    try (NeuralLake lake = NeuralLake.fromEnvironment()) {
      NeuralTable table = lake.table(args[0]);
      try (StreamWriter<Counted> writer =
          StreamWriter.to(table).of(Counted.class).exactlyOnce(args[1]).open()) {
        long next = writer.resumedAt("count").orElse(-1) + 1;
        while (true) {
          List<Counted> rows =
              LongStream.range(next, next + ROWS)
                  .mapToObj(n -> new Counted(args[1], n, n * 0.5, "row " + n))
                  .toList();
          next += ROWS;
          CompletableFuture<WriteReceipt> durable =
              writer.write(rows, new Position("count", next - 1));
          writer.flush().get();
          durable.get();
          System.out.println("durable " + next);
        }
      } catch (Exception e) {
        System.out.println("failed " + e);
        throw e;
      }
    }
  }
}
