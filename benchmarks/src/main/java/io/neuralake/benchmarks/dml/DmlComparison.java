package io.neuralake.benchmarks.dml;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.JsonProcess;
import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SparkProcess;
import io.neuralake.benchmarks.common.TimedReport;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares merges, deletes and updates of neuralake with Spark's.
 *
 * <p>Exit status: 0 if every target is reached, 1 if one is not, 2 if the comparison itself fails.
 */
public final class DmlComparison {
  private final Options options;
  private final Map<String, double[]> times = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();

  private DmlComparison(Options options) {
    this.options = options;
  }

  /**
   * Runs it; system properties {@code benchmarks.output} and {@code benchmarks.spark} are paths.
   */
  public static void main(String[] args) {
    try {
      Options options =
          Options.parse(
              args,
              Path.of(System.getProperty("benchmarks.output", "benchmarks/target/dml"))
                  .toAbsolutePath(),
              Path.of(
                  System.getProperty(
                      "benchmarks.spark", "interop/spark-driver/target/spark.classpath")));
      System.exit(new DmlComparison(options).run() ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(2);
    }
  }

  private boolean run() throws Exception {
    Machine machine = Machine.here();
    try (NeuralLake lake = NeuralLake.builder().build()) {
      Tables tables = new Tables(options, lake);
      System.out.println("Making the tables");
      tables.prepare();
      try (JsonProcess spark = options.spark() ? spark() : null) {
        for (Work work : Work.values()) {
          compare(lake, tables, spark, work, false);
          if (work.targetWithVectors > 0) {
            compare(lake, tables, spark, work, true);
          }
        }
      }
      double resident = peakMemory();
      results.add(Result.smaller("peak memory of all that", "limit", "GiB", resident, 1, 1));
      large(lake, tables);
      tables.deleteAll();
    }
    new TimedReport(LocalDate.now(ZoneOffset.UTC).toString(), machine, results, notes, times)
        .publish(options.output().resolve("dml.json"));
    return results.stream().allMatch(Result::reached);
  }

  private JsonProcess spark() throws IOException {
    return SparkProcess.start(
        "4g",
        options.sparkClassPath(),
        options.output().resolve("spark-work"),
        options.output().resolve("spark.log"),
        Duration.ofHours(2));
  }

  private void compare(
      NeuralLake lake, Tables tables, @Nullable JsonProcess spark, Work work, boolean vectors)
      throws IOException {
    String text = work.text(vectors);
    System.out.println("Measuring " + text);
    double[] ours = new double[options.repetitions()];
    double[] theirs = new double[options.repetitions()];
    long rows = -1;
    for (int i = -1; i < options.repetitions(); i++) {
      Path table = tables.fresh(vectors);
      NeuralTable handle = lake.table(table);
      long begun = System.nanoTime();
      CommitResult result = work.ours(lake, tables, handle);
      double millis = (System.nanoTime() - begun) / 1e6;
      rows = handle.count();
      if (work == Work.MERGE_ONE_FILE && result.changes().filesRemoved() != 1) {
        throw new IllegalStateException("touched more than one file: " + result);
      }
      tables.delete(table);
      double spent = Double.NaN;
      if (spark != null) {
        Path copy = tables.fresh(vectors);
        begun = System.nanoTime();
        spark.ask(
            spark
                .request()
                .put("op", "sql")
                .put("statement", work.sparks(tables, "delta.`" + copy + "`")));
        spent = (System.nanoTime() - begun) / 1e6;
        long counted = lake.table(copy).count();
        if (counted != rows) {
          throw new IllegalStateException(text + ": " + rows + " rows, Spark has " + counted);
        }
        tables.delete(copy);
      }
      if (i >= 0) {
        ours[i] = millis;
        theirs[i] = spent;
      }
    }
    times.put(text + "/neuralake", ours);
    times.put(text + "/spark", theirs);
    results.add(
        Result.smaller(
            text,
            "Spark",
            "s",
            median(ours) / 1000,
            median(theirs) / 1000,
            vectors ? work.targetWithVectors : work.target));
  }

  /** A source as large as the table, in the memory that this process has. */
  private void large(NeuralLake lake, Tables tables) throws IOException {
    System.out.println("Merging a source as large as the table");
    Path copy = tables.fresh(false);
    NeuralTable table = lake.table(copy);
    long begun = System.nanoTime();
    table
        .merge(lake.table(tables.source("whole")).scan())
        .on("t.id = s.id")
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .commit();
    notes.add(
        new Note(
            "merge of a source as large as the table",
            "neuralake, -Xmx" + (Runtime.getRuntime().maxMemory() >> 20) + "m",
            "s",
            (System.nanoTime() - begun) / 1e9));
    notes.add(new Note("peak memory with that", "neuralake", "GiB", peakMemory()));
    tables.delete(copy);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The most that this process has had resident. */
  private static double peakMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / (double) (1 << 20);
      }
    }
    return Double.NaN;
  }
}
