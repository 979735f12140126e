package io.neuralake.internal.log;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ReadSpec;
import java.io.Closeable;
import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * The actions in a Parquet file of the log. Statistics that are there as columns only become JSON
 * text, which is how all else knows them. Not thread-safe.
 */
final class ActionBatches implements Closeable {

  private static final int BATCH_ROWS = 4096;
  private static final long BATCH_BYTES = 2L << 20;
  private static final long FETCH_BYTES = 8L << 20;

  private final ParquetBatchReader reader;
  private final @Nullable ParsedStats parsed;

  private ActionBatches(ParquetBatchReader reader, @Nullable ParsedStats parsed) {
    this.reader = reader;
    this.parsed = parsed;
  }

  /**
   * Opens a file.
   *
   * @param size bytes if known, else zero or less
   * @param actions the columns that are wanted, one for each action
   */
  static ActionBatches open(LogEngine log, String location, long size, StructType actions)
      throws IOException {
    ParquetBatchReader reader = reader(log, location, size, actions);
    ParsedStats stats = log.parsedStats();
    if (stats != null
        && wantsText(actions)
        && reader.has("add", ParsedStats.NAME)
        && !reader.has("add", "stats")) {
      try {
        ParquetBatchReader wider = reader(log, location, size, stats.addTo(actions));
        reader.close();
        return new ActionBatches(wider, stats);
      } catch (CorruptTableException e) {

        return new ActionBatches(reader, null); // not of this table's columns: as if without
      }
    }
    return new ActionBatches(reader, null);
  }

  private static ParquetBatchReader reader(
      LogEngine log, String location, long size, StructType actions) throws IOException {
    // Batches that stay small beside the rest of a scan.
    ReadSpec spec =
        ReadSpec.of(actions)
            .withBatchSize(BATCH_ROWS, BATCH_BYTES)
            .withFetchBytes(FETCH_BYTES)
            .withoutNullRowGroups();
    return new ParquetBatchReader(log.files().open(location, size), spec, log.allocator());
  }

  private static boolean wantsText(StructType actions) {
    int add = actions.indexOf("add");
    return add >= 0
        && ((StructType) actions.at(add).getDataType())
            .fields().stream().map(StructField::getName).anyMatch("stats"::equals);
  }

  /** The next batch, which is the caller's to close; null at the end. */
  @Nullable VectorSchemaRoot next() throws IOException {
    VectorSchemaRoot batch = reader.next();
    if (batch != null && parsed != null) {
      parsed.toText((StructVector) batch.getVector("add"));
    }
    return batch;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
