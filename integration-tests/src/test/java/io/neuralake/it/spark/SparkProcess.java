package io.neuralake.it.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.neuralake.it.canonical.TableContent;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Spark with Delta Lake in a process of its own: an independent reader and writer of the same
 * tables.
 *
 * <p>The process is module {@code interop/spark-driver}; system property {@code
 * neuralake.spark.classpath} names the file with its class path, which that module's build writes.
 * Local paths are readable, and S3 by a process that was started with the settings of {@code
 * fs.s3a}.
 *
 * <p>Thread-safe; requests run one after the other. A request that takes longer than {@link
 * #ANSWER_TIMEOUT} ends the process.
 */
public final class SparkProcess implements AutoCloseable {
  private static final String MARKER = "@@neuralake-spark@@ ";
  private static final String END = "";
  private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(20);
  private static final int LOG_TAIL = 40;

  /** What Spark needs to be open on Java 17, from its {@code JavaModuleOptions}. */
  private static final List<String> OPEN_PACKAGES =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "jdk.internal.ref",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private final ObjectMapper json = new ObjectMapper();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path scratch;
  private final Path log;
  private final Process process;
  private final BufferedWriter requests;
  private long lastId;

  private SparkProcess(Path scratch, Path log, Process process) {
    this.scratch = scratch;
    this.log = log;
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** The process that all tests of this JVM share; started at first use, ended with the JVM. */
  public static SparkProcess shared() {
    return Shared.INSTANCE;
  }

  /** Starts a process and waits until Spark is up. */
  public static SparkProcess start() {
    return start(Map.of(), Map.of(), List.of());
  }

  /**
   * Starts a process with settings of its own.
   *
   * @param configuration entries of Spark's configuration
   * @param environment additional variables
   * @param more classes whose folders or jars are added to the class path
   */
  public static SparkProcess start(
      Map<String, String> configuration, Map<String, String> environment, List<Class<?>> more) {
    try {
      Path scratch = Files.createTempDirectory("neuralake-spark");
      String own = scratch.resolve("log").toString();
      Path log =
          Path.of(configuration.isEmpty() ? System.getProperty("neuralake.spark.log", own) : own);
      ProcessBuilder builder =
          new ProcessBuilder(command(scratch, configuration, more))
              .redirectError(log.toFile())
              .directory(scratch.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      SparkProcess spark = new SparkProcess(scratch, log, process);
      Thread reader = new Thread(spark::collectAnswers, "spark-answers");
      reader.setDaemon(true);
      reader.start();
      spark.await(0, START_TIMEOUT);
      return spark;
    } catch (IOException e) {
      throw new UncheckedIOException("Spark did not start.", e);
    }
  }

  /** Runs a statement. */
  public SparkAnswer sql(String statement) {
    return answer(request("sql").put("statement", statement));
  }

  /**
   * Runs two statements of which the winner commits while the loser, which calls {@code lose(id)}
   * on a long column of its source, is running.
   *
   * @throws SparkFailure if the loser fails
   */
  public void race(String loser, String winner) {
    answer(request("race").put("loser", loser).put("winner", winner));
  }

  /** Reads the latest version of the table at a local path. */
  public SparkAnswer read(String path) {
    return answer(request("read").put("path", path));
  }

  /** Reads version {@code version} of the table at a local path. */
  public SparkAnswer readVersion(String path, long version) {
    return answer(request("read").put("path", path).put("version", version));
  }

  /**
   * Reads the version that was the latest at {@code timestamp}, in a form that Spark casts to a
   * timestamp.
   */
  public SparkAnswer readTimestamp(String path, String timestamp) {
    return answer(request("read").put("path", path).put("timestamp", timestamp));
  }

  /** Reads the change feed from {@code firstVersion} to {@code lastVersion}, both included. */
  public SparkAnswer readChanges(String path, long firstVersion, long lastVersion) {
    ObjectNode request = request("read").put("path", path);
    request
        .putObject("options")
        .put("readChangeFeed", "true")
        .put("startingVersion", firstVersion)
        .put("endingVersion", lastVersion);
    return answer(request);
  }

  /** {@code DESCRIBE HISTORY}: one row per version. */
  public SparkAnswer history(String path) {
    return answer(request("history").put("path", path));
  }

  /** {@code DESCRIBE DETAIL}: one row. */
  public SparkAnswer detail(String path) {
    return answer(request("detail").put("path", path));
  }

  /** Asks Spark to exit, ends it if it does not, and deletes its scratch files. */
  @Override
  public synchronized void close() {
    try {
      try {
        requests.close();
      } catch (IOException e) {
        // The process has gone already.
      }
      if (!process.waitFor(EXIT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    } finally {
      deleteScratch();
    }
  }

  private static List<String> command(
      Path scratch, Map<String, String> configuration, List<Class<?>> more) throws IOException {
    String file = System.getProperty("neuralake.spark.classpath");
    if (file == null || !Files.isReadable(Path.of(file))) {
      throw new IllegalStateException(
          "System property neuralake.spark.classpath names no readable file ("
              + file
              + "); build with -Pspark, which makes interop/spark-driver write it.");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    OPEN_PACKAGES.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
    // A handful of rows each: code that is generated, compiled and loaded never pays back either.
    command.add("-Dspark.sql.codegen.wholeStage=false");
    command.add("-Dspark.sql.codegen.factoryMode=NO_CODEGEN");
    command.add("-Dspark.sql.adaptive.enabled=false");
    configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
    StringBuilder classPath = new StringBuilder(Files.readString(Path.of(file)).strip());
    for (Class<?> type : more) {
      classPath
          .append(File.pathSeparator)
          .append(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "-Djdk.reflect.useDirectMethodHandle=false",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dderby.system.home=" + scratch,
            "-Djava.io.tmpdir=" + scratch,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // short queries: the second compiler never pays back
            "-XX:+ExitOnOutOfMemoryError",
            "-Xmx1g",
            "-cp",
            classPath.toString(),
            "io.neuralake.interop.spark.SparkDriver",
            scratch.toString()));
    return command;
  }

  private void collectAnswers() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(MARKER)) {
          answers.add(line.substring(MARKER.length()));
        }
      }
    } catch (IOException e) {
      // The pipe broke with the process; whoever waits learns it from END.
    }
    answers.add(END);
  }

  private ObjectNode request(String op) {
    return json.createObjectNode().put("op", op).put("limit", TableContent.MAX_ROWS);
  }

  private synchronized SparkAnswer answer(ObjectNode request) {
    long id = ++lastId;
    try {
      requests.write(request.put("id", id).toString());
      requests.newLine();
      requests.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Spark has ended; it last logged:\n" + logTail(), e);
    }
    JsonNode answer = await(id, ANSWER_TIMEOUT);
    if (answer.has("error")) {
      JsonNode error = answer.get("error");
      throw new SparkFailure(error.get("class").asText(), error.get("message").asText());
    }
    List<String> rows = new ArrayList<>();
    answer.get("rows").forEach(row -> rows.add(row.asText()));
    TableContent content =
        new TableContent(answer.get("count").asLong(), answer.get("hash").asText(), rows);
    return new SparkAnswer(answer.get("schema").asText(), content);
  }

  private JsonNode await(long id, Duration timeout) {
    try {
      String line = answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null || line.equals(END)) {
        kill();
        String problem = line == null ? "Spark did not answer within " + timeout : "Spark ended";
        throw new IllegalStateException(problem + "; it last logged:\n" + logTail());
      }
      JsonNode answer = json.readTree(line);
      if (answer.get("id").asLong() != id) {
        kill();
        throw new IllegalStateException("Spark answered another request than " + id + ": " + line);
      }
      return answer;
    } catch (InterruptedException e) {
      kill(); // an answer that nobody awaits would be taken for the next one's
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for Spark.", e);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Spark's answer is not JSON.", e);
    }
  }

  private void kill() {
    process.destroyForcibly();
  }

  private String logTail() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  private void deleteScratch() {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // Leftovers in the temporary folder hurt nobody.
    }
  }

  private static final class Shared {
    static final SparkProcess INSTANCE = startWithHook();

    private static SparkProcess startWithHook() {
      SparkProcess spark = start();
      Runtime.getRuntime().addShutdownHook(new Thread(spark::close, "spark-close"));
      return spark;
    }
  }
}
