package io.neuralake.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.neuralake.write.CommitResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Counts and times in a registry; docs/reference/metrics.md says what and in which units. */
final class MicrometerIngestMetrics implements IngestMetrics {
  private final MeterRegistry registry;
  private final Tags tags;
  private final Counter rows;
  private final Counter bytes;
  private final Counter files;
  private final Counter rejected;
  private final Counter retries;
  private final Counter failures;
  private final Timer flush;
  private final Timer commit;
  private final AtomicLong version = new AtomicLong(-1);
  private final List<Gauge> gauges = new CopyOnWriteArrayList<>();

  MicrometerIngestMetrics(MeterRegistry registry, String table, String writer) {
    this.registry = registry;
    this.tags = Tags.of("table", table, "writer", writer);
    this.rows = registry.counter("ingest.rows", tags);
    this.bytes = registry.counter("ingest.bytes", tags);
    this.files = registry.counter("ingest.files", tags);
    this.rejected = registry.counter("ingest.rejected.rows", tags);
    this.retries = registry.counter("ingest.retries", tags);
    this.failures = registry.counter("ingest.failures", tags);
    this.flush = histogram("ingest.flush.duration");
    this.commit = histogram("ingest.commit.duration");
  }

  private Timer histogram(String name) {
    return Timer.builder(name).tags(tags).publishPercentileHistogram().register(registry);
  }

  @Override
  public void watch(Supplier<Number> inFlight, Supplier<Number> batches) {
    gauges.add(
        Gauge.builder("ingest.backlog.bytes", inFlight)
            .tags(tags)
            .strongReference(true)
            .register(registry));
    gauges.add(
        Gauge.builder("ingest.queue.batches", batches)
            .tags(tags)
            .strongReference(true)
            .register(registry));
    gauges.add(
        Gauge.builder("ingest.table.version", version, AtomicLong::get)
            .tags(tags)
            .register(registry));
  }

  @Override
  public void written(CommitResult result, long count) {
    rows.increment((double) count);
    bytes.increment((double) result.changes().bytesAdded());
    files.increment((double) result.changes().filesAdded());
    Duration writing = result.phases().getOrDefault("write", Duration.ZERO);
    Duration committing = result.phases().getOrDefault("commit", Duration.ZERO);
    flush.record(writing.plus(committing));
    commit.record(committing);
    version.accumulateAndGet(result.version(), Math::max);
  }

  @Override
  public void rejected(long count) {
    rejected.increment((double) count);
  }

  @Override
  public void retried() {
    retries.increment();
  }

  @Override
  public void failed() {
    failures.increment();
  }

  @Override
  public void close() {
    gauges.forEach(registry::remove);
    gauges.clear();
  }
}
