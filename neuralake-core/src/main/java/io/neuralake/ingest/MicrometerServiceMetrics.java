package io.neuralake.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.neuralake.maintain.OptimizeResult;
import io.neuralake.maintain.VacuumResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Counts and times in a registry; docs/reference/metrics.md says what and in which units. */
final class MicrometerServiceMetrics implements ServiceMetrics {
  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer compaction;
  private final Timer vacuum;
  private final AtomicLong version;
  private final AtomicLong files;
  private final AtomicLong backlog;

  MicrometerServiceMetrics(MeterRegistry registry, String table) {
    this.registry = registry;
    this.tags = Tags.of("table", table);
    this.compaction = histogram("compaction.duration");
    this.vacuum = histogram("vacuum.duration");
    this.version = gauge("table.version");
    this.files = gauge("table.files");
    this.backlog = gauge("compaction.backlog.files");
  }

  private Timer histogram(String name) {
    return Timer.builder(name).tags(tags).publishPercentileHistogram().register(registry);
  }

  private AtomicLong gauge(String name) {
    AtomicLong value = new AtomicLong();
    registry.gauge(name, tags, value);
    return value;
  }

  @Override
  public void seen(long newest, long live, long waiting) {
    version.set(newest);
    files.set(live);
    backlog.set(waiting);
  }

  @Override
  public void compacted(OptimizeResult result) {
    compaction.record(result.time());
    count("compaction.files.removed", result.filesRemoved());
    count("compaction.files.added", result.filesAdded());
    count("compaction.bytes", result.bytesAdded());
    files.addAndGet(result.filesAdded() - result.filesRemoved());
    backlog.set(0);
  }

  @Override
  public void vacuumed(VacuumResult result, Duration time) {
    vacuum.record(time);
    count("vacuum.files.deleted", result.filesDeleted());
    count("vacuum.bytes.deleted", result.bytesDeleted());
  }

  private void count(String name, long amount) {
    registry.counter(name, tags).increment((double) amount);
  }

  @Override
  public void failed(String loop) {
    registry.counter("service.failures", tags.and("loop", loop)).increment();
  }
}
