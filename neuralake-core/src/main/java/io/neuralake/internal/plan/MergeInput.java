package io.neuralake.internal.plan;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.JoinCondition;
import io.neuralake.internal.meta.SchemaJson;
import io.neuralake.internal.meta.TableMetadata;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What all tasks of a merge work with. Tasks in the planning process share it; when it is
 * serialized, the rows of the source travel with it.
 */
final class MergeInput implements Serializable {

  private static final long serialVersionUID = 1;

  private final MergeSpec spec;
  private final String sourceSchema;
  private final Instant now;
  private transient @Nullable Ready shared;
  private byte @Nullable [] bytes;

  /**
   * The input of a plan.
   *
   * @param now the time that defaults are made of
   */
  MergeInput(
      MergeSpec spec,
      StructType sourceSchema,
      SourceRows rows,
      TableMetadata metadata,
      String table,
      Instant now) {
    this.spec = spec;
    this.sourceSchema = SchemaJson.write(sourceSchema);
    this.now = now;
    this.shared = ready(rows, sourceSchema, metadata, table);
  }

  /**
   * The input where it is used.
   *
   * @param rows the source
   * @param binding what becomes of rows
   * @param completion gives inserted rows what they lack
   * @param eligible rows of the source that can match a row of the table
   * @param table these by their key, null if the condition has none
   * @param filter true for each row of the table that may change or match, null if all may
   */
  record Ready(
      SourceRows rows,
      MergeBinding binding,
      RowCompletion completion,
      BitSet eligible,
      @Nullable JoinTable table,
      @Nullable BoundExpr filter) {}

  /** An input at work; closing it releases what only this use of it holds. */
  record Use(Ready ready, @Nullable SourceRows own) implements AutoCloseable {
    @Override
    public void close() {
      if (own != null) {
        own.close();
      }
    }
  }

  /** The input in the process that plans. */
  Ready ready() {
    return Objects.requireNonNull(shared, "only in the process that plans");
  }

  /** The input wherever a task runs. */
  Use use(TableMetadata metadata, String table, BufferAllocator allocator) {
    Ready ready = shared;
    if (ready != null) {
      return new Use(ready, null);
    }
    byte[] content = bytes == null ? new byte[0] : bytes;
    SourceRows own = SourceRows.ofBytes(content, allocator);
    try {
      StructType schema = SchemaJson.parse(sourceSchema, table);
      return new Use(ready(own, schema, metadata, table), own);
    } catch (RuntimeException | Error e) {
      own.close();
      throw e;
    }
  }

  private Ready ready(
      SourceRows rows, StructType sourceColumns, TableMetadata metadata, String table) {
    RowCompletion completion =
        RowCompletion.of(metadata, null, Clock.fixed(now, ZoneOffset.UTC), table);
    MergeBinding binding =
        MergeBinding.of(spec, metadata, sourceColumns, completion.defaultValues(), table);
    BitSet eligible = rows.eligible(binding.join());
    return new Ready(
        rows,
        binding,
        completion,
        eligible,
        rows.table(binding.join(), eligible),
        filter(binding, rows, eligible));
  }

  private static @Nullable BoundExpr filter(
      MergeBinding binding, SourceRows rows, BitSet eligible) {
    List<BoundExpr> any = new ArrayList<>();
    BoundExpr matching =
        eligible.isEmpty()
            ? new BoundExpr.Literal(false, BooleanType.BOOLEAN, false)
            : JoinCondition.all(rows.needed(binding.join(), eligible));
    if (matching == null) {
      return null;
    }
    any.add(matching);
    for (MergeBinding.Clause clause : binding.notMatchedBySource()) {
      if (clause.condition() == null) {
        return null;
      }
      any.add(clause.condition());
    }
    return any.size() == 1 ? matching : new BoundExpr.Logic(false, any);
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    if (shared != null) {
      bytes = shared.rows().toBytes();
    }
    try {
      out.defaultWriteObject();
    } finally {
      bytes = shared == null ? bytes : null;
    }
  }
}
