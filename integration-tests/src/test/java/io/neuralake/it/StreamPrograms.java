package io.neuralake.it;

import io.neuralake.NeuralTable;
import io.neuralake.ingest.Compaction;
import io.neuralake.ingest.Position;
import io.neuralake.ingest.StreamSettings;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.TableService;
import io.neuralake.ingest.WriteReceipt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;

/** Programs that stream and maintain until they are killed; the environment names the storage. */
final class StreamPrograms {
  private static final int ROWS = 100;

  private StreamPrograms() {}

  /** What is streamed: each writer counts. */
  record Counted(String writer, long number) {}

  private static void say(String text) {
    System.out.println("> " + text);
  }

  /** Counts on from where the table is: location, name. Says {@code durable <times> <next>}. */
  static final class Counter {
    private Counter() {}

    public static void main(String[] args) throws Exception {
      try (NeuralTable table = NeuralTable.open(args[0]);
          StreamWriter<Counted> writer =
              StreamWriter.to(table)
                  .of(Counted.class)
                  .settings(StreamSettings.ofDefaults().withLinger(Duration.ofMillis(20)))
                  .exactlyOnce(args[1])
                  .open()) {
        long next = writer.resumedAt("count").orElse(-1) + 1;
        for (int times = 1; ; times++) {
          CompletableFuture<WriteReceipt> last = null;
          for (int i = 0; i < 5; i++) {
            List<Counted> rows =
                LongStream.range(next, next + ROWS).mapToObj(n -> new Counted(args[1], n)).toList();
            next += ROWS;
            last = writer.write(rows, new Position("count", next - 1));
          }
          last.get();
          say("durable " + times + " " + next);
        }
      } catch (Exception e) {
        say("failed " + e);
        throw e;
      }
    }
  }

  /** Compacts, vacuums, and writes checkpoints: location. Says when it has begun. */
  static final class Maintainer {
    private Maintainer() {}

    public static void main(String[] args) throws Exception {
      Compaction often = new Compaction(Duration.ofSeconds(2), 10, Duration.ofMillis(200));
      try (NeuralTable table = NeuralTable.open(args[0]);
          TableService service =
              TableService.of(table)
                  .compact(often)
                  .vacuum(Duration.ofSeconds(3), vacuum -> vacuum)
                  .checkpoint(Duration.ofSeconds(1), 20)
                  .start()) {
        say("healthy " + service.health().ok());
        new CountDownLatch(1).await(); // until it is killed
      }
    }
  }
}
