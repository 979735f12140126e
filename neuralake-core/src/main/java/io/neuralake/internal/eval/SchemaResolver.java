package io.neuralake.internal.eval;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds columns in one schema, without regard to case, as Spark does. Immutable and thread-safe.
 */
public final class SchemaResolver implements ColumnResolver {
  private static final int LISTED = 50;

  private final StructType schema;

  public SchemaResolver(StructType schema) {
    this.schema = schema;
  }

  @Override
  public BoundExpr.Column resolve(List<String> path) {
    List<String> found = new ArrayList<>();
    DataType type = schema;
    for (String name : path) {
      if (!(type instanceof StructType struct)) {
        throw new InvalidRequestException(
            "Column "
                + String.join(".", path)
                + " does not exist: "
                + String.join(".", found)
                + " is of type "
                + type
                + ", which has no field "
                + name
                + ".");
      }
      StructField field = field(struct, name, path);
      found.add(field.getName());
      type = field.getDataType();
    }
    if (type instanceof StringType text && !text.isUTF8BinaryCollated()) {
      throw new InvalidRequestException(
          "Column "
              + String.join(".", found)
              + " has the collation "
              + text.getCollationIdentifier().getName()
              + "; expressions on collated strings are not supported. Use another column.");
    }
    return new BoundExpr.Column(found, type);
  }

  private static StructField field(StructType struct, String name, List<String> path) {
    List<StructField> matches =
        struct.fields().stream().filter(f -> f.getName().equalsIgnoreCase(name)).toList();
    if (matches.size() == 1) {
      return matches.get(0);
    }
    String names =
        struct.fieldNames().stream().limit(LISTED).collect(Collectors.joining(", "))
            + (struct.length() > LISTED ? ", ..." : "");
    throw new InvalidRequestException(
        "Column "
            + String.join(".", path)
            + (matches.isEmpty() ? " does not exist" : " is ambiguous")
            + ": "
            + name
            + (matches.isEmpty() ? " is not among " : " matches more than one of ")
            + names
            + ". Correct the name.");
  }
}
