package io.neuralake.internal.row;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Turns a stream of rows into batches of bounded size, each made when it is asked for.
 *
 * <p>The caller owns and closes each batch. A row that does not fit ends the stream with an {@link
 * io.neuralake.error.InvalidRequestException}; the batch it would have been in is released. For use
 * by one thread.
 *
 * @param <T> the kind of row
 */
public final class BatchBuilder<T> implements Iterator<VectorSchemaRoot> {
  /** Rows of a batch unless told otherwise. */
  public static final int DEFAULT_MAX_ROWS = 8192;

  /** Bytes of a batch unless told otherwise. */
  public static final long DEFAULT_MAX_BYTES = 16L << 20;

  private static final int FIRST_CAPACITY = 1024;

  private final RowEncoder<T> encoder;
  private final Iterator<? extends T> rows;
  private final BufferAllocator allocator;
  private final int maxRows;
  private final long maxBytes;
  private long rowNumber;
  private int capacity;

  /** Batches of the default size. */
  public BatchBuilder(
      RowEncoder<T> encoder, Iterator<? extends T> rows, BufferAllocator allocator) {
    this(encoder, rows, allocator, DEFAULT_MAX_ROWS, DEFAULT_MAX_BYTES);
  }

  /**
   * Batches of a given size.
   *
   * @param maxRows most rows of a batch, at least 1
   * @param maxBytes a batch ends with the row that reaches this many bytes, at least 1
   */
  public BatchBuilder(
      RowEncoder<T> encoder,
      Iterator<? extends T> rows,
      BufferAllocator allocator,
      int maxRows,
      long maxBytes) {
    if (maxRows < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          "maxRows and maxBytes must be at least 1: " + maxRows + ", " + maxBytes);
    }
    this.encoder = encoder;
    this.rows = rows;
    this.allocator = allocator;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
    this.capacity = Math.min(maxRows, FIRST_CAPACITY);
  }

  @Override
  public boolean hasNext() {
    return rows.hasNext();
  }

  @Override
  public VectorSchemaRoot next() {
    if (!rows.hasNext()) {
      throw new NoSuchElementException("no more rows");
    }
    VectorSchemaRoot batch = encoder.newBatch(allocator);
    try {
      fill(batch);
      return batch;
    } catch (RuntimeException | Error e) {
      batch.close();
      throw e;
    }
  }

  /** How many rows have been taken from the stream. */
  public long rowsRead() {
    return rowNumber;
  }

  private void fill(VectorSchemaRoot batch) {
    for (FieldVector vector : batch.getFieldVectors()) {
      vector.setInitialCapacity(capacity);
      vector.allocateNew();
    }
    int count = 0;
    long bytes = 0;
    while (count < maxRows && bytes < maxBytes && rows.hasNext()) {
      bytes += encoder.encode(rows.next(), rowNumber, batch, count);
      count++;
      rowNumber++;
    }
    batch.setRowCount(count);
    capacity = count;
  }
}
