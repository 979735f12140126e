package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.JoinResolver;
import io.neuralake.schema.Schemas;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of rows of a table and of a source, as batches in which the columns of both lie side by
 * side; conditions on them; and the rows that clauses make of them. For use by one thread.
 */
final class MergedRows implements AutoCloseable {

  private final SourceRows.Reader source;
  private final BufferAllocator allocator;

  MergedRows(SourceRows source, BufferAllocator allocator) {
    this.source = source.reader();
    this.allocator = allocator;
  }

  /**
   * Pairs of rows.
   *
   * @param target rows of the table by index; not used without a batch of the table
   * @param source rows of the source by number
   */
  record Pairs(int[] target, int[] source, int count) {

    /** Some of the pairs. */
    Pairs take(int[] which, int many) {
      int[] targets = new int[many];
      int[] sources = new int[many];
      for (int i = 0; i < many; i++) {
        targets[i] = target[which[i]];
        sources[i] = source[which[i]];
      }
      return new Pairs(targets, sources, many);
    }

    /** The pairs that were not taken. */
    Pairs without(int[] taken) {
      int[] rest = new int[count - taken.length];
      int at = 0;
      int next = 0;
      for (int i = 0; i < count; i++) {
        if (next < taken.length && taken[next] == i) {
          next++;
        } else {
          rest[at++] = i;
        }
      }
      return take(rest, rest.length);
    }
  }

  /** The pairs, by their place among all, for which a condition is true. */
  int[] filter(BoundExpr condition, @Nullable VectorSchemaRoot table, Pairs pairs) {
    Set<String> columns = new LinkedHashSet<>();
    condition.columns().forEach(path -> columns.add(path.get(0)));
    try (VectorSchemaRoot joined = joined(columns, table, pairs)) {
      return new BatchEvaluator(condition).filter(joined).toArray();
    }
  }

  private VectorSchemaRoot joined(
      Set<String> columns, @Nullable VectorSchemaRoot table, Pairs pairs) {
    List<String> ofSource = new ArrayList<>();
    List<String> ofTable = new ArrayList<>();
    for (String column : columns) {
      (JoinResolver.isSource(List.of(column)) ? ofSource : ofTable).add(column);
    }
    List<FieldVector> vectors = new ArrayList<>();
    try {
      if (!ofTable.isEmpty() && table != null) {
        vectors.addAll(Batches.gather(table, ofTable, pairs.target(), pairs.count(), allocator));
      }
      if (!ofSource.isEmpty()) {
        vectors.addAll(source.take(pairs.source(), pairs.count(), ofSource, allocator));
      }
    } catch (RuntimeException | Error e) {
      vectors.forEach(FieldVector::close);
      throw e;
    }
    return root(vectors, pairs.count());
  }

  private static VectorSchemaRoot root(List<FieldVector> vectors, int rows) {
    return new VectorSchemaRoot(
        vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
  }

  /**
   * The rows that a clause makes of pairs.
   *
   * @param table with all columns; null if there are only rows of the source
   * @return all columns of the table, which the caller closes
   */
  VectorSchemaRoot values(
      MergeBinding.Clause clause,
      StructType schema,
      @Nullable VectorSchemaRoot table,
      Pairs pairs) {
    Set<String> columns = new LinkedHashSet<>();
    List<@Nullable BoundExpr> values = clause.values();
    for (int i = 0; i < values.size(); i++) {
      BoundExpr value = values.get(i);
      if (value == null) {
        columns.add(schema.at(i).getName());
      } else {
        value.columns().forEach(path -> columns.add(path.get(0)));
      }
    }
    List<Field> fields = Schemas.toArrow(schema).getFields();
    List<FieldVector> made = new ArrayList<>();
    try (VectorSchemaRoot joined = joined(columns, table, pairs)) {
      for (int i = 0; i < values.size(); i++) {
        made.add(value(values.get(i), schema.at(i), fields.get(i), joined));
      }
      return root(made, pairs.count());
    } catch (RuntimeException | Error e) {
      made.forEach(FieldVector::close);
      throw e;
    }
  }

  private FieldVector value(
      @Nullable BoundExpr value, StructField column, Field field, VectorSchemaRoot joined) {
    String name = column.getName();
    int rows = joined.getRowCount();
    if (value == null) {
      return shared(joined.getVector(name), name, rows);
    }
    if (value instanceof BoundExpr.Literal literal && literal.value() == null) {
      FieldVector nulls = field.createVector(allocator);
      nulls.setInitialCapacity(rows);
      nulls.allocateNew();
      nulls.setValueCount(rows);
      return nulls;
    }
    if (value instanceof BoundExpr.Column plain && plain.path().size() == 1) {
      return shared(joined.getVector(plain.path().get(0)), name, rows);
    }
    return new BatchEvaluator(value).evaluate(joined, name, allocator);
  }

  private FieldVector shared(FieldVector vector, String name, int rows) {
    TransferPair pair = vector.getTransferPair(name, allocator);
    pair.splitAndTransfer(0, rows);
    return (FieldVector) pair.getTo();
  }

  @Override
  public void close() {
    source.close();
  }
}
