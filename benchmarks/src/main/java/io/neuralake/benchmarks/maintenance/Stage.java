package io.neuralake.benchmarks.maintenance;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.JsonProcess;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What rows of the comparison work with: tables, engines, and where results go.
 *
 * @param options how large it is
 * @param lake ours
 * @param spark the peer, null without it
 * @param results the table so far
 * @param notes other figures so far
 * @param times all measured times so far, in milliseconds
 * @param copies of tables that were made
 */
record Stage(
    Options options,
    NeuralLake lake,
    @Nullable JsonProcess spark,
    List<Result> results,
    List<Note> notes,
    Map<String, double[]> times,
    AtomicInteger copies) {

  private static final int ROWS_PER_FILE = 10_000;

  static Stage of(Options options, NeuralLake lake, @Nullable JsonProcess spark) {
    return new Stage(
        options,
        lake,
        spark,
        new ArrayList<>(),
        new ArrayList<>(),
        new LinkedHashMap<>(),
        new AtomicInteger());
  }

  /** Something done to a table. */
  @FunctionalInterface
  interface Work {
    void on(Path table) throws Exception;
  }

  /** The table of many small files; made by whoever asks first. Nobody may change it. */
  Path manySmallFiles() throws IOException {
    Path path = options.output().resolve("data").resolve("small-files");
    if (!Files.exists(path)) {
      // A lake of its own, whose end is also that of what it does in the background.
      try (NeuralLake maker = NeuralLake.builder().build()) {
        NeuralTable table = maker.table(path);
        table.create(SignalTable.SCHEMA).commit();
        Iterator<List<NeuralSignal>> batches = NeuralSignals.seeded(8).batches(ROWS_PER_FILE);
        for (int file = 0; file < options.files(); file++) {
          table.append(batches.next()).commit();
        }
      }
    }
    return path;
  }

  /** A copy to work on, under a name of its own: a lake remembers tables. */
  Path fresh(Path base) throws IOException {
    Path copy = options.output().resolve("data").resolve("copy-" + copies.incrementAndGet());
    Folders.share(base, copy);
    return copy;
  }

  /** Has Spark run a statement; {@code %s} in it is the table. */
  void sparkSql(String statement, Path table) throws IOException {
    if (spark != null) {
      spark.ask(
          spark
              .request()
              .put("op", "sql")
              .put("statement", statement.replace("%s", "delta.`" + table + "`")));
    }
  }

  /**
   * Measures a work of both engines, in turns, on a fresh copy each time; one run of each is not
   * counted.
   *
   * @param target how many times faster neuralake has to be
   */
  void compare(String work, Path base, double target, Work ours, Work sparks) throws Exception {
    System.out.println("Measuring " + work);
    double[] our = new double[options.repetitions()];
    double[] their = new double[options.repetitions()];
    Arrays.fill(their, Double.NaN);
    for (int i = -1; i < options.repetitions(); i++) {
      double millis = time(ours, base);
      double sparkMillis = spark == null ? Double.NaN : time(sparks, base);
      if (i >= 0) {
        our[i] = millis;
        their[i] = sparkMillis;
      }
    }
    times.put(work + "/neuralake", our);
    times.put(work + "/spark", their);
    results.add(
        Result.smaller(
            work, "Spark local[2]", "s", median(our) / 1000, median(their) / 1000, target));
  }

  private double time(Work work, Path base) throws Exception {
    Path table = fresh(base);
    long begun = System.nanoTime();
    work.on(table);
    double millis = (System.nanoTime() - begun) / 1e6;
    Folders.delete(table);
    return millis;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
