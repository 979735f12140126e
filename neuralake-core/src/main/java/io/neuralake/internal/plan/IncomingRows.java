package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.ProtocolRules;
import io.neuralake.internal.meta.SchemaEvolution;
import io.neuralake.internal.meta.TableMetadata;
import io.neuralake.internal.row.ArrowAdapter;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.internal.txn.TableContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * How a table takes rows that are turned into Arrow before they are appended: what is wrong with a
 * row shows when it is handed in, not when others are written with it. Immutable but for its
 * evaluators: not thread-safe.
 */
public final class IncomingRows<T> {
  private final TableContext table;
  private final TableMetadata basis;
  private final TableMetadata metadata;
  private final StructType columns;
  private final RowEncoder<T> encoder;
  private final ArrowAdapter adapter;
  private final Map<String, @Nullable Object> defaults;
  private final boolean demanding;

  private IncomingRows(
      TableContext table, TableMetadata basis, TableMetadata metadata, RowKind<T> kind) {
    this.table = table;
    this.basis = basis;
    this.metadata = metadata;
    RowCompletion completion =
        RowCompletion.of(metadata, kind.declared(), table.runtime().clock(), table.table());
    this.columns = without(completion.incoming(), completion.defaulted());
    this.encoder = kind.encoder().apply(columns);
    this.adapter = new ArrowAdapter(columns);
    this.defaults = completion.defaultValues();
    this.demanding = completion.generates() || RowRules.of(metadata, table.table()).hasConditions();
  }

  /**
   * As of the state that the lake remembers.
   *
   * @param evolve whether the rows may bring columns that the table lacks
   * @throws io.neuralake.error.InvalidRequestException if such rows do not fit
   */
  public static <T> IncomingRows<T> of(TableContext table, RowKind<T> kind, boolean evolve) {
    TableMetadata basis = table.stateForWriting().requireMetadata();
    ProtocolRules.checkWritable(table.stateForWriting().requireProtocol(), table.table());
    StructType declared = kind.declared();
    TableMetadata metadata =
        declared == null
            ? basis
            : SchemaEvolution.merge(
                basis, declared, evolve, table.runtime()::newUuid, table.table());
    return new IncomingRows<>(table, basis, metadata, kind);
  }

  private static StructType without(StructType schema, Set<String> columns) {
    List<StructField> kept = new ArrayList<>(schema.fields());
    kept.removeIf(field -> columns.contains(field.getName()));
    return new StructType(kept);
  }

  /** Whether the table is still as it was, as far as the lake knows. */
  public boolean isCurrent() {
    return basis.equals(table.stateForWriting().requireMetadata());
  }

  /** Whether {@link #check} has anything to look for. */
  public boolean demands() {
    return demanding;
  }

  public RowEncoder<T> encoder() {
    return encoder;
  }

  /** A row as it is to be encoded: what has a default is there. */
  @SuppressWarnings("unchecked") // a map stays a map
  public T complete(T row) {
    return defaults.isEmpty() || !(row instanceof Map<?, ?> given)
        ? row
        : (T) RowSource.WithDefaults.complete(given, defaults);
  }

  /** A user's batch in the same layout as encoded rows; it shares the user's memory. */
  public VectorSchemaRoot adapt(VectorSchemaRoot batch, long firstRow) {
    return adapter.adapt(batch, null, firstRow, allocator());
  }

  public BufferAllocator allocator() {
    return table.runtime().allocator();
  }

  /**
   * Checks rows of an encoded batch against what the table demands besides types.
   *
   * @throws io.neuralake.error.InvalidRequestException naming the first row that breaks a rule
   */
  public void check(VectorSchemaRoot batch, int from, int count) {
    if (!demanding || count == 0) {
      return;
    }
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = from + i;
    }
    try (VectorSchemaRoot part =
        Batches.take(batch, columns.fieldNames(), rows, count, allocator())) {
      RowSource source = RowSource.ofBatch(part);
      RowCompletion completion =
          RowCompletion.of(metadata, source.declaredSchema(), table.runtime().clock(), "rows");
      RowSource.BatchSource batches =
          completion.complete(source.open(completion.incoming(), allocator()), allocator());
      try (VectorSchemaRoot whole = batches.next()) {
        if (whole != null) {
          RowRules.of(metadata, table.table()).check(whole, from);
        }
      }
    }
  }
}
