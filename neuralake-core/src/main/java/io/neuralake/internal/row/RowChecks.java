package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** Finds nulls where a schema forbids them, at any depth. */
public final class RowChecks {

  private RowChecks() {}

  /**
   * Checks a batch of canonical layout whose columns are those of the schema, in its order.
   *
   * @param firstRow number of the batch's first row, for messages
   * @throws InvalidRequestException at the first forbidden null; it names row and column
   */
  public static void notNull(VectorSchemaRoot batch, StructType schema, long firstRow) {
    for (int i = 0; i < schema.length(); i++) {
      StructField field = schema.at(i);
      Check check = check(field.getDataType(), field.isNullable(), field.getName());
      if (check == null) {
        continue;
      }
      FieldVector vector = batch.getVector(i);
      if (check.leaf() && vector.getNullCount() == 0) {
        continue;
      }
      for (int row = 0; row < batch.getRowCount(); row++) {
        try {
          check.run(vector, row);
        } catch (BadCell e) {
          throw new InvalidRequestException(e.inRow(firstRow + row));
        }
      }
    }
  }

  /** What to look for in one column; fields that need no look are empty. */
  private record Check(
      String path,
      String expected,
      boolean nullable,
      @Nullable Check element,
      @Nullable List<Optional<Check>> fields) {

    boolean leaf() {
      return element == null && fields == null;
    }

    void run(FieldVector vector, int index) {
      if (vector.isNull(index)) {
        if (!nullable) {
          throw BadCell.missing(path, expected);
        }
        return;
      }
      if (element != null) {
        ListVector list = (ListVector) vector;
        FieldVector data = list.getDataVector();
        int end = list.getElementEndIndex(index);
        for (int i = list.getElementStartIndex(index); i < end; i++) {
          element.run(data, i);
        }
      } else if (fields != null) {
        StructVector struct = (StructVector) vector;
        for (int i = 0; i < fields.size(); i++) {
          Optional<Check> field = fields.get(i);
          if (field.isPresent()) {
            field.get().run((FieldVector) struct.getChildByOrdinal(i), index);
          }
        }
      }
    }
  }

  private static @Nullable Check check(DataType type, boolean nullable, String path) {
    String expected = TypeNames.of(type);
    DataType shape = type instanceof VariantType ? SchemaFit.VARIANT : type;
    if (shape instanceof StructType struct) {
      List<Optional<Check>> fields = fields(struct, path);
      return nullable && fields == null ? null : new Check(path, expected, nullable, null, fields);
    }
    Check element = null;
    if (shape instanceof ArrayType array) {
      element = check(array.getElementType(), array.containsNull(), child(path, "element"));
    } else if (shape instanceof MapType map) {
      StructType entry =
          new StructType()
              .add("key", map.getKeyType(), false)
              .add("value", map.getValueType(), map.isValueContainsNull());
      element = new Check(path, expected, false, null, fields(entry, path));
    }
    return nullable && element == null ? null : new Check(path, expected, nullable, element, null);
  }

  /** Checks by position; null if no field needs one. */
  private static @Nullable List<Optional<Check>> fields(StructType struct, String path) {
    List<Optional<Check>> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(
          Optional.ofNullable(
              check(field.getDataType(), field.isNullable(), child(path, field.getName()))));
    }
    return fields.stream().anyMatch(Optional::isPresent) ? List.copyOf(fields) : null;
  }
}
