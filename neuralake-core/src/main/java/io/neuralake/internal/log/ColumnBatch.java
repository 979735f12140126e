package io.neuralake.internal.log;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;

/** Columns of the same length, as Kernel wants to see them. Whoever made them releases them. */
record ColumnBatch(StructType schema, List<ColumnVector> columns, int rows)
    implements ColumnarBatch {

  ColumnBatch {
    columns = List.copyOf(columns);
  }

  @Override
  public StructType getSchema() {
    return schema;
  }

  @Override
  public ColumnVector getColumnVector(int ordinal) {
    return columns.get(ordinal);
  }

  @Override
  public int getSize() {
    return rows;
  }

  @Override
  public ColumnarBatch withNewColumn(int ordinal, StructField field, ColumnVector column) {
    List<StructField> fields = new ArrayList<>(schema.fields());
    fields.add(ordinal, field);
    List<ColumnVector> more = new ArrayList<>(columns);
    more.add(ordinal, column);
    return new ColumnBatch(new StructType(fields), more, rows);
  }

  @Override
  public ColumnarBatch withDeletedColumnAt(int ordinal) {
    List<StructField> fields = new ArrayList<>(schema.fields());
    fields.remove(ordinal);
    List<ColumnVector> fewer = new ArrayList<>(columns);
    fewer.remove(ordinal);
    return new ColumnBatch(new StructType(fields), fewer, rows);
  }

  @Override
  public ColumnarBatch withNewSchema(StructType newSchema) {
    return new ColumnBatch(newSchema, columns, rows);
  }
}
