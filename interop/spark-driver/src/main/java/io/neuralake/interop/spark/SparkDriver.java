package io.neuralake.interop.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Answers requests about Delta tables with Spark until stdin closes or {@code exit} is asked for.
 *
 * <p>A request is {@code {"id": 1, "op": ..}} with
 *
 * <ul>
 *   <li>{@code sql}: {@code statement};
 *   <li>{@code read}: {@code path}, optionally {@code version}, {@code timestamp}, and {@code
 *       options}, an object of further reader options such as {@code readChangeFeed};
 *   <li>{@code history} and {@code detail}: {@code path};
 *   <li>{@code time}: {@code statement}, a query, and {@code sink}, the format that its rows are
 *       written in ({@code noop} for nowhere), with {@code path}, {@code mode} ({@code overwrite}
 *       if none is given) and {@code options} where it needs them; answered by {@code nanos}, what that took within Spark, {@code cpuNanos}, processor
 *       time of the process meanwhile, and {@code rows};
 *   <li>{@code race}: {@code loser} and {@code winner}, two statements, of which the second commits
 *       while the first runs; the loser has to call the function {@code lose} on a long column of
 *       its source. Answered without rows, or by the loser's error;
 *   <li>{@code exit}.
 * </ul>
 *
 * <p>{@code limit} bounds the rows returned (default 10,000). An answer is {@code {"id": 1,
 * "schema": .., "count": .., "hash": .., "rows": [..]}} with rows as canonical lines in sorted
 * order, or {@code {"id": 1, "error": {"class": .., "message": ..}}}. The first line, sent unasked
 * with id 0, says that Spark is up.
 *
 * <p>The only argument is a folder for the warehouse and Spark's scratch files.
 */
public final class SparkDriver {
  /** Begins every line of the protocol; other lines on stdout are to be skipped. */
  public static final String MARKER = "@@neuralake-spark@@ ";

  private static final int DEFAULT_LIMIT = 10_000;

  private final ObjectMapper json = new ObjectMapper();
  private final SparkSession spark;
  private final PrintStream out;

  private SparkDriver(SparkSession spark, PrintStream out) {
    this.spark = spark;
    this.out = out;
  }

  /** Starts Spark, serves stdin, stops Spark. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("Usage: SparkDriver <scratch folder>");
    }
    PrintStream out = System.out;
    System.setOut(System.err); // whatever a library prints stays out of the protocol
    try (SparkSession spark = start(Path.of(args[0]));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      new SparkDriver(spark, new PrintStream(out, true, StandardCharsets.UTF_8)).serve(in);
    }
  }

  private static SparkSession start(Path scratch) {
    return SparkSession.builder()
        .master("local[2]")
        .appName("neuralake-spark-driver")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.warehouse.dir", scratch.resolve("warehouse").toUri().toString())
        .config("spark.local.dir", scratch.resolve("local").toString())
        .config("spark.ui.enabled", false)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.datetime.java8API.enabled", true)
        .config("spark.sql.shuffle.partitions", 2)
        .config("spark.databricks.delta.snapshotPartitions", 2)
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", 2)
        .config("spark.databricks.delta.vacuum.parallelDelete.parallelism", 2)
        .config("spark.ui.showConsoleProgress", false)
        .getOrCreate();
  }

  private void serve(BufferedReader in) throws IOException {
    send(json.createObjectNode().put("id", 0).put("version", spark.version()));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode request = json.readTree(line);
      ObjectNode answer = json.createObjectNode().put("id", request.path("id").asLong());
      boolean exit = request.path("op").asText().equals("exit");
      if (!exit) {
        answer(request, answer);
      }
      send(answer);
      if (exit) {
        return;
      }
    }
  }

  @SuppressWarnings(
      "CatchingUnchecked") // Spark throws checked exceptions that Scala does not declare
  private void answer(JsonNode request, ObjectNode answer) {
    try {
      if (request.path("op").asText().equals("time")) {
        new TimedJob(spark, request).runInto(answer);
        return;
      }
      if (request.path("op").asText().equals("race")) {
        new LostRace(spark, request).run();
        answer.put("schema", "").put("count", 0).put("hash", "").putArray("rows");
        return;
      }
      Dataset<Row> rows = run(request);
      RowSummary summary = new RowSummary(request.path("limit").asInt(DEFAULT_LIMIT));
      for (Iterator<Row> it = rows.toLocalIterator(); it.hasNext(); ) {
        summary.add(CanonicalRow.line(it.next()));
      }
      answer.put("schema", rows.schema().json());
      summary.writeTo(answer);
    } catch (Exception | LinkageError | StackOverflowError e) {
      answer.putObject("error").put("class", e.getClass().getName()).put("message", message(e));
    }
  }

  private Dataset<Row> run(JsonNode request) {
    String op = request.path("op").asText();
    return switch (op) {
      case "sql" -> spark.sql(required(request, "statement"));
      case "read" -> read(request);
      case "history" -> spark.sql("DESCRIBE HISTORY " + table(request));
      case "detail" -> spark.sql("DESCRIBE DETAIL " + table(request));
      default -> throw new IllegalArgumentException("Unknown op '" + op + "'.");
    };
  }

  private Dataset<Row> read(JsonNode request) {
    DataFrameReader reader = spark.read().format("delta");
    if (request.hasNonNull("version")) {
      reader = reader.option("versionAsOf", request.get("version").asLong());
    }
    if (request.hasNonNull("timestamp")) {
      reader = reader.option("timestampAsOf", request.get("timestamp").asText());
    }
    for (var option : request.path("options").properties()) {
      reader = reader.option(option.getKey(), option.getValue().asText());
    }
    return reader.load(required(request, "path"));
  }

  private static String table(JsonNode request) {
    return "delta.`" + required(request, "path").replace("`", "``") + "`";
  }

  static String required(JsonNode request, String field) {
    if (!request.path(field).isTextual()) {
      throw new IllegalArgumentException("The request lacks '" + field + "': " + request);
    }
    return request.get(field).asText();
  }

  /** The messages of the whole chain: Spark tends to hide the reason in a cause. */
  private static String message(Throwable error) {
    StringBuilder message = new StringBuilder(String.valueOf(error.getMessage()));
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      message.append("\ncaused by ").append(cause);
    }
    return message.toString();
  }

  private void send(ObjectNode answer) {
    out.println(MARKER + answer);
  }
}
