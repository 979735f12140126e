package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.columnar.ParquetBatchWriter;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.FileStore;
import io.neuralake.schema.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Writes actions into one Parquet file, in bounded memory. It is there as a whole after {@link
 * #finish()}, or not at all. Not thread-safe.
 */
final class ActionFile implements AutoCloseable {

  private static final int BATCH_ROWS = 1024;
  private static final long ROW_GROUP_BYTES = 16L << 20;
  private static final int PAGE_BYTES = 1 << 20;

  private final StructType schema;
  private final ParquetBatchWriter writer;
  private final VectorSchemaRoot batch;
  private final List<CellCopy> copies = new ArrayList<>();
  private int filled;

  ActionFile(FileStore store, String location, StructType schema, BufferAllocator allocator)
      throws IOException {
    this.schema = schema;
    this.writer =
        new ParquetBatchWriter(
            store.create(location),
            WriteSpec.of(schema, ColumnMapping.Mode.NONE)
                .withCodec(WriteSpec.Codec.SNAPPY, 0) // all readers know it
                .withSizes(ROW_GROUP_BYTES, PAGE_BYTES)
                .withStatsColumns(Set.of()));
    this.batch = VectorSchemaRoot.create(Schemas.toArrow(schema), allocator);
  }

  /** The batch whose rows come next; columns that it lacks are null. */
  void bind(ColumnarBatch source) {
    copies.clear();
    for (int i = 0; i < schema.length(); i++) {
      int found = source.getSchema().indexOf(schema.at(i).getName());
      if (found >= 0) {
        ColumnVector column = source.getColumnVector(found);
        copies.add(CellCopy.of(column, schema.at(i).getDataType(), batch.getVector(i)));
      }
    }
  }

  /** Writes a row of the bound batch. */
  void add(int row) throws IOException {
    for (CellCopy copy : copies) {
      copy.copy(row, filled);
    }
    filled++;
    if (filled == BATCH_ROWS) {
      flush();
    }
  }

  /** Writes rows of the file's schema. */
  void addAll(List<@Nullable Object @Nullable []> rows) throws IOException {
    bind(ValueColumn.batch(schema, rows));
    for (int row = 0; row < rows.size(); row++) {
      add(row);
    }
  }

  private void flush() throws IOException {
    batch.setRowCount(filled);
    writer.write(batch);
    batch.clear();
    filled = 0;
  }

  long rows() {
    return writer.rows() + filled;
  }

  /** Makes the file visible; returns its size in bytes. */
  long finish() throws IOException {
    if (filled > 0) {
      flush();
    }
    return writer.close().bytes();
  }

  /** Drops the file if it is not finished. */
  @Override
  public void close() {
    try {
      writer.abort();
    } finally {
      batch.close();
    }
  }
}
