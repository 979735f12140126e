package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.TableMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.util.TransferPair;

/**
 * New values of columns, bound to a table: each is computed from the row as it was; generated
 * columns follow. Not thread-safe.
 */
final class Assignments {

  private final StructType schema;
  private final Map<String, NewValue> values;
  private final RowCompletion completion;

  private Assignments(StructType schema, Map<String, NewValue> values, RowCompletion completion) {
    this.schema = schema;
    this.values = values;
    this.completion = completion;
  }

  /**
   * Assignments whose values are expressions over the table's own columns.
   *
   * @throws InvalidRequestException if one does not fit
   */
  static Assignments of(List<Assignment> assignments, TableMetadata metadata, String table) {
    return of(assignments, metadata, table, Binder.of(metadata.schema()));
  }

  /**
   * Assignments.
   *
   * @param binder resolves the columns that the values name
   * @throws InvalidRequestException if one does not fit
   */
  static Assignments of(
      List<Assignment> assignments, TableMetadata metadata, String table, Binder binder) {
    StructType schema = metadata.schema();
    Map<String, NewValue> values = new LinkedHashMap<>();
    for (Assignment assignment : assignments) {
      String column = assignment.column();
      StructField field = ScanPlanner.find(schema, column);
      List<String> path =
          field != null ? List.of(field.getName()) : ((Expr.Column) Expr.col(column)).path();
      field = ScanPlanner.find(schema, path.get(0));
      if (field != null && ComputedColumns.isIdentity(field)) {
        throw new InvalidRequestException(
            table
                + ": the identity column '"
                + field.getName()
                + "' cannot be set; its numbers stay with their rows.");
      }
      try {
        NewValue.put(values, schema, path, assignment.value(), binder);
      } catch (InvalidRequestException e) {
        throw new InvalidRequestException(
            table + ": column '" + column + "' cannot be set: " + e.getMessage(), e);
      }
    }
    return new Assignments(
        schema, values, RowCompletion.afterUpdate(metadata, values.keySet(), table));
  }

  /**
   * The rows with their new values.
   *
   * @param rows the columns that the values name, and those of the table that none is set for; it
   *     is only read
   * @return all columns of the table; the caller closes it
   */
  VectorSchemaRoot apply(VectorSchemaRoot rows, BufferAllocator allocator) {
    int count = rows.getRowCount();
    List<FieldVector> vectors = new ArrayList<>(schema.length());
    try {
      for (String column : schema.fieldNames()) {
        vectors.add(vector(column, rows, allocator));
      }
    } catch (RuntimeException | Error e) {
      vectors.forEach(FieldVector::close);
      throw e;
    }
    return completion.complete(
        new VectorSchemaRoot(vectors.stream().map(FieldVector::getField).toList(), vectors, count),
        0,
        allocator);
  }

  private FieldVector vector(String column, VectorSchemaRoot rows, BufferAllocator allocator) {
    NewValue value = values.get(column);
    FieldVector before = rows.getVector(column);
    if (completion.recomputes(column)) {
      return NewValue.nulls(before.getField(), rows.getRowCount(), allocator);
    }
    if (value != null) {
      return value.of(before, rows, allocator);
    }
    TransferPair pair = before.getTransferPair(before.getField(), allocator);
    pair.splitAndTransfer(0, rows.getRowCount());
    return (FieldVector) pair.getTo();
  }
}
