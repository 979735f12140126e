package io.neuralake.internal.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.TransferPair;

/** New batches out of the rows and columns of others. The results are the caller's to close. */
final class Batches {

  private Batches() {}

  /**
   * Rows of a batch by index. A run of consecutive rows is shared with the source, not copied.
   *
   * @param rows indexes in ascending order
   * @param count how many of them
   */
  static VectorSchemaRoot take(
      VectorSchemaRoot source, List<String> columns, int[] rows, int count, BufferAllocator to) {
    boolean run = count > 0 && rows[count - 1] - rows[0] == count - 1;
    List<FieldVector> taken = new ArrayList<>(columns.size());
    try {
      for (String column : columns) {
        FieldVector vector = source.getVector(column);
        taken.add(run ? slice(vector, rows[0], count, to) : copy(vector, rows, count, to));
      }
    } catch (RuntimeException e) {
      taken.forEach(FieldVector::close);
      throw e;
    }
    VectorSchemaRoot root = new VectorSchemaRoot(taken);
    root.setRowCount(count);
    return root;
  }

  private static FieldVector slice(FieldVector vector, int from, int count, BufferAllocator to) {
    TransferPair pair = vector.getTransferPair(vector.getField(), to);
    pair.splitAndTransfer(from, count);
    return (FieldVector) pair.getTo();
  }

  private static FieldVector copy(FieldVector vector, int[] rows, int count, BufferAllocator to) {
    FieldVector target = vector.getField().createVector(to);
    try {
      target.setInitialCapacity(count);
      target.allocateNew();
      for (int i = 0; i < count; i++) {
        target.copyFromSafe(rows[i], i, vector);
      }
      target.setValueCount(count);
      return target;
    } catch (RuntimeException e) {
      target.close();
      throw e;
    }
  }

  /** Moves some columns of a batch into a new one and releases the rest. */
  static VectorSchemaRoot keep(VectorSchemaRoot source, List<String> columns, BufferAllocator to) {
    try (source) {
      List<FieldVector> kept = new ArrayList<>(columns.size());
      for (String column : columns) {
        FieldVector vector = source.getVector(column);
        TransferPair pair = vector.getTransferPair(vector.getField(), to);
        pair.transfer();
        kept.add((FieldVector) pair.getTo());
      }
      VectorSchemaRoot root = new VectorSchemaRoot(kept);
      root.setRowCount(source.getRowCount());
      return root;
    }
  }
}
