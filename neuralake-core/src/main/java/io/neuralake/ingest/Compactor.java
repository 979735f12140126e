package io.neuralake.ingest;

import io.neuralake.NeuralTable;
import io.neuralake.maintain.OptimizeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CancellationException;

/** Compacts a table when it is time to, or when it has many new files. One thread at a time. */
final class Compactor implements ServiceWork {

  /** Rows are written again a few times only, however often it runs. */
  private static final double SIZE_RATIO = 0.5;

  private final NeuralTable table;
  private final Compaction when;
  private final ServiceMetrics metrics;
  private Instant lastRun;
  private long lastVersion = -1;
  private long filesAfter;

  Compactor(NeuralTable table, Compaction when, ServiceMetrics metrics) {
    this.table = table;
    this.when = when;
    this.metrics = metrics;
    this.lastRun = table.clock().instant();
  }

  @Override
  public void run(ServiceRun run) {
    long version = table.version();
    if (version == lastVersion) {
      return;
    }
    long files = table.detail().files();
    metrics.seen(version, files, Math.max(0, files - filesAfter));
    Instant now = table.clock().instant();
    boolean itIsTime = Duration.between(lastRun, now).compareTo(when.every()) >= 0;
    if (!itIsTime && files - filesAfter < when.smallFiles()) {
      return;
    }
    OptimizeResult result =
        table
            .optimize()
            .sizeRatio(SIZE_RATIO)
            .listener(
                progress -> {
                  if (run.stopping()) {
                    throw new CancellationException("the service stops");
                  }
                })
            .run();
    metrics.compacted(result);
    lastRun = now;
    lastVersion =
        result.committed() ? result.versions().get(result.versions().size() - 1) : version;
    filesAfter = files - result.filesRemoved() + result.filesAdded();
  }
}
