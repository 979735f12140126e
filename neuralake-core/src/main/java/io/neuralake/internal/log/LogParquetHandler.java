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
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log's Parquet files for Kernel through neuralake's columnar reader. A batch is released
 * when the next one is taken, or at close. Thread-safe.
 */
final class LogParquetHandler implements ParquetHandler {

  private final LogEngine log;
  private final QualifiedPaths paths;

  LogParquetHandler(LogEngine log, QualifiedPaths paths) {
    this.log = log;
    this.paths = paths;
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
    private @Nullable ActionBatches reader;
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
            reader = ActionBatches.open(log, StoreFileIO.location(path), status.getSize(), schema);
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
