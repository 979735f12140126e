package io.neuralake.write;

import io.neuralake.internal.plan.IncomingRows;
import io.neuralake.internal.plan.RowSource;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Rows in Arrow memory of the lake, to be appended together. A row is checked when it is added, so
 * that one that does not fit is refused alone. Close it when its rows are committed or no longer
 * wanted. Not thread-safe.
 *
 * @param <T> the kind of row
 */
public final class RowBuffer<T> implements AutoCloseable {
  private static final int BATCH_ROWS = 8192;
  private static final int FIRST_ROWS = 1024;

  private final TableContext table;
  private final IncomingRows<T> incoming;
  private final boolean evolve;
  private final List<VectorSchemaRoot> full = new ArrayList<>();
  private @Nullable VectorSchemaRoot batch;
  private int capacity = FIRST_ROWS;
  private int count;
  private long rows;
  private long bytes;

  RowBuffer(TableContext table, IncomingRows<T> incoming, boolean evolve) {
    this.table = table;
    this.incoming = incoming;
    this.evolve = evolve;
  }

  /** Rows in it. */
  public long rows() {
    return rows;
  }

  /** About how many bytes they take. */
  public long bytes() {
    return bytes;
  }

  /**
   * Adds a row.
   *
   * @throws io.neuralake.error.InvalidRequestException if it does not fit the table or breaks one
   *     of its constraints; the buffer is as before then, as after any other exception
   */
  public void add(T row) {
    VectorSchemaRoot to = batch == null ? begin() : batch;
    try {
      long size = incoming.encoder().encode(incoming.complete(row), rows, to, count);
      if (incoming.demands()) {
        to.setRowCount(count + 1);
        incoming.check(to, count, 1);
      }
      count++;
      rows++;
      bytes += size;
    } catch (RuntimeException | Error e) {
      seal(); // what the row has left behind its place must not meet the next one
      throw e;
    }
    if (count == BATCH_ROWS) {
      seal();
    }
  }

  /** Adds rows, all or, after an exception, none; see {@link #add(Object)}. */
  public void addAll(Iterable<? extends T> all) {
    int fullBefore = full.size();
    int countBefore = count;
    long rowsBefore = rows;
    long bytesBefore = bytes;
    try {
      for (T row : all) {
        add(row);
      }
    } catch (RuntimeException | Error e) {
      seal();
      while (full.size() > fullBefore + 1) {
        full.remove(full.size() - 1).close();
      }
      if (full.size() > fullBefore) {
        VectorSchemaRoot cut = full.get(fullBefore);
        cut.setRowCount(countBefore);
        if (countBefore == 0) {
          full.remove(fullBefore).close();
        }
      }
      rows = rowsBefore;
      bytes = bytesBefore;
      throw e;
    }
  }

  /**
   * Adds the rows of an Arrow batch. It stays the caller's, who may close it but not change its
   * values before this buffer is closed.
   */
  public void addBatch(VectorSchemaRoot source) {
    seal();
    VectorSchemaRoot adapted = incoming.adapt(source, rows);
    try {
      incoming.check(adapted, 0, adapted.getRowCount());
    } catch (RuntimeException | Error e) {
      adapted.close();
      throw e;
    }
    full.add(adapted);
    rows += adapted.getRowCount();
    for (FieldVector vector : adapted.getFieldVectors()) {
      bytes += vector.getBufferSize();
    }
  }

  private VectorSchemaRoot begin() {
    VectorSchemaRoot next = incoming.encoder().newBatch(incoming.allocator());
    try {
      for (FieldVector vector : next.getFieldVectors()) {
        vector.setInitialCapacity(capacity);
        vector.allocateNew();
      }
    } catch (RuntimeException | Error e) {
      next.close();
      throw e;
    }
    batch = next;
    return next;
  }

  private void seal() {
    VectorSchemaRoot done = batch;
    if (done == null) {
      return;
    }
    batch = null;
    if (count == 0) {
      done.close();
    } else {
      done.setRowCount(count);
      full.add(done);
      capacity = Math.max(FIRST_ROWS, count);
      count = 0;
    }
  }

  /**
   * An append of the rows that are here; they stay here, so that they can be appended again if it
   * fails. The buffer must not be changed before the append is done.
   */
  public Append append() {
    seal();
    List<VectorSchemaRoot> batches = List.copyOf(full);
    Append append = new Append(table, () -> RowSource.ofBatches(batches));
    return evolve ? append.evolveSchema() : append;
  }

  /** Gives the memory back. Idempotent. */
  @Override
  public void close() {
    seal();
    full.forEach(VectorSchemaRoot::close);
    full.clear();
    rows = 0;
    bytes = 0;
  }
}
