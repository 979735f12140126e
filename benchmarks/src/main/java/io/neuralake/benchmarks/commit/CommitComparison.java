package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.benchmarks.common.TimedReport;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.chaos.Rule;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares commits of neuralake with bare requests, Delta Kernel's default engine and Spark.
 *
 * <p>Exit status: 0 if every target is reached, 1 if one is not, 2 if the comparison itself fails.
 */
public final class CommitComparison {
  /** How long a distant S3 takes to answer. */
  static final Duration FAR = Duration.ofMillis(20);

  private final Options options;
  private final List<NeuralSignal> rows =
      NeuralSignals.seeded(42).stream().limit(Options.ROWS).toList();
  private final Map<String, double[]> times = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();

  private CommitComparison(Options options) {
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
              Path.of(System.getProperty("benchmarks.output", "benchmarks/target/commit"))
                  .toAbsolutePath(),
              Path.of(
                  System.getProperty(
                      "benchmarks.spark", "interop/spark-driver/target/spark.classpath")));
      System.exit(new CommitComparison(options).run() ? 0 : 1);
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
    Path data = options.output().resolve("data");
    Folders.delete(data);
    Files.createDirectories(data);
    try (EmbeddedS3 s3 = EmbeddedS3.builder().directory(data.resolve("s3")).start();
        HttpFaultProxy far = HttpFaultProxy.inFrontOf(s3.endpoint())) {
      far.inject(Rule.when("*", "").delay(FAR));
      S3Bucket bucket = s3.uniqueBucket("commit");
      say("Measuring appends to S3");
      results.addAll(S3Rows.measure(options, bucket, far, rows, times));
      say("Measuring threads that append together");
      results.addAll(GroupRows.measure(options, bucket, far, rows, notes));
      say("Measuring processes that append together");
      results.addAll(new ProcessRows(options, bucket.through(far.endpoint()), notes).measure());
    }
    say("Measuring appends to the local disk");
    results.addAll(new LocalRows(options, rows, times).measure());
    say("Measuring young and old, small and large tables");
    results.addAll(new AgeRows(options, rows, times).measure());
    new TimedReport(LocalDate.now(ZoneOffset.UTC).toString(), machine, results, notes, times)
        .publish(options.output().resolve("commit.json"));
    Folders.delete(data);
    return results.stream().allMatch(Result::reached);
  }

  /** A table of signals, the same for all. */
  static NeuralTable create(NeuralTable table) {
    table.create(SignalTable.SCHEMA).commit();
    return table;
  }

  private static void say(String what) {
    System.out.println(what);
  }
}
