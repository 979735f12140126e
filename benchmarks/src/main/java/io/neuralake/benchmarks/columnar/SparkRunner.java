package io.neuralake.benchmarks.columnar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.JsonProcess;
import io.neuralake.benchmarks.common.SparkProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Spark local[2] with Delta Lake: the driver of {@code interop/spark-driver}, which times its jobs
 * itself. Scans end in Spark's {@code noop} sink, writes begin at a table that Spark has cached.
 */
final class SparkRunner implements Runner {
  private final Dataset dataset;
  private final JsonProcess process;
  private boolean cached;

  SparkRunner(String heap, Options options, Dataset dataset) throws IOException {
    this.dataset = dataset;
    this.process =
        SparkProcess.start(
            heap,
            options.sparkClassPath(),
            dataset.scratch().resolve("spark-work"),
            options.output().resolve("spark.log"),
            WorkerRunner.LIMIT);
  }

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public Measurement run(Work work) throws IOException {
    String table = "delta.`" + dataset.signals() + "`";
    return switch (work) {
      case SCAN_ALL -> time("SELECT * FROM " + table, "noop", null);
      case SCAN_THREE ->
          time(
              "SELECT " + String.join(", ", Dataset.THREE_COLUMNS) + " FROM " + table,
              "noop",
              null);
      case WRITE -> write("parquet");
      case WRITE_TABLE -> write("delta");
      default -> throw new UnsupportedOperationException("Spark has no " + work.title());
    };
  }

  private Measurement write(String format) throws IOException {
    if (!cached) {
      sql("SET spark.sql.inMemoryColumnarStorage.compressed = false");
      sql("CACHE TABLE signals AS SELECT * FROM delta.`" + dataset.signals() + "`");
      cached = true;
    }
    Path target = dataset.scratch().resolve("spark-" + format);
    Folders.delete(target);
    return time("SELECT * FROM signals", format, target);
  }

  private void sql(String statement) throws IOException {
    process.ask(process.request().put("op", "sql").put("statement", statement));
  }

  private Measurement time(String statement, String sink, @Nullable Path target)
      throws IOException {
    ObjectNode request =
        process.request().put("op", "time").put("statement", statement).put("sink", sink);
    if (target != null) {
      request.put("path", target.toString());
      request
          .putObject("options")
          .put("compression", "zstd")
          .put("parquet.compression.codec.zstd.level", "3");
    }
    JsonNode answer = process.ask(request);
    return new Measurement(
        answer.get("nanos").asLong(),
        answer.get("cpuNanos").asLong(),
        answer.get("rows").asLong(),
        0,
        0);
  }

  @Override
  public void close() {
    process.close();
  }
}
