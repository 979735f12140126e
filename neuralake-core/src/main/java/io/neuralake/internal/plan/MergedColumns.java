package io.neuralake.internal.plan;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/** The columns of several files in one schema. Types must agree; nested fields are merged too. */
final class MergedColumns {

  private MergedColumns() {}

  /**
   * Merges.
   *
   * @param location the file that the second schema is from, for messages
   * @throws InvalidRequestException if a column has two types, naming file and column
   */
  static StructType of(StructType first, StructType second, String location) {
    return struct(first, second, location, "");
  }

  private static StructType struct(
      StructType first, StructType second, String location, String parent) {
    List<StructField> fields = new ArrayList<>(first.fields());
    for (StructField field : second.fields()) {
      int at = 0;
      while (at < fields.size() && !fields.get(at).getName().equalsIgnoreCase(field.getName())) {
        at++;
      }
      if (at == fields.size()) {
        fields.add(field);
        continue;
      }
      StructField known = fields.get(at);
      String path = parent + field.getName();
      if (!known.getName().equals(field.getName())) {
        throw new InvalidRequestException(
            location
                + ": its column '"
                + path
                + "' is called '"
                + known.getName()
                + "' in other files. Columns that differ in case only cannot be in one table.");
      }
      fields.set(
          at,
          new StructField(
              field.getName(),
              type(known.getDataType(), field.getDataType(), location, path),
              true));
    }
    return new StructType(fields);
  }

  private static DataType type(DataType first, DataType second, String location, String path) {
    if (first instanceof StructType from && second instanceof StructType to) {
      return struct(from, to, location, path + ".");
    } else if (first instanceof ArrayType from && second instanceof ArrayType to) {
      return new ArrayType(
          type(from.getElementType(), to.getElementType(), location, path + ".element"), true);
    } else if (first instanceof MapType from && second instanceof MapType to) {
      return new MapType(
          type(from.getKeyType(), to.getKeyType(), location, path + ".key"),
          type(from.getValueType(), to.getValueType(), location, path + ".value"),
          true);
    } else if (first.equals(second)) {
      return first;
    }
    throw new InvalidRequestException(
        location
            + ": its column '"
            + path
            + "' has the type "
            + second
            + ", in other files "
            + first
            + ". Write one of them again, or leave it out.");
  }
}
