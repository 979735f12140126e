package io.neuralake.examples;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.ingest.Compaction;
import io.neuralake.ingest.Position;
import io.neuralake.ingest.ServiceRun;
import io.neuralake.ingest.StreamSettings;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.TableService;
import io.neuralake.ingest.WriteReceipt;
import io.neuralake.lock.InProcessLeases;
import io.neuralake.lock.LeaseProvider;
import io.neuralake.lock.Leases;
import io.neuralake.lock.LockProviders;
import io.neuralake.lock.dynamodb.DynamoDb;
import io.neuralake.lock.dynamodb.DynamoDbLeases;
import io.neuralake.storage.StorageSettings;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A process that serves a table until it is stopped: as writer of recorded signals, as compactor,
 * or as both, with its metrics on a port. What docs/deploy runs in containers.
 *
 * <p>SIGTERM ends it in order: no more rows, the last ones written, then the work that maintains.
 */
public final class TableDaemon {
  private static final String USAGE =
      "TableDaemon <table location> <roles: writer,compactor> [<name of the writer> [<port>"
          + " [<rows a second>]]]";
  private static final int ROWS = 1_000;

  private final NeuralTable table;
  private final Set<String> roles;
  private final String name;
  private final int rate;
  private final PrometheusMeterRegistry meters;

  private TableDaemon(
      NeuralTable table, Set<String> roles, String name, int rate, PrometheusMeterRegistry meters) {
    this.table = table;
    this.roles = roles;
    this.name = name;
    this.rate = rate;
    this.meters = meters;
  }

  /** Runs it and ends the JVM with its exit code. */
  public static void main(String[] args) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.countDown();
                  try {
                    if (!ended.await(90, TimeUnit.SECONDS)) {
                      System.err.println("Not all has ended in 90 seconds");
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    int status =
        Program.run(USAGE, (a, out) -> run(a, out, stop), List.of(args), System.out, System.err);
    ended.countDown();
    if (status != Program.OK) {
      System.exit(status);
    }
  }

  /** Serves until the latch is open. */
  static void run(List<String> args, PrintStream out, CountDownLatch stop) throws Exception {
    if (args.size() < 2 || args.size() > 5) {
      throw new Program.BadArguments("Say which table, and which roles.");
    }
    Map<String, String> env = System.getenv();
    Set<String> roles = Set.of(args.get(1).split(","));
    if (!Set.of("writer", "compactor").containsAll(roles)) {
      throw new Program.BadArguments("Roles are writer and compactor, not " + args.get(1) + ".");
    }
    String name = args.size() > 2 ? args.get(2) : env.getOrDefault("HOSTNAME", "writer");
    int port = args.size() > 3 ? number(args.get(3)) : MetricsEndpoint.DEFAULT_PORT;
    int rate = args.size() > 4 ? number(args.get(4)) : 10_000;
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (NeuralLake lake = lake(env, meters);
        Leases leases = leases(env)) {
      NeuralTable table = lake.table(args.get(0));
      table.create(NeuralSignal.class).partitionedBy("region").ifNotExists().commit();
      TableDaemon daemon = new TableDaemon(table, roles, name, rate, meters);
      try (TableService service = daemon.service(leases);
          MetricsEndpoint endpoint = MetricsEndpoint.start(port, meters, service::health)) {
        out.println("Serving " + table.location() + ", metrics on port " + endpoint.port());
        stop.await();
        out.println("Stopping");
      }
    }
    out.println("Stopped");
  }

  private static NeuralLake lake(Map<String, String> env, PrometheusMeterRegistry meters) {
    return NeuralLake.builder()
        .storage(StorageSettings.fromEnvironment(env))
        .lock(LockProviders.fromEnvironment(env))
        .meterRegistry(meters)
        .build();
  }

  /** One of each in a fleet, if {@code NEURALAKE_LEASES} is {@code dynamodb}; else in a process. */
  private static Leases leases(Map<String, String> env) {
    LeaseProvider provider =
        "dynamodb".equals(env.get("NEURALAKE_LEASES"))
            ? DynamoDbLeases.of(DynamoDb.fromEnvironment(env))
            : new InProcessLeases();
    return new Leases(provider, Clock.systemUTC(), UUID::randomUUID);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new Program.BadArguments("'" + text + "' is not a number.");
    }
  }

  private TableService service(Leases leases) {
    TableService.Builder service = TableService.of(table).leases(leases).meterRegistry(meters);
    if (roles.contains("compactor")) {
      service
          .compact(Compaction.ofDefaults())
          .vacuum(Duration.ofHours(24), vacuum -> vacuum)
          .checkpoint(Duration.ofMinutes(1), 100);
    }
    if (roles.contains("writer")) {
      service.work("writer", this::write);
    }
    return service.start();
  }

  /** Writes a recording, from where the table has it. */
  private void write(ServiceRun run) throws Exception {
    StreamSettings quick = StreamSettings.ofDefaults().withLinger(Duration.ofMillis(200));
    try (StreamWriter<NeuralSignal> writer =
        StreamWriter.to(table)
            .of(NeuralSignal.class)
            .settings(quick)
            .exactlyOnce(name)
            .meterRegistry(meters)
            .open()) {
      run.watch(writer);
      long batch = writer.resumedAt("recording").orElse(-1) + 1;
      Iterator<List<NeuralSignal>> recording =
          NeuralSignals.seeded(name.hashCode() + batch).batches(ROWS);
      long due = System.nanoTime();
      while (!run.stopping()) {
        CompletableFuture<WriteReceipt> written =
            writer.write(recording.next(), new Position("recording", batch++));
        if (written.isCompletedExceptionally()) {
          written.get(); // a batch has failed for good: the service begins anew
        }
        due += TimeUnit.SECONDS.toNanos(ROWS) / rate; // how long these rows are to take
        TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      }
    }
  }
}
