package io.neuralake.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon serves a table, and says of itself what the dashboard and the alerts ask for. */
@Timeout(120)
class TableDaemonIT {
  private static final Path DEPLOY = Path.of("../docs/deploy");
  private static final Pattern PORT = Pattern.compile("metrics on port (\\d+)");
  private static final Pattern ROWS =
      Pattern.compile("^ingest_rows_total\\{.*\\} ([0-9.E]+)$", Pattern.MULTILINE);
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:ingest|compaction|table|service|neuralake)_[a-z_]+\\b");

  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<String> get(int port, String path) throws Exception {
    URI uri = URI.create("http://localhost:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void servesATableAndItsMetrics(@TempDir Path folder) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    PipedInputStream said = new PipedInputStream();
    PrintStream out = new PrintStream(new PipedOutputStream(said), true, StandardCharsets.UTF_8);
    String location = folder.resolve("t").toString();
    List<String> args = List.of(location, "writer,compactor", "recorder", "0", "50000");
    FutureTask<Void> daemon =
        new FutureTask<>(
            () -> {
              try (out) {
                TableDaemon.run(args, out, stop);
              }
              return null;
            });
    new Thread(daemon, "daemon").start();
    BufferedReader lines = new BufferedReader(new InputStreamReader(said, StandardCharsets.UTF_8));
    Matcher port = PORT.matcher(String.valueOf(lines.readLine()));
    assertThat(port.find()).isTrue();
    int at = Integer.parseInt(port.group(1));
    double rows = 0;
    String metrics = "";
    while (rows == 0) {
      metrics = get(at, "/metrics").body();
      Matcher found = ROWS.matcher(metrics);
      rows = found.find() ? Double.parseDouble(found.group(1)) : 0;
    }
    HttpResponse<String> health = get(at, "/healthz");
    assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
    assertThat(health.body()).contains("\"ok\":true", "\"name\":\"compactor\"");
    stop.countDown();
    assertThat(lines.lines().toList()).containsExactly("Stopping", "Stopped");
    daemon.get();
    asksOnlyForWhatIsThere(metrics);
  }

  /** What counts failures of work comes with the first failure; a lost race likewise. */
  private static final Set<String> WHEN_IT_HAPPENS =
      Set.of("service_failures_total", "neuralake_commit_retries_total");

  private static void asksOnlyForWhatIsThere(String metrics) throws Exception {
    List<String> queries = new ArrayList<>();
    JsonNode dashboard =
        new ObjectMapper().readTree(DEPLOY.resolve("grafana/neuralake.json").toFile());
    dashboard.findValuesAsText("expr").forEach(queries::add);
    assertThat(queries).hasSizeGreaterThan(15);
    for (String line : Files.readAllLines(DEPLOY.resolve("prometheus/alerts.yml"))) {
      if (line.strip().startsWith("expr: ")) {
        queries.add(line.strip().substring(6));
      }
    }
    Set<String> missing = new TreeSet<>();
    for (String query : queries) {
      assertThat(query.chars().filter(c -> c == '(').count())
          .as(query)
          .isEqualTo(query.chars().filter(c -> c == ')').count());
      Matcher names = METRIC.matcher(query);
      while (names.find()) {
        if (!metrics.contains("\n" + names.group() + "{")) {
          missing.add(names.group());
        }
      }
    }
    assertThat(missing).isSubsetOf(WHEN_IT_HAPPENS);
  }
}
