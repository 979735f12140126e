package io.neuralake.write;

import io.neuralake.internal.plan.IncomingRows;
import io.neuralake.internal.plan.RowKind;
import io.neuralake.internal.txn.TableContext;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Gathers rows of one kind for a table, to be appended later. An immutable value; {@link #begin}
 * makes buffers. Thread-safe.
 *
 * @param <T> the kind of row
 */
public final class RowBuffering<T> {
  private final TableContext table;
  private final RowKind<T> kind;
  private final boolean evolve;
  private final AtomicReference<@Nullable IncomingRows<T>> last = new AtomicReference<>();

  private RowBuffering(TableContext table, RowKind<T> kind, boolean evolve) {
    this.table = table;
    this.kind = kind;
    this.evolve = evolve;
  }

  /** For {@code NeuralTable}. */
  public RowBuffering(TableContext table, RowKind<T> kind) {
    this(table, kind, false);
  }

  /** Rows may have columns that the table lacks; see {@link Append#evolveSchema}. */
  public RowBuffering<T> evolveSchema() {
    return new RowBuffering<>(table, kind, true);
  }

  /**
   * An empty buffer for the table as this lake knows it: only the first asks the storage.
   *
   * @throws io.neuralake.error.InvalidRequestException if rows of this kind do not fit the table
   * @throws io.neuralake.error.TableNotFoundException if there is no table
   */
  public RowBuffer<T> begin() {
    IncomingRows<T> rows = last.get();
    if (rows == null || !rows.isCurrent()) {
      rows = IncomingRows.of(table, kind, evolve);
      last.set(rows);
    }
    return new RowBuffer<>(table, rows, evolve);
  }
}
