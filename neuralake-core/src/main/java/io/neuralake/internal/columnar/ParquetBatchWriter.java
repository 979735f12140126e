package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructField;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.FileSink;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes Arrow batches into one Parquet data file and collects its statistics. Not thread-safe.
 *
 * <p>Nothing is visible before {@link #close()} returns. After any exception call {@link #abort()}.
 */
public final class ParquetBatchWriter {
  /** Pages end at multiples of this, so that the pages of all columns hold the same rows. */
  private static final int PAGE_ROWS = 20_000;

  private static final int BOUND_BYTES = 64;

  private final FileSink sink;
  private final WriteSpec spec;
  private final PageEncoders encoders;
  private final ColumnFeeds feeds;
  private final ParquetFileWriter writer;
  private long rowsInGroup;
  private long rows;
  private boolean done;

  /**
   * Starts a file.
   *
   * @param sink closed or aborted by this writer
   * @throws InvalidRequestException if Parquet has no form for the schema
   */
  public ParquetBatchWriter(FileSink sink, WriteSpec spec) throws IOException {
    this(sink, spec, null);
  }

  /**
   * Starts a file whose columns are encoded with the help of another thread.
   *
   * @param workers run short tasks; who they keep waiting does the task itself
   */
  public ParquetBatchWriter(FileSink sink, WriteSpec spec, @Nullable Executor workers)
      throws IOException {
    this.sink = sink;
    this.spec = spec;
    MessageType message = ParquetTypes.message(spec.schema(), spec.mode());
    this.encoders = new PageEncoders(spec, workers);
    this.feeds = new ColumnFeeds(spec, message, encoders.own());
    this.writer =
        new ParquetFileWriter(
            new SinkOutputFile(sink),
            message,
            ParquetFileWriter.Mode.CREATE,
            spec.rowGroupBytes(),
            0,
            BOUND_BYTES,
            BOUND_BYTES,
            true);
    writer.start();
  }

  /**
   * Writes the rows of a batch, which stays the caller's. Columns are found by their logical names.
   *
   * @throws InvalidRequestException if a column is missing, has another type, or is null where it
   *     must not be
   */
  public void write(VectorSchemaRoot batch) throws IOException {
    int position = 0;
    for (StructField field : spec.schema().fields()) {
      FieldVector vector = batch.getVector(field.getName());
      if (vector == null) {
        throw new InvalidRequestException(
            "the batch has no column " + field.getName() + ", only " + batch.getSchema());
      }
      feeds.columns().get(position++).bind(vector);
    }
    int from = 0;
    while (from < batch.getRowCount()) {
      int untilPageEnd = PAGE_ROWS - (int) (rowsInGroup % PAGE_ROWS);
      int to = Math.min(batch.getRowCount(), from + untilPageEnd);
      for (ColumnFeed feed : feeds.columns()) {
        feed.writeRows(from, to);
      }
      rowsInGroup += to - from;
      rows += to - from;
      from = to;
      if (rowsInGroup % PAGE_ROWS == 0) {
        encoders.endPages(feeds.chunks(), PAGE_ROWS);
      }
      if (bufferedBytes() >= spec.rowGroupBytes()) {
        flush();
      }
    }
  }

  private long bufferedBytes() {
    long bytes = 0;
    for (ColumnChunk chunk : feeds.chunks()) {
      bytes += chunk.bufferedBytes();
    }
    return bytes;
  }

  private void flush() throws IOException {
    if (rowsInGroup > 0) {
      encoders.endPages(feeds.chunks(), rowsInGroup % PAGE_ROWS);
      writer.startBlock(rowsInGroup);
      for (ColumnChunk chunk : feeds.chunks()) {
        chunk.flush(writer);
      }
      writer.endBlock();
      rowsInGroup = 0;
    }
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /** The size that the file would have if it ended now, approximately. */
  public long estimatedBytes() {
    return sink.position() + bufferedBytes();
  }

  /**
   * Ends the file and makes it visible.
   *
   * @return what the log needs to know of it
   */
  public WrittenFile close() throws IOException {
    if (done) {
      throw new IllegalStateException("the file is closed or aborted already");
    }
    flush();
    writer.end(Map.of());
    done = true;
    encoders.close();
    sink.close();
    return new WrittenFile(sink.position(), rows, new FileStats(rows, true, feeds.stats()));
  }

  /** Drops the file; does nothing after {@link #close()}. */
  public void abort() {
    if (!done) {
      done = true;
      sink.abort();
      encoders.close();
    }
  }
}
