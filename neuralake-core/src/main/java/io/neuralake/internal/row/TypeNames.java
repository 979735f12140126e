package io.neuralake.internal.row;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import java.util.stream.Collectors;

/** Types as messages show them. */
final class TypeNames {

  private TypeNames() {}

  static String of(DataType type) {
    if (type instanceof DecimalType d) {
      return "decimal(" + d.getPrecision() + "," + d.getScale() + ")";
    } else if (type instanceof ArrayType a) {
      return "array<" + of(a.getElementType()) + ">";
    } else if (type instanceof MapType m) {
      return "map<" + of(m.getKeyType()) + "," + of(m.getValueType()) + ">";
    } else if (type instanceof StructType s) {
      return s.fields().stream()
          .map(f -> f.getName() + ":" + of(f.getDataType()))
          .collect(Collectors.joining(",", "struct<", ">"));
    } else if (type instanceof StringType) {
      return "string";
    }
    return type.toString();
  }
}
