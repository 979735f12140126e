package io.neuralake.benchmarks.ingest;

import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.Machine;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.TimedReport;
import io.neuralake.testkit.fixture.EmbeddedS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares streams with the bare columnar writer and with bare requests.
 *
 * <p>Exit status: 0 if every target is reached, 1 if one is not, 2 if the comparison itself fails.
 */
public final class IngestComparison {

  private IngestComparison() {}

  /** Runs it; the system property {@code benchmarks.output} is a path. */
  public static void main(String[] args) {
    try {
      Path output = Path.of(System.getProperty("benchmarks.output", "benchmarks/target/ingest"));
      System.exit(run(Options.parse(args, output.toAbsolutePath())) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(2);
    }
  }

  private static boolean run(Options options) throws Exception {
    Machine machine = Machine.here();
    Map<String, double[]> times = new LinkedHashMap<>();
    List<Note> notes = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    Path data = options.output().resolve("data");
    Folders.delete(data);
    Files.createDirectories(data);
    System.out.println("Measuring a stream of four producers");
    results.addAll(new ThroughputRows(options, data, times, notes).measure());
    try (EmbeddedS3 s3 = EmbeddedS3.builder().directory(data.resolve("s3")).start()) {
      System.out.println("Measuring batches that are durable one after the other");
      results.addAll(DurableRows.measure(options, s3.uniqueBucket("durable"), times));
      if (options.soakMinutes() > 0) {
        System.out.println("Soaking for " + options.soakMinutes() + " minutes");
        results.addAll(new SoakRows(options, s3.uniqueBucket("soak"), notes).measure());
      }
    }
    new TimedReport(LocalDate.now(ZoneOffset.UTC).toString(), machine, results, notes, times)
        .publish(options.output().resolve("ingest.json"));
    Folders.delete(data);
    return results.stream().allMatch(Result::reached);
  }
}
