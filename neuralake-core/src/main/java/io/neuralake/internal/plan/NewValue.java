package io.neuralake.internal.plan;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * What a column is set to: a value, or, of a struct, values of some fields.
 *
 * @param value the value, null if only fields are set
 * @param fields new values of fields, by name
 */
record NewValue(@Nullable BoundExpr value, Map<String, NewValue> fields) {

  /**
   * Adds an assignment to those of a struct, or of a table.
   *
   * @param path names from there to the column
   * @throws InvalidRequestException if there is no such column, it is set already, or the value
   *     does not fit
   */
  static void put(
      Map<String, NewValue> into, StructType type, List<String> path, Expr value, Binder binder) {
    StructField field = ScanPlanner.find(type, path.get(0));
    if (field == null) {
      throw new InvalidRequestException(
          "there is no column '"
              + path.get(0)
              + "' among "
              + String.join(", ", type.fieldNames())
              + ".");
    }
    DataType fieldType = field.getDataType();
    NewValue known = into.get(field.getName());
    if (known != null && (path.size() == 1 || known.value() != null)) {
      throw new InvalidRequestException("it is set twice.");
    }
    if (path.size() == 1) {
      into.put(field.getName(), new NewValue(binder.assign(value, fieldType), Map.of()));
    } else if (fieldType instanceof StructType struct) {
      NewValue whole = known == null ? new NewValue(null, new LinkedHashMap<>()) : known;
      put(whole.fields(), struct, path.subList(1, path.size()), value, binder);
      into.put(field.getName(), whole);
    } else {
      throw new InvalidRequestException(
          "'" + field.getName() + "' is no struct but " + fieldType + "; set it as a whole.");
    }
  }

  /** The new values of a column; where fields of a null struct are set, it is null no more. */
  FieldVector of(FieldVector before, VectorSchemaRoot rows, BufferAllocator allocator) {
    int count = rows.getRowCount();
    if (value != null) {
      return value instanceof BoundExpr.Literal literal && literal.value() == null
          ? nulls(before.getField(), count, allocator)
          : new BatchEvaluator(value).evaluate(rows, before.getName(), allocator);
    }
    StructVector struct = (StructVector) before.getField().createVector(allocator);
    try {
      struct.allocateNew();
      for (int row = 0; row < count; row++) {
        struct.setIndexDefined(row);
      }
      for (FieldVector child : ((StructVector) before).getChildrenFromFields()) {
        FieldVector into = struct.getChild(child.getName());
        NewValue set = fields.get(child.getName());
        if (set == null) {
          copy(child, before, into, count);
        } else {
          try (FieldVector values = set.of(child, rows, allocator)) {
            copy(values, values, into, count);
          }
        }
      }
      struct.setValueCount(count);
      return struct;
    } catch (RuntimeException | Error e) {
      struct.close();
      throw e;
    }
  }

  private static void copy(FieldVector from, FieldVector parent, FieldVector to, int count) {
    for (int row = 0; row < count; row++) {
      if (!parent.isNull(row) && !from.isNull(row)) {
        to.copyFromSafe(row, row, from);
      }
    }
    to.setValueCount(count);
  }

  /** A column of nulls. */
  static FieldVector nulls(Field field, int count, BufferAllocator allocator) {
    FieldVector nulls = field.createVector(allocator);
    nulls.setInitialCapacity(count);
    nulls.allocateNew();
    nulls.setValueCount(count);
    return nulls;
  }
}
