package io.neuralake.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.write.RowBuffering;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link StreamWriter}. Not thread-safe.
 *
 * @param <T> the kind of row
 */
public final class StreamWriterBuilder<T> {
  final NeuralTable table;
  RowBuffering<T> buffering;
  StreamSettings settings = StreamSettings.ofDefaults();
  @Nullable DeadLetters<T> deadLetters;
  @Nullable String appId;
  @Nullable MeterRegistry registry;
  @Nullable ScheduledExecutorService scheduler;

  StreamWriterBuilder(NeuralTable table, RowBuffering<T> buffering) {
    this.table = table;
    this.buffering = buffering;
  }

  /** When rows are written and how many are held. Default {@link StreamSettings#ofDefaults}. */
  public StreamWriterBuilder<T> settings(StreamSettings values) {
    this.settings = values;
    return this;
  }

  /** Rows may have columns that the table lacks; they are added. */
  public StreamWriterBuilder<T> evolveSchema() {
    this.buffering = buffering.evolveSchema();
    return this;
  }

  /** Who gets rows that do not fit. By default the call that hands them in fails. */
  public StreamWriterBuilder<T> deadLetters(DeadLetters<T> handler) {
    this.deadLetters = handler;
    return this;
  }

  /**
   * Numbers the batches as transactions of an application.
   *
   * @param application names this writer in the table, over restarts; a second writer of the same
   *     name takes over
   */
  public StreamWriterBuilder<T> exactlyOnce(String application) {
    this.appId = application;
    return this;
  }

  /** Counts and times in a registry of Micrometer; see the reference of metrics. */
  public StreamWriterBuilder<T> meterRegistry(MeterRegistry meters) {
    this.registry = meters;
    return this;
  }

  /** Who looks at the time that rows linger; not closed. Default: a daemon thread of its own. */
  public StreamWriterBuilder<T> scheduler(ScheduledExecutorService timer) {
    this.scheduler = timer;
    return this;
  }

  /**
   * Opens it; with {@link #exactlyOnce} by a commit, after which no earlier writer of the
   * application adds anything.
   *
   * @throws InvalidRequestException if rows of this kind do not fit the table
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public StreamWriter<T> open() {
    return new StreamWriter<>(this);
  }
}
