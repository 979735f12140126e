package io.neuralake.internal.log;

import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.JsonHandler;
import io.delta.kernel.engine.MetricsReporter;
import io.delta.kernel.engine.ParquetHandler;
import io.neuralake.internal.meta.TableMetadata;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Kernel's engine for one snapshot of one table: our storage and readers, no metrics log.
 * Thread-safe.
 */
final class LogEngine extends DefaultEngine {

  private final String table;
  private final LogFiles files;
  private final BufferAllocator allocator;
  private final JsonHandler json;
  private final ParquetHandler parquet;
  private volatile @Nullable ParsedStats parsedStats;

  /**
   * An engine.
   *
   * @param allocator of the batches that are being read
   */
  LogEngine(String table, LogFiles files, BufferAllocator allocator) {
    super(new StoreFileIO(files));
    this.table = table;
    this.files = files;
    this.allocator = allocator;
    QualifiedPaths paths = new QualifiedPaths(table);
    this.json = new LogJsonHandler(files, paths);
    this.parquet = new LogParquetHandler(this, paths);
  }

  String table() {
    return table;
  }

  LogFiles files() {
    return files;
  }

  BufferAllocator allocator() {
    return allocator;
  }

  /** Says what the snapshot's columns are, once they are known: before file actions are read. */
  void describe(TableMetadata metadata) {
    parsedStats = new ParsedStats(metadata);
  }

  /** How checkpoints may hold statistics of the table; null while its columns are not known. */
  @Nullable ParsedStats parsedStats() {
    return parsedStats;
  }

  @Override
  public JsonHandler getJsonHandler() {
    return json;
  }

  @Override
  public ParquetHandler getParquetHandler() {
    return parquet;
  }

  @Override
  public List<MetricsReporter> getMetricsReporters() {
    return List.of();
  }
}
