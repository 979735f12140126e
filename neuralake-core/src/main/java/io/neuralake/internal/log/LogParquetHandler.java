package io.neuralake.internal.log;

import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.engine.ParquetHandler;
import io.delta.kernel.exceptions.KernelEngineException;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.internal.columnar.ParquetBatchReader;
import io.neuralake.internal.columnar.ReadSpec;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log's Parquet files for Kernel through neuralake's columnar reader. A batch is released
 * when the next one is taken, or at close. Thread-safe.
 */
final class LogParquetHandler implements ParquetHandler {

  private static final int BATCH_ROWS = 4096;
  private static final long BATCH_BYTES = 2L << 20;
  private static final long FETCH_BYTES = 8L << 20;

  private final LogFiles files;
  private final QualifiedPaths paths;
  private final BufferAllocator allocator;

  LogParquetHandler(LogFiles files, QualifiedPaths paths, BufferAllocator allocator) {
    this.files = files;
    this.paths = paths;
    this.allocator = allocator;
  }

  /** How files of the log are read: batches that stay small beside the rest of a scan. */
  static ReadSpec spec(StructType schema) {
    return ReadSpec.of(schema)
        .withBatchSize(BATCH_ROWS, BATCH_BYTES)
        .withFetchBytes(FETCH_BYTES)
        .withoutNullRowGroups();
  }

  @Override
  public CloseableIterator<FileReadResult> readParquetFiles(
      CloseableIterator<FileStatus> toRead, StructType schema, Optional<Predicate> predicate) {
    for (StructField field : schema.fields()) {
      if (field.isMetadataColumn() || field.getMetadata().contains("parquet.field.id")) {
        throw new UnsupportedOperationException("only files of the log are read");
      }
    }
    return new Batches(toRead, schema);
  }

  @Override
  public CloseableIterator<DataFileStatus> writeParquetFiles(
      String directory, CloseableIterator<FilteredColumnarBatch> data, List<Column> statsColumns) {
    throw new UnsupportedOperationException("only files of the log are written");
  }

  @Override
  public void writeParquetFileAtomically(
      String filePath, CloseableIterator<FilteredColumnarBatch> data) {
    throw new UnsupportedOperationException("checkpoints are written by Checkpoint");
  }

  private final class Batches implements CloseableIterator<FileReadResult> {
    private final CloseableIterator<FileStatus> toRead;
    private final StructType schema;
    private @Nullable ParquetBatchReader reader;
    private String path = "";
    private @Nullable VectorSchemaRoot next;
    private @Nullable VectorSchemaRoot lent;

    Batches(CloseableIterator<FileStatus> toRead, StructType schema) {
      this.toRead = toRead;
      this.schema = schema;
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && (reader != null || toRead.hasNext())) {
          if (reader == null) {
            FileStatus status = toRead.next();
            path = status.getPath();
            reader =
                new ParquetBatchReader(
                    files.open(StoreFileIO.location(path), status.getSize()),
                    spec(schema),
                    allocator);
          }
          next = reader.next();
          if (next == null) {
            closeReader();
          }
        }
      } catch (IOException e) {
        throw new KernelEngineException("Reading a Parquet file of the log failed", e);
      }
      return next != null;
    }

    @Override
    public FileReadResult next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      release();
      lent = next;
      next = null;
      return new FileReadResult(paths.batch(ArrowColumn.batch(schema, lent)), path);
    }

    private void release() {
      if (lent != null) {
        lent.close();
        lent = null;
      }
    }

    private void closeReader() throws IOException {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }

    @Override
    public void close() throws IOException {
      release();
      if (next != null) {
        next.close();
        next = null;
      }
      try (toRead) {
        closeReader();
      }
    }
  }
}
