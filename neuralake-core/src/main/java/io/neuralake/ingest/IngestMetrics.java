package io.neuralake.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.neuralake.write.CommitResult;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Is told what a {@link StreamWriter} does. Thread-safe. */
interface IngestMetrics {

  /** Counts in a registry, or nowhere. */
  static IngestMetrics of(@Nullable MeterRegistry registry, String table, @Nullable String appId) {
    return registry == null
        ? new IngestMetrics() {}
        : new MicrometerIngestMetrics(registry, table, appId == null ? "-" : appId);
  }

  /** What is on its way can be asked for. */
  default void watch(Supplier<Number> bytes, Supplier<Number> batches) {}

  /** A batch is durable. */
  default void written(CommitResult result, long rows) {}

  /** Rows did not fit and went to the handler of dead letters. */
  default void rejected(long rows) {}

  /** An attempt at a batch failed and is repeated. */
  default void retried() {}

  /** A batch failed for good. */
  default void failed() {}

  /** Forgets what can be asked for. */
  default void close() {}
}
