package io.neuralake.benchmarks.columnar;

import com.fasterxml.jackson.databind.JsonNode;
import io.neuralake.benchmarks.common.JsonProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A {@link Worker} in a JVM with a heap of a given size. */
final class WorkerRunner implements Runner {
  /** No comparison takes longer. */
  static final Duration LIMIT = Duration.ofHours(2);

  private final String name;
  private final JsonProcess process;

  /**
   * Starts the worker.
   *
   * @param heap as {@code -Xmx} takes it
   * @param limit after which the worker is ended, whatever it does
   * @param flags more arguments of the JVM
   */
  WorkerRunner(
      String name, String heap, Options options, Dataset dataset, Duration limit, String... flags)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
    arguments.add("-XX:+ExitOnOutOfMemoryError");
    arguments.add("-Xmx" + heap);
    arguments.addAll(List.of(flags));
    arguments.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path", ""),
            Worker.class.getName(),
            name,
            dataset.folder().toString(),
            Integer.toString(dataset.rows()),
            Integer.toString(options.threads())));
    this.name = name;
    this.process =
        new JsonProcess(options.output().resolve(name + ".log"), Worker.MARKER, limit, arguments);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Measurement run(Work work) throws IOException {
    JsonNode answer = process.ask(process.request().put("work", work.name()));
    return new Measurement(
        answer.get("nanos").asLong(),
        answer.get("cpuNanos").asLong(),
        answer.get("rows").asLong(),
        answer.get("heapBytes").asLong(),
        answer.get("arrowBytes").asLong());
  }

  @Override
  public void close() {
    process.close();
  }
}
