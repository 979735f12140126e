package io.neuralake.interop.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A query whose rows stay within Spark, and the time it takes there. */
final class TimedJob {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final SparkSession spark;
  private final String statement;
  private final JsonNode request;

  TimedJob(SparkSession spark, JsonNode request) {
    this.spark = spark;
    this.statement = SparkDriver.required(request, "statement");
    this.request = request;
  }

  /** Runs the query into its sink; adds what it took, and {@code rows}, to the answer. */
  void runInto(ObjectNode answer) {
    DataFrameWriter<Row> writer =
        spark
            .sql(statement)
            .write()
            .format(SparkDriver.required(request, "sink"))
            .mode(request.path("mode").asText("overwrite"));
    for (var option : request.path("options").properties()) {
      writer = writer.option(option.getKey(), option.getValue().asText());
    }
    long cpu = SYSTEM.getProcessCpuTime();
    long begun = System.nanoTime();
    if (request.hasNonNull("path")) {
      writer.save(request.get("path").asText());
    } else {
      writer.save();
    }
    answer.put("nanos", System.nanoTime() - begun);
    answer.put("cpuNanos", SYSTEM.getProcessCpuTime() - cpu);
    answer.put("rows", spark.sql(statement).count());
  }
}
