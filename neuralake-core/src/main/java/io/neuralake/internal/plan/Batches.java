package io.neuralake.internal.plan;

import java.util.ArrayList;
import java.util.Collection;
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
        taken.add(run ? slice(vector, rows[0], count, to) : RowCopy.of(vector, rows, count, to));
      }
    } catch (RuntimeException e) {
      taken.forEach(FieldVector::close);
      throw e;
    }
    VectorSchemaRoot root = new VectorSchemaRoot(taken);
    root.setRowCount(count);
    return root;
  }

  /** Columns of rows by index, in any order, repeated or not. */
  static List<FieldVector> gather(
      VectorSchemaRoot source,
      Collection<String> columns,
      int[] rows,
      int count,
      BufferAllocator to) {
    List<FieldVector> taken = new ArrayList<>(columns.size());
    try {
      for (String column : columns) {
        taken.add(RowCopy.of(source.getVector(column), rows, count, to));
      }
      return taken;
    } catch (RuntimeException | Error e) {
      taken.forEach(FieldVector::close);
      throw e;
    }
  }

  /**
   * Rows of several batches with the same columns, in a given order.
   *
   * @param part the batch of each row
   * @param row the row's index there
   */
  static VectorSchemaRoot interleave(
      VectorSchemaRoot[] parts, int[] part, int[] row, BufferAllocator to) {
    VectorSchemaRoot whole = VectorSchemaRoot.create(parts[0].getSchema(), to);
    try {
      for (int column = 0; column < whole.getFieldVectors().size(); column++) {
        FieldVector target = whole.getVector(column);
        target.setInitialCapacity(part.length);
        target.allocateNew();
        for (int i = 0; i < part.length; i++) {
          target.copyFromSafe(row[i], i, parts[part[i]].getVector(column));
        }
        target.setValueCount(part.length);
      }
      whole.setRowCount(part.length);
      return whole;
    } catch (RuntimeException | Error e) {
      whole.close();
      throw e;
    }
  }

  private static FieldVector slice(FieldVector vector, int from, int count, BufferAllocator to) {
    TransferPair pair = vector.getTransferPair(vector.getField(), to);
    pair.splitAndTransfer(from, count);
    return (FieldVector) pair.getTo();
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
