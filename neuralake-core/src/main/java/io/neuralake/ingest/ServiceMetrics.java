package io.neuralake.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.neuralake.maintain.OptimizeResult;
import io.neuralake.maintain.VacuumResult;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told what a {@link TableService} does. Thread-safe. */
interface ServiceMetrics {

  /** Counts in a registry, or nowhere. */
  static ServiceMetrics of(@Nullable MeterRegistry registry, String table) {
    return registry == null
        ? new ServiceMetrics() {}
        : new MicrometerServiceMetrics(registry, table);
  }

  /**
   * The table was looked at.
   *
   * @param backlog files since the last compaction
   */
  default void seen(long version, long files, long backlog) {}

  /** It was compacted, or there was nothing to compact. */
  default void compacted(OptimizeResult result) {}

  /** It was vacuumed. */
  default void vacuumed(VacuumResult result, Duration time) {}

  /** A piece of work has failed. */
  default void failed(String loop) {}
}
