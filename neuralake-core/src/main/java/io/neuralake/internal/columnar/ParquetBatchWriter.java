package io.neuralake.internal.columnar;

import io.delta.kernel.types.StructField;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.store.FileSink;
import java.io.IOException;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes Arrow batches into one Parquet data file and collects its statistics. Not thread-safe.
 *
 * <p>Nothing is visible before {@link #close()} returns. After any exception call {@link #abort()}.
 */
public final class ParquetBatchWriter {
  /** Pages end at multiples of this, so that all columns agree on the rows they hold. */
  private static final int ROWS_AT_ONCE = 64;

  private static final int PAGE_ROWS = 20_032;
  private static final int STATISTICS_BYTES = 64;

  private final FileSink sink;
  private final WriteSpec spec;
  private final MessageType message;
  private final ColumnFeeds feeds;
  private final PageCompressor compressor;
  private final ParquetProperties properties;
  private final ParquetFileWriter writer;
  private @Nullable ColumnChunkPageWriteStore pages;
  private @Nullable ColumnWriteStore columns;
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
    this.sink = sink;
    this.spec = spec;
    this.message = ParquetTypes.message(spec.schema(), spec.mode());
    this.feeds = new ColumnFeeds(spec, message);
    this.properties =
        ParquetProperties.builder()
            .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_1_0)
            .withPageSize(spec.pageBytes())
            .withDictionaryPageSize(spec.pageBytes())
            .withMinRowCountForPageSizeCheck(ROWS_AT_ONCE)
            .withMaxRowCountForPageSizeCheck(ROWS_AT_ONCE)
            .estimateRowCountForPageSizeCheck(false)
            .withPageRowCountLimit(PAGE_ROWS)
            .withStatisticsTruncateLength(STATISTICS_BYTES)
            .withAllocator(new HeapByteBufferAllocator())
            .build();
    this.writer =
        new ParquetFileWriter(
            new SinkOutputFile(sink),
            message,
            ParquetFileWriter.Mode.CREATE,
            spec.rowGroupBytes(),
            0,
            null,
            properties);
    this.compressor = new PageCompressor(spec.codec(), spec.level());
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
      ColumnWriteStore store = rowGroup();
      int untilCheck = ROWS_AT_ONCE - (int) (rowsInGroup % ROWS_AT_ONCE);
      int to = Math.min(batch.getRowCount(), from + untilCheck);
      for (ColumnFeed feed : feeds.columns()) {
        for (int row = from; row < to; row++) {
          feed.write(row, 0, 0);
        }
      }
      for (int row = from; row < to; row++) {
        store.endRecord();
      }
      rowsInGroup += to - from;
      rows += to - from;
      from = to;
      if (store.getBufferedSize() >= spec.rowGroupBytes()) {
        flush();
      }
    }
  }

  private ColumnWriteStore rowGroup() {
    ColumnWriteStore open = columns;
    if (open == null) {
      pages =
          ColumnChunkPageWriteStore.builder()
              .withCompressorProvider(column -> compressor)
              .withSchema(message)
              .withAllocator(properties.getAllocator())
              .build();
      open = properties.newColumnWriteStore(message, pages, pages);
      for (ColumnFeed feed : feeds.columns()) {
        feed.startRowGroup(open);
      }
      columns = open;
    }
    return open;
  }

  private void flush() throws IOException {
    if (columns != null && pages != null) {
      writer.startBlock(rowsInGroup);
      columns.flush();
      pages.flushToFileWriter(writer);
      writer.endBlock();
      releaseRowGroup();
    }
  }

  private void releaseRowGroup() {
    if (columns != null) {
      columns.close();
      columns = null;
    }
    if (pages != null) {
      pages.close();
      pages = null;
    }
    rowsInGroup = 0;
  }

  /** Rows written so far. */
  public long rows() {
    return rows;
  }

  /** The size that the file would have if it ended now, approximately. */
  public long estimatedBytes() {
    return sink.position() + (columns == null ? 0 : columns.getBufferedSize());
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
    compressor.release();
    sink.close();
    return new WrittenFile(sink.position(), rows, new FileStats(rows, true, feeds.stats()));
  }

  /** Drops the file; does nothing after {@link #close()}. */
  public void abort() {
    if (!done) {
      done = true;
      sink.abort();
      // Their buffers are on the heap; closing them would encode what was buffered.
      columns = null;
      pages = null;
      compressor.release();
    }
  }
}
