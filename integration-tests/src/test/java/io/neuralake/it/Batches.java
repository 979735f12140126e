package io.neuralake.it;

import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.testkit.process.JavaProcess;
import io.neuralake.testkit.signal.NeuralSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What writers say that they have written, and what of it is in the table. */
final class Batches {
  private static final Pattern COMMITTED = Pattern.compile("committed (\\S+) (\\d+) (\\d+)");

  private Batches() {}

  /**
   * A batch that a writer reported.
   *
   * @param name of the batch
   * @param version that the writer was told
   * @param attempts that it took
   */
  record Reported(String name, long version, int attempts) {}

  /** What an appender has reported so far. */
  static List<Reported> reportedBy(JavaProcess appender) {
    List<Reported> all = new ArrayList<>();
    for (String line : Writers.saidBy(appender)) {
      Matcher said = COMMITTED.matcher(line);
      if (said.matches()) {
        all.add(
            new Reported(
                said.group(1), Long.parseLong(said.group(2)), Integer.parseInt(said.group(3))));
      }
    }
    return all;
  }

  /** Rows of each batch in the newest version. */
  static Map<String, Long> in(NeuralTable table) {
    Map<String, Long> rows = new TreeMap<>();
    try (Rows<NeuralSignal> all = table.scan().as(NeuralSignal.class)) {
      all.forEach(row -> rows.merge(row.session_id(), 1L, Long::sum));
    }
    return rows;
  }
}
