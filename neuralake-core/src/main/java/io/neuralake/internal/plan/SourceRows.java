package io.neuralake.internal.plan;

import io.neuralake.error.StorageException;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.JoinCondition;
import io.neuralake.internal.eval.JoinResolver;
import io.neuralake.internal.eval.KeyHashes;
import io.neuralake.internal.eval.KeyRanges;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * All rows of the source of a merge, numbered from 0. Rows beyond a limit of memory lie in a
 * temporary file. Once they are there, any number of threads may read them, each with a {@link
 * Reader}.
 */
final class SourceRows implements AutoCloseable {

  private final BatchStore store;
  private final List<VectorSchemaRoot> batches = new ArrayList<>();
  private int[] starts = new int[16];

  private SourceRows(BufferAllocator allocator, long memory) {
    this.store = new BatchStore(allocator, memory);
  }

  /**
   * Takes all rows over.
   *
   * @param memory bytes beyond which rows are put into a file
   */
  static SourceRows of(RowSource.BatchSource from, BufferAllocator allocator, long memory) {
    SourceRows rows = new SourceRows(allocator, memory);
    try {
      for (VectorSchemaRoot next = from.next(); next != null; next = from.next()) {
        try (VectorSchemaRoot batch = next) {
          rows.add(batch);
        }
      }
      return rows;
    } catch (IOException e) {
      rows.close();
      throw new StorageException("A temporary file for the rows of a merge cannot be written.", e);
    } catch (RuntimeException | Error e) {
      rows.close();
      throw e;
    }
  }

  private void add(VectorSchemaRoot batch) throws IOException {
    if (batch.getRowCount() == 0) {
      return;
    }
    batches.add(store.keep(batch, SourceRows::joined));
    if (starts.length == batches.size()) {
      starts = Arrays.copyOf(starts, starts.length * 2);
    }
    starts[batches.size()] = Math.addExact(count(batches.size() - 1), batch.getRowCount());
  }

  /** The name that joined batches give a column of the source. */
  private static String joined(String column) {
    return JoinResolver.isSource(List.of(column)) ? column : JoinResolver.sourceColumn(column);
  }

  private int count(int someBatches) {
    return starts[someBatches];
  }

  int count() {
    return count(batches.size());
  }

  /** The rows that can match a row of the table at all. */
  BitSet eligible(JoinCondition join) {
    BitSet eligible = new BitSet(count());
    BoundExpr only = JoinCondition.all(join.sourceOnly());
    BatchEvaluator filter = only == null ? null : new BatchEvaluator(only);
    KeyHashes hashes = new KeyHashes(join.keys(), false);
    for (int i = 0; i < batches.size(); i++) {
      VectorSchemaRoot batch = batches.get(i);
      RowIndexes rows =
          filter == null
              ? RowIndexes.all(batch.getRowCount())
              : RowIndexes.of(filter.filter(batch));
      KeyHashes.Hashes keys = hashes.of(batch);
      for (int r = 0; r < rows.count(); r++) {
        eligible.set(starts[i] + rows.rows()[r], keys.mayMatch(rows.rows()[r]));
      }
    }
    return eligible;
  }

  /** Rows by key; null if the condition has no keys. */
  @Nullable JoinTable table(JoinCondition join, BitSet eligible) {
    if (join.keys().isEmpty()) {
      return null;
    }
    JoinTable table = new JoinTable(count());
    KeyHashes hashes = new KeyHashes(join.keys(), false);
    for (int i = 0; i < batches.size(); i++) {
      long[] values = hashes.of(batches.get(i)).values();
      for (int row = 0; row < values.length; row++) {
        if (eligible.get(starts[i] + row)) {
          table.add(values[row], starts[i] + row);
        }
      }
    }
    return table;
  }

  /** What must be true of rows of the table that match one of these; reads only the table. */
  List<BoundExpr> needed(JoinCondition join, BitSet eligible) {
    List<BoundExpr> needed = new ArrayList<>(join.targetOnly());
    for (JoinCondition.Key key : join.keys()) {
      KeyRanges ranges = new KeyRanges(key);
      for (int i = 0; i < batches.size(); i++) {
        int start = starts[i];
        ranges.add(batches.get(i), row -> eligible.get(start + row));
      }
      needed.add(ranges.condition());
    }
    return needed;
  }

  /** Takes rows out; for use by one thread, each by its own. */
  Reader reader() {
    return new Reader();
  }

  /** Takes rows out. */
  final class Reader implements AutoCloseable {

    private final Map<String, FieldVector[]> vectors = new HashMap<>();
    private final List<FieldVector> own = new ArrayList<>();

    /**
     * Columns of some rows.
     *
     * @param rows in any order, repeated or not
     * @param count how many of them
     * @param columns as joined batches name them
     * @return vectors that the caller closes
     */
    List<FieldVector> take(int[] rows, int count, List<String> columns, BufferAllocator to) {
      int[] batch = new int[count];
      int[] at = new int[count];
      int current = 0;
      for (int i = 0; i < count; i++) {
        if (rows[i] < starts[current] || rows[i] >= starts[current + 1]) {
          int found = Arrays.binarySearch(starts, 0, batches.size() + 1, rows[i]);
          current = found < 0 ? -found - 2 : found;
        }
        batch[i] = current;
        at[i] = rows[i] - starts[current];
      }
      List<FieldVector> taken = new ArrayList<>(columns.size());
      try {
        for (String column : columns) {
          FieldVector[] from = vectors.computeIfAbsent(column, this::vectors);
          FieldVector target = from[0].getField().createVector(to);
          taken.add(target);
          target.setInitialCapacity(count);
          target.allocateNew();
          for (int i = 0; i < count; i++) {
            target.copyFromSafe(at[i], i, from[batch[i]]);
          }
          target.setValueCount(count);
        }
        return taken;
      } catch (RuntimeException | Error e) {
        taken.forEach(FieldVector::close);
        throw e;
      }
    }

    /**
     * A nested vector copies through a reader that remembers a position: each thread has its own.
     */
    private FieldVector[] vectors(String column) {
      FieldVector[] all = new FieldVector[batches.size()];
      for (int i = 0; i < all.length; i++) {
        FieldVector shared = batches.get(i).getVector(column);
        all[i] = shared.getField().getChildren().isEmpty() ? shared : view(shared);
      }
      return all;
    }

    private FieldVector view(FieldVector shared) {
      TransferPair pair = shared.getTransferPair(shared.getField(), shared.getAllocator());
      pair.splitAndTransfer(0, shared.getValueCount());
      FieldVector view = (FieldVector) pair.getTo();
      own.add(view);
      return view;
    }

    @Override
    public void close() {
      own.forEach(FieldVector::close);
      own.clear();
      vectors.clear();
    }
  }

  /** All rows as an Arrow stream; of no rows, no bytes. */
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < batches.size(); i++) {
      VectorSchemaRoot batch = batches.get(i);
      ByteArrayOutputStream one = new ByteArrayOutputStream();
      try (ArrowStreamWriter writer = new ArrowStreamWriter(batch, null, one)) {
        writer.writeBatch();
        writer.end();
        bytes.writeBytes(one.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e); // there is no I/O
      }
    }
    return bytes.toByteArray();
  }

  /** The rows of Arrow streams, one after the other. */
  static SourceRows ofBytes(byte[] bytes, BufferAllocator allocator) {
    SourceRows rows = new SourceRows(allocator, Long.MAX_VALUE);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      while (in.available() > 0) {
        try (ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
          while (reader.loadNextBatch()) {
            rows.add(reader.getVectorSchemaRoot());
          }
        }
      }
      return rows;
    } catch (IOException e) {
      rows.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      rows.close();
      throw e;
    }
  }

  @Override
  public void close() {
    batches.forEach(VectorSchemaRoot::close);
    batches.clear();
    store.close();
  }
}
