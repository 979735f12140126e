package io.neuralake.benchmarks.columnar;

import io.neuralake.read.Scan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow batches that stay in memory and can be read again and again without being copied. */
final class BatchesInMemory implements AutoCloseable {
  private static final int BATCH_ROWS = 1 << 16;

  private final Schema schema;
  private final List<ArrowRecordBatch> batches;

  private BatchesInMemory(Schema schema, List<ArrowRecordBatch> batches) {
    this.schema = schema;
    this.batches = batches;
  }

  /** Reads a scan to its end. */
  static BatchesInMemory of(Scan scan, BufferAllocator allocator) throws IOException {
    List<ArrowRecordBatch> batches = new ArrayList<>();
    try (ArrowReader reader = scan.batchRows(BATCH_ROWS).arrow()) {
      while (reader.loadNextBatch()) {
        try (ArrowRecordBatch batch =
            new VectorUnloader(reader.getVectorSchemaRoot()).getRecordBatch()) {
          batches.add(copy(batch, allocator));
        }
      }
      return new BatchesInMemory(reader.getVectorSchemaRoot().getSchema(), batches);
    }
  }

  /** A copy in another allocator, which may have another root. */
  private static ArrowRecordBatch copy(ArrowRecordBatch batch, BufferAllocator allocator) {
    List<ArrowBuf> copies = new ArrayList<>();
    for (ArrowBuf buffer : batch.getBuffers()) {
      ArrowBuf copy = allocator.buffer(buffer.readableBytes());
      copy.setBytes(0, buffer, buffer.readerIndex(), buffer.readableBytes());
      copy.writerIndex(buffer.readableBytes());
      copies.add(copy);
    }
    ArrowRecordBatch made = new ArrowRecordBatch(batch.getLength(), batch.getNodes(), copies);
    copies.forEach(ArrowBuf::close); // the batch holds them now
    return made;
  }

  /** The batches from the first to the last. */
  ArrowReader reader(BufferAllocator allocator) {
    Iterator<ArrowRecordBatch> left = batches.iterator();
    return new ArrowReader(allocator) {
      @Override
      public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        if (!left.hasNext()) {
          return false;
        }
        ArrowRecordBatch batch = left.next();
        loadRecordBatch(
            new ArrowRecordBatch(batch.getLength(), batch.getNodes(), batch.getBuffers()));
        return true;
      }

      @Override
      public long bytesRead() {
        return 0;
      }

      @Override
      protected void closeReadSource() {
        // Nothing was opened.
      }

      @Override
      protected Schema readSchema() {
        return schema;
      }
    };
  }

  @Override
  public void close() {
    batches.forEach(ArrowRecordBatch::close);
  }
}
