package io.neuralake.internal.plan;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.internal.meta.SchemaJson;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Schemas without what is not a matter of shape: comments, column mapping ids, type history. */
final class SchemaShape {

  private SchemaShape() {}

  /** Names, types and nullability only. */
  static StructType of(StructType schema) {
    List<StructField> fields = new ArrayList<>(schema.length());
    for (StructField field : schema.fields()) {
      fields.add(new StructField(field.getName(), of(field.getDataType()), field.isNullable()));
    }
    return new StructType(fields);
  }

  private static DataType of(DataType type) {
    if (type instanceof StructType struct) {
      return of(struct);
    }
    if (type instanceof ArrayType array) {
      return new ArrayType(of(array.getElementType()), array.containsNull());
    }
    if (type instanceof MapType map) {
      return new MapType(of(map.getKeyType()), of(map.getValueType()), map.isValueContainsNull());
    }
    return type;
  }

  /** Whether names, types and nullability are the same; Kernel's own equality is too slow. */
  static boolean same(StructType one, StructType other) {
    return SchemaJson.write(of(one)).equals(SchemaJson.write(of(other)));
  }

  /** What differs between two schemas, in words; at the top level. */
  static String difference(StructType there, StructType asked) {
    List<String> differences = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>(asked.fieldNames());
    names.addAll(there.fieldNames());
    for (String name : names) {
      int left = there.indexOf(name);
      int right = asked.indexOf(name);
      if (left < 0) {
        differences.add("it has no column '" + name + "'");
      } else if (right < 0) {
        differences.add("it has a column '" + name + "' besides");
      } else {
        StructType one = of(new StructType(List.of(there.at(left))));
        StructType other = of(new StructType(List.of(asked.at(right))));
        if (!same(one, other)) {
          differences.add(
              "its column '"
                  + name
                  + "' is "
                  + word(one.at(0))
                  + " instead of "
                  + word(other.at(0)));
        }
      }
      if (differences.size() == 5) {
        differences.add("and maybe more");
        break;
      }
    }
    return differences.isEmpty()
        ? "its columns stand in another order"
        : String.join("; ", differences);
  }

  private static String word(StructField field) {
    return field.getDataType() + (field.isNullable() ? "" : " NOT NULL");
  }
}
