package io.neuralake.benchmarks.commit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.JsonProcess;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SparkProcess;
import io.neuralake.exec.GroupCommit;
import io.neuralake.testkit.signal.NeuralSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Appends to a table on the local disk, by one thread and by four. */
final class LocalRows {
  private static final int THREADS = 4;

  /** Measured beforehand; the driver runs one job at a time. */
  private static final double SPARK_BY_FOUR = 3.7;

  private final Options options;
  private final Path folder;
  private final List<NeuralSignal> rows;
  private final Map<String, double[]> times;

  LocalRows(Options options, List<NeuralSignal> rows, Map<String, double[]> times) {
    this.options = options;
    this.folder = options.output().resolve("data").resolve("local");
    this.rows = rows;
    this.times = times;
  }

  List<Result> measure() throws Exception {
    List<Result> results = new ArrayList<>();
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = CommitComparison.create(lake.table(folder.resolve("neuralake")));
      table.append(rows).commit();
      KernelAppender kernel = kernel(lake, "kernel");
      Times ours = new Times(options.appends());
      Times theirs = new Times(options.appends());
      for (int i = 0; i < options.warmUps(); i++) {
        table.append(rows).commit();
        kernel.append();
      }
      for (int i = 0; i < options.appends(); i++) {
        ours.measure(() -> table.append(rows).commit());
        theirs.measure(kernel::append);
      }
      times.put("local append/neuralake", ours.millis());
      times.put("local append/kernel", theirs.millis());
      results.add(
          Result.smaller(
              "append to local disk, p50", "Kernel", "ms", ours.median(), theirs.median(), 4));
      if (options.spark()) {
        double spark = spark();
        results.add(
            Result.smaller("append to local disk, p50", "Spark", "ms", ours.median(), spark, 10));
      }
    }
    results.addAll(byFour());
    return results;
  }

  private KernelAppender kernel(NeuralLake lake, String name) throws IOException {
    Path table = folder.resolve(name);
    CommitComparison.create(lake.table(table)).append(rows).commit();
    try (Stream<Path> files = Files.list(table)) {
      Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      return new KernelAppender(table, file);
    }
  }

  private double spark() throws Exception {
    int appends = Math.min(60, options.appends());
    Path table = folder.resolve("spark");
    try (JsonProcess spark =
        SparkProcess.start(
            "2g",
            options.sparkClassPath(),
            folder.resolve("spark-work"),
            options.output().resolve("spark.log"),
            Duration.ofHours(1))) {
      sql(
          spark,
          "CACHE TABLE batch AS SELECT * FROM delta.`"
              + folder.resolve("kernel")
              + "` LIMIT "
              + Options.ROWS);
      double[] nanos = new double[appends];
      for (int i = -20; i < appends; i++) {
        ObjectNode request =
            spark
                .request()
                .put("op", "time")
                .put("statement", "SELECT * FROM batch")
                .put("sink", "delta")
                .put("mode", "append")
                .put("path", table.toString());
        double millis = spark.ask(request).get("nanos").asLong() / 1e6;
        if (i >= 0) {
          nanos[i] = millis;
        }
      }
      times.put("local append/spark", nanos);
      return java.util.Arrays.stream(nanos).sorted().toArray()[appends / 2];
    }
  }

  private static void sql(JsonProcess spark, String statement) throws IOException {
    spark.ask(spark.request().put("op", "sql").put("statement", statement));
  }

  private List<Result> byFour() throws Exception {
    int each = Math.max(10, options.appends() / THREADS);
    try (NeuralLake lake = NeuralLake.builder().groupCommit(GroupCommit.off()).build()) {
      NeuralTable table = CommitComparison.create(lake.table(folder.resolve("four")));
      KernelAppender kernel = kernel(lake, "four-kernel");
      Threads.perSecond(THREADS, 10, () -> table.append(rows).commit());
      Threads.perSecond(THREADS, 5, kernel::appendBesideOthers);
      double ours = Threads.perSecond(THREADS, each, () -> table.append(rows).commit());
      double theirs = Threads.perSecond(THREADS, Math.min(each, 25), kernel::appendBesideOthers);
      String work = "4 threads, each append a version, local";
      return List.of(
          Result.larger(work, "Kernel", "commits/s", ours, theirs, 5),
          Result.larger(work, "Spark (earlier)", "commits/s", ours, SPARK_BY_FOUR, 19));
    }
  }
}
