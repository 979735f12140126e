package io.neuralake.it;

import io.neuralake.NeuralTable;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import io.neuralake.write.CommitResult;
import java.util.Iterator;
import java.util.List;

/** Programs that tests run in processes of their own; the environment says where the storage is. */
final class Writers {

  private Writers() {}

  /** Marks what a program says; logging may write to the same stream. */
  private static void say(String text) {
    System.out.println("> " + text);
  }

  /** What a program has said so far. */
  static List<String> saidBy(JavaProcess program) {
    return program.stdout().stream()
        .filter(line -> line.startsWith("> "))
        .map(line -> line.substring(2))
        .toList();
  }

  /** Rows of a batch; the session carries the batch's name, so that rows tell where they belong. */
  static List<NeuralSignal> named(String batch, List<NeuralSignal> rows) {
    return rows.stream()
        .map(
            r ->
                new NeuralSignal(
                    r.signal_id(),
                    r.neuron_id(),
                    r.region(),
                    batch,
                    r.ts(),
                    r.voltage(),
                    r.spike(),
                    r.frequency_hz(),
                    r.amplitude(),
                    r.quality()))
        .toList();
  }

  /** Another idea of the same table. */
  record Weather(String station, double celsius) {}

  /** Creates or joins a table, then appends ten rows: location, seed, {@code signal|weather}. */
  static final class Creator {
    private Creator() {}

    public static void main(String[] args) {
      try (NeuralTable table = NeuralTable.open(args[0])) {
        CommitResult created =
            args[2].equals("weather")
                ? table.create(Weather.class).ifNotExists().commit()
                : table.create(NeuralSignal.class).partitionedBy("region").ifNotExists().commit();
        say("created " + created.committed() + " at " + created.version());
        table.append(NeuralSignals.seeded(Long.parseLong(args[1])).take(10)).commit();
        say("appended");
      } catch (NeuralLakeException e) {
        say(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  /**
   * Appends batches and says so after each: location, name of the writer, number of batches, rows
   * of each. Its batches are called {@code name-0}, {@code name-1} and so on.
   */
  static final class Appender {
    private Appender() {}

    public static void main(String[] args) {
      int batches = Integer.parseInt(args[2]);
      Iterator<List<NeuralSignal>> rows =
          NeuralSignals.seeded(args[1].hashCode()).batches(Integer.parseInt(args[3]));
      try (NeuralTable table = NeuralTable.open(args[0])) {
        table.schema();
        say("began " + System.currentTimeMillis());
        for (int i = 0; i < batches; i++) {
          String batch = args[1] + "-" + i;
          CommitResult result = table.append(named(batch, rows.next())).commit();
          say("committed " + batch + " " + result.version() + " " + result.attempts());
        }
        say("ended " + System.currentTimeMillis());
      }
    }
  }
}
