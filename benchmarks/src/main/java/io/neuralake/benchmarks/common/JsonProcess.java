package io.neuralake.benchmarks.common;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM that answers JSON requests, a line each, behind a marker; it ends when its input
 * does. Not thread-safe.
 */
public final class JsonProcess implements AutoCloseable {
  private static final int EXIT_SECONDS = 20;

  private final ObjectMapper json = new ObjectMapper();
  private final String marker;
  private final Path log;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private long lastId;

  /**
   * Starts a JVM and waits for its first answer, which has id 0.
   *
   * @param log takes what the process prints to standard error
   * @param marker begins every line that is an answer
   * @param limit after which the process is ended, whatever it does
   * @param arguments of the {@code java} command
   */
  public JsonProcess(Path log, String marker, Duration limit, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS"); // the parent's agents are not the child's
    this.marker = marker;
    this.log = log;
    this.process = builder.start();
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    var unused =
        process
            .onExit()
            .orTimeout(limit.toSeconds(), TimeUnit.SECONDS)
            .exceptionally(late -> process.destroyForcibly());
    try {
      await(0);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  public ObjectNode request() {
    return json.createObjectNode();
  }

  /** Sends a request and waits for its answer. */
  public JsonNode ask(ObjectNode request) throws IOException {
    long id = ++lastId;
    requests.write(request.put("id", id).toString());
    requests.newLine();
    requests.flush();
    JsonNode answer = await(id);
    if (answer.has("error")) {
      throw new IOException(answer.get("error").get("message").asText() + " (log: " + log + ")");
    }
    return answer;
  }

  private JsonNode await(long id) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(marker)) {
        JsonNode answer = json.readTree(line.substring(marker.length()));
        if (answer.get("id").asLong() == id) {
          return answer;
        }
      }
    }
    throw new IOException("The process ended before it answered; its log is " + log);
  }

  @Override
  public void close() {
    try {
      requests.close();
    } catch (IOException e) {
      // The process has gone already.
    }
    try {
      if (!process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
