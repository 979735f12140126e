package io.neuralake.read;

import io.neuralake.internal.plan.BatchRun;
import io.neuralake.schema.Schemas;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/** A scan as an {@link ArrowReader}: one root whose content is replaced by each batch. */
final class ScanReader extends ArrowReader {

  private final BatchRun<VectorSchemaRoot> run;
  private final BufferAllocator ownAllocator;
  private long bytesRead;

  ScanReader(BatchRun<VectorSchemaRoot> run, BufferAllocator ownAllocator) {
    super(ownAllocator);
    this.run = run;
    this.ownAllocator = ownAllocator;
  }

  @Override
  public boolean loadNextBatch() throws java.io.IOException {
    VectorSchemaRoot root = getVectorSchemaRoot();
    root.clear(); // before the next batch needs memory
    try (VectorSchemaRoot batch = run.next()) {
      if (batch == null) {
        return false;
      }
      List<FieldVector> from = batch.getFieldVectors();
      for (int i = 0; i < from.size(); i++) {
        bytesRead += from.get(i).getBufferSize();
        from.get(i).makeTransferPair(root.getVector(i)).transfer();
      }
      root.setRowCount(batch.getRowCount());
      return true;
    }
  }

  @Override
  public long bytesRead() {
    return bytesRead;
  }

  @Override
  protected void closeReadSource() {
    run.close();
  }

  @Override
  protected Schema readSchema() {
    return Schemas.toArrow(run.schema());
  }

  @Override
  public void close(boolean closeReadChannel) throws java.io.IOException {
    try {
      super.close(closeReadChannel);
    } finally {
      ownAllocator.close();
    }
  }
}
