package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.ingest.Compaction;
import io.neuralake.ingest.Health;
import io.neuralake.ingest.TableService;
import io.neuralake.maintain.Vacuum;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "daemon",
    description = {
      "Keeps a table healthy until it is ended: compacts, vacuums, writes checkpoints.",
      "SIGTERM ends it in order. With 0 as exit code if all was well at the end, else 1."
    },
    footer = {"", "Example: neuralake daemon s3://lab/signals --vacuum-every 12h"})
final class DaemonCommand extends TableCommand {

  private static final Duration CHECKPOINT_CHECK = Duration.ofMinutes(1);
  private static final int VERSIONS_OF_A_CHECKPOINT = 100;

  @Option(
      names = "--compact-every",
      paramLabel = "TIME",
      defaultValue = "300s",
      description = "How often it compacts what has changed; ${DEFAULT-VALUE} if not given.")
  private String compactEvery = "300s";

  @Option(
      names = "--vacuum-every",
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "How often it vacuums; ${DEFAULT-VALUE} if not given.")
  private String vacuumEvery = "24h";

  @Option(
      names = "--report-every",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "How often it tells how it is; ${DEFAULT-VALUE} if not given.")
  private String reportEvery = "60s";

  @Option(names = "--for", paramLabel = "TIME", description = "Ends after that time.")
  private @Nullable String time;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) throws InterruptedException {
    table.version(); // says so at once if there is none
    Duration compact = CliConfig.duration(compactEvery);
    Duration report = CliConfig.duration(reportEvery);
    long left = time == null ? Long.MAX_VALUE : CliConfig.duration(time).toNanos();
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch stop = new CountDownLatch(1);
    Thread hook = new Thread(() -> end(stop, ended), "neuralake-daemon-end");
    TableService.Builder service =
        TableService.of(table)
            .compact(Compaction.ofDefaults().withEvery(compact))
            .vacuum(CliConfig.duration(vacuumEvery), vacuum -> refine(vacuum, settings))
            .checkpoint(CHECKPOINT_CHECK, VERSIONS_OF_A_CHECKPOINT);
    Runtime.getRuntime().addShutdownHook(hook);
    Health health;
    try (TableService running = service.start()) {
      long begun = System.nanoTime();
      boolean over = false;
      while (!over) {
        long rest = left - (System.nanoTime() - begun);
        over = stop.await(Math.min(rest, report.toNanos()), TimeUnit.NANOSECONDS);
        over |= System.nanoTime() - begun >= left;
        tell(running.health(), output);
      }
      health = running.health();
    } finally {
      ended.countDown();
      removeHook(hook);
    }
    return health.ok() ? Cli.OK : Cli.FAILED;
  }

  /** In the hook: the JVM waits for it, and it for the service. */
  private static void end(CountDownLatch stop, CountDownLatch ended) {
    stop.countDown();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is what ends us.
    }
  }

  private static Vacuum refine(Vacuum vacuum, CliConfig settings) {
    Vacuum refined =
        vacuum.keepVersions(settings.keepVersions()).deletesPerSecond(settings.deletesPerSecond());
    Optional<Duration> retention = settings.retention();
    return retention.isPresent() ? refined.retain(retention.get()) : refined;
  }

  private void tell(Health health, Output output) {
    List<String> loops =
        health.loops().stream()
            .map(
                loop ->
                    loop.name()
                        + " "
                        + loop.state()
                        + loop.lastFailure().map(failure -> " (" + failure + ")").orElse(""))
            .toList();
    if (json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("ok", health.ok());
      json.put("storageReachable", health.storageReachable());
      json.put("tableWritable", health.tableWritable());
      json.put("work", loops);
      output.json(json);
    } else {
      output.out().println((health.ok() ? "ok: " : "not ok: ") + String.join(", ", loops));
    }
    output.out().flush();
  }
}
