package io.neuralake.benchmarks.columnar;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalInt;

/**
 * Compares neuralake with Delta Kernel's default engine, parquet-avro, Spark and DuckDB.
 *
 * <p>Exit status: 0 if every target is reached, 1 if one is not, 2 if the comparison itself fails.
 */
public final class ColumnarComparison {
  private static final int HEAP_THAT_MUST_DO = 512;

  private final Options options;
  private final Dataset dataset;

  private ColumnarComparison(Options options) {
    this.options = options;
    this.dataset = new Dataset(options.output().resolve("data"), options.rows());
  }

  /**
   * Runs it; system properties {@code benchmarks.output} and {@code benchmarks.spark} are paths.
   */
  public static void main(String[] args) {
    try {
      Options options =
          Options.parse(
              args,
              Path.of(System.getProperty("benchmarks.output", "benchmarks/target/columnar"))
                  .toAbsolutePath(),
              Path.of(
                  System.getProperty(
                      "benchmarks.spark", "interop/spark-driver/target/spark.classpath")));
      System.exit(new ColumnarComparison(options).run().reached() ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      System.exit(2);
    }
  }

  private Report run() throws IOException {
    Machine machine = Machine.here();
    say("Making the tables: " + options.rows() + " rows, " + options.files() + " files");
    dataset.prepare(options.files());
    Rounds rounds = new Rounds(options.repetitions());
    measure(rounds);
    Scoring scoring = new Scoring(rounds, heaps());
    Report report =
        new Report(
            LocalDate.now(ZoneOffset.UTC).toString(),
            machine,
            options.rows(),
            options.files(),
            options.repetitions(),
            scoring.results(),
            scoring.notes(),
            scoring.seconds(),
            scoring.cpuSeconds());
    publish(report);
    Folders.delete(dataset.scratch());
    return report;
  }

  private void measure(Rounds rounds) throws IOException {
    try (Runner ours = worker("neuralake", HEAP_THAT_MUST_DO + "m");
        Runner kernel = worker("kernel", "1g");
        Runner avro = worker("parquet-avro", "1g");
        Runner pages = worker("pages", "512m");
        Runner duckdb = worker("duckdb", "512m");
        Runner spark = new SparkRunner("4g", options, dataset)) {
      measure(rounds, Work.SCAN_ALL, ours, kernel, pages, duckdb, spark);
      measure(rounds, Work.AGGREGATE, duckdb);
      measure(rounds, Work.READ_RECORDS, ours);
      measure(rounds, Work.READ_AVRO, ours, avro);
      measure(rounds, Work.SCAN_THREE, ours, kernel, avro, duckdb, spark);
      measure(rounds, Work.WRITE, ours, duckdb, spark);
      measure(rounds, Work.WRITE_TABLE, spark);
      measure(rounds, Work.LIST_FILES, ours, kernel);
      measure(rounds, Work.LIST_FILES_OF_COMMITS, ours, kernel);
    }
  }

  private Runner worker(String name, String heap) throws IOException {
    return new WorkerRunner(name, heap, options, dataset, WorkerRunner.LIMIT);
  }

  private void measure(Rounds rounds, Work work, Runner... contestants) throws IOException {
    say("Measuring: " + work.title());
    boolean listing = work.name().startsWith("LIST");
    rounds.run(work, listing ? options.files() : options.rows(), List.of(contestants));
  }

  private Scoring.Heaps heaps() {
    HeapNeed need = new HeapNeed(options, dataset);
    say("Searching for the heap that listing files needs");
    double list = orNaN(need.smallest("neuralake", Work.LIST_FILES, 4, 256));
    double kernelList = orNaN(need.smallest("kernel", Work.LIST_FILES, 4, 256));
    say("Searching for the heap that scan and write need");
    OptionalInt copy = need.smallest("neuralake", Work.COPY, 16, HEAP_THAT_MUST_DO);
    return new Scoring.Heaps(orNaN(copy), list, kernelList);
  }

  private static double orNaN(OptionalInt number) {
    return number.isPresent() ? number.getAsInt() : Double.NaN;
  }

  private void publish(Report report) throws IOException {
    Files.writeString(
        options.output().resolve("columnar.json"),
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report)
            + "\n");
    Files.writeString(options.output().resolve("columnar.svg"), new Plot(report.results()).svg());
    System.out.println();
    System.out.println(report.text());
    System.out.println("Written: columnar.json and columnar.svg in " + options.output());
  }

  private static void say(String what) {
    System.out.println(what);
  }
}
