package io.neuralake.internal.plan;

import io.neuralake.internal.order.RowOrder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.VectorBatchAppender;

/**
 * Rows by ranges of their places on a curve: dealt out first, then sorted range by range. Beyond a
 * limit of memory they lie in a temporary file. Thread-safe; no bucket may be sorted before all
 * rows are there.
 */
final class SortBuckets implements AutoCloseable {

  private static final String PLACE = "\0place";

  /** Of a row's number in a bucket, beside its place. */
  private static final int ROW_BITS = 63 - RowOrder.PLACE_BITS;

  private static final int BATCH_ROWS = 8192;

  /** Takes a sorted batch, which stays the giver's. */
  interface Sink {
    void take(VectorSchemaRoot batch) throws IOException;
  }

  private final BufferAllocator allocator;
  private final BatchStore store;
  private final long[] cuts;
  private final List<String> columns;
  private final List<String> stored;
  private final List<List<VectorSchemaRoot>> buckets = new ArrayList<>();

  /**
   * Without rows yet.
   *
   * @param memory bytes beyond which rows are put into a file
   * @param cuts places at which all buckets but the first begin, in ascending order
   */
  SortBuckets(BufferAllocator allocator, long memory, long[] cuts, List<String> columns) {
    this.allocator = allocator;
    this.store = new BatchStore(allocator, memory);
    this.cuts = cuts;
    this.columns = columns;
    this.stored = new ArrayList<>(columns);
    stored.add(PLACE);
    for (int i = 0; i <= cuts.length; i++) {
      buckets.add(new ArrayList<>());
    }
  }

  /** Takes copies of rows. */
  void add(VectorSchemaRoot batch, RowOrder order) throws IOException {
    int rows = batch.getRowCount();
    long[] places = order.places(batch);
    RowIndexes[] dealt = new RowIndexes[buckets.size()];
    for (int row = 0; row < rows; row++) {
      int bucket = bucketOf(places[row]);
      if (dealt[bucket] == null) {
        dealt[bucket] = new RowIndexes(rows);
      }
      dealt[bucket].add(row);
    }
    try (BigIntVector vector = new BigIntVector(PLACE, allocator)) {
      vector.allocateNew(rows);
      for (int row = 0; row < rows; row++) {
        vector.set(row, places[row]);
      }
      vector.setValueCount(rows);
      List<FieldVector> vectors = new ArrayList<>(batch.getFieldVectors());
      vectors.add(vector);
      VectorSchemaRoot whole = new VectorSchemaRoot(vectors); // its vectors have owners
      for (int i = 0; i < dealt.length; i++) {
        if (dealt[i] != null) {
          try (VectorSchemaRoot part =
              Batches.take(whole, stored, dealt[i].rows(), dealt[i].count(), allocator)) {
            keep(i, part);
          }
        }
      }
    }
  }

  private int bucketOf(long place) {
    int from = 0;
    int to = cuts.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (cuts[middle] <= place) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private synchronized void keep(int bucket, VectorSchemaRoot rows) throws IOException {
    buckets.get(bucket).add(store.keep(rows));
  }

  /** Hands the rows of a bucket over in their order, and forgets them. */
  void sorted(int bucket, Sink sink) throws IOException {
    List<VectorSchemaRoot> pieces;
    synchronized (this) {
      pieces = List.copyOf(buckets.get(bucket));
    }
    for (int from = 0; from < pieces.size(); ) {
      int to = from;
      long rows = 0;
      while (to < pieces.size() && rows + pieces.get(to).getRowCount() < 1L << ROW_BITS) {
        rows += pieces.get(to++).getRowCount();
      }
      sorted(pieces.subList(from, to), (int) rows, sink);
      from = to;
    }
    synchronized (this) {
      pieces.forEach(VectorSchemaRoot::close);
      buckets.get(bucket).clear();
    }
  }

  private void sorted(List<VectorSchemaRoot> pieces, int rows, Sink sink) throws IOException {
    long[] order = new long[rows];
    int at = 0;
    for (VectorSchemaRoot piece : pieces) {
      BigIntVector places = (BigIntVector) piece.getVector(PLACE);
      for (int row = 0; row < piece.getRowCount(); row++, at++) {
        order[at] = (places.get(row) << ROW_BITS) | at;
      }
    }
    Arrays.sort(order);
    try (VectorSchemaRoot whole = joined(pieces, rows)) {
      int[] batch = new int[BATCH_ROWS];
      for (int from = 0; from < rows; from += BATCH_ROWS) {
        int count = Math.min(BATCH_ROWS, rows - from);
        for (int i = 0; i < count; i++) {
          batch[i] = (int) (order[from + i] & ((1L << ROW_BITS) - 1));
        }
        try (VectorSchemaRoot next =
            new VectorSchemaRoot(Batches.gather(whole, columns, batch, count, allocator))) {
          next.setRowCount(count);
          sink.take(next);
        }
      }
    }
  }

  private VectorSchemaRoot joined(List<VectorSchemaRoot> pieces, int rows) {
    List<FieldVector> vectors = new ArrayList<>();
    try {
      for (String column : columns) {
        FieldVector target = pieces.get(0).getVector(column).getField().createVector(allocator);
        vectors.add(target);
        target.setInitialCapacity(rows);
        target.allocateNew();
        VectorBatchAppender.batchAppend(
            target,
            pieces.stream().map(piece -> piece.getVector(column)).toArray(FieldVector[]::new));
      }
      VectorSchemaRoot whole = new VectorSchemaRoot(vectors);
      whole.setRowCount(rows);
      return whole;
    } catch (RuntimeException | Error e) {
      vectors.forEach(FieldVector::close);
      throw e;
    }
  }

  @Override
  public synchronized void close() {
    buckets.forEach(pieces -> pieces.forEach(VectorSchemaRoot::close));
    buckets.clear();
    store.close();
  }
}
