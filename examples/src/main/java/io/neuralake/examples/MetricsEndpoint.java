package io.neuralake.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.neuralake.ingest.Health;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Shows a process to Prometheus and to whoever watches over it: {@code /metrics} in Prometheus's
 * text format, {@code /healthz} as JSON with status 200 or 503.
 */
final class MetricsEndpoint implements AutoCloseable {
  /** Where Prometheus looks unless it is told otherwise by the files in docs/deploy. */
  static final int DEFAULT_PORT = 9090;

  private final HttpServer server;
  private final ExecutorService threads;

  private MetricsEndpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts to answer, on all addresses of the machine.
   *
   * @param port 0 for any
   */
  static MetricsEndpoint start(int port, PrometheusMeterRegistry meters, Supplier<Health> health)
      throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            2,
            work -> {
              Thread thread = new Thread(work, "metrics-endpoint");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4", meters.scrape()));
    server.createContext("/healthz", exchange -> answer(exchange, health.get()));
    server.start();
    return new MetricsEndpoint(server, threads);
  }

  int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Health health) throws IOException {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("ok", health.ok());
    json.put("storageReachable", health.storageReachable());
    json.put("tableWritable", health.tableWritable());
    json.put("lagSeconds", health.lag().toMillis() / 1000.0);
    for (Health.Loop loop : health.loops()) {
      ObjectNode one = json.withArray("loops").addObject();
      one.put("name", loop.name());
      one.put("state", loop.state().name());
      one.put("failures", loop.failures());
      loop.lastSuccess().ifPresent(at -> one.put("lastSuccess", at.toString()));
      loop.lastFailure().ifPresent(why -> one.put("lastFailure", why));
    }
    answer(exchange, health.ok() ? 200 : 503, "application/json", json + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
