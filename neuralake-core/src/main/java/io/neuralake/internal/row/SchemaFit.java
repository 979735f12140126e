package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether rows of one schema can be written to a table of another.
 *
 * <p>Every column of the rows must be in the table, and every column of the table that is not
 * nullable in the rows. Numbers may differ in type as long as each value fits, which is checked per
 * value; nullability too is checked per value.
 */
final class SchemaFit {
  /** How a variant looks as a struct. */
  static final StructType VARIANT =
      (StructType)
          Schemas.fromArrow(Schemas.toArrow(new StructType().add("variant", VariantType.VARIANT)))
              .at(0)
              .getDataType();

  private final String rows;
  private final List<String> unknown = new ArrayList<>();

  private SchemaFit(String rows) {
    this.rows = rows;
  }

  /**
   * Checks that rows fit.
   *
   * @param rows what the rows are, for messages
   */
  static void check(StructType source, StructType target, String rows) {
    SchemaFit fit = new SchemaFit(rows);
    fit.struct(source, target, "");
    if (!fit.unknown.isEmpty()) {
      String names = fit.unknown.stream().map(n -> "'" + n + "'").collect(Collectors.joining(", "));
      throw new InvalidRequestException(unknownColumns(names, rows));
    }
  }

  static String unknownColumns(String quotedNames, String rows) {
    return "the table has no column "
        + quotedNames
        + ", which "
        + rows
        + " brings; call evolveSchema() to add new columns, or leave them out of the rows";
  }

  private void struct(StructType source, StructType target, String path) {
    List<String> targetNames = target.fieldNames();
    boolean[] filled = new boolean[target.length()];
    for (StructField field : source.fields()) {
      String fieldPath = child(path, field.getName());
      int index = ColumnNames.find(targetNames, field.getName());
      if (index < 0) {
        unknown.add(fieldPath);
        continue;
      }
      if (filled[index]) {
        throw problem(fieldPath, rows + " has it twice, column names ignore case", "rename one");
      }
      filled[index] = true;
      type(field.getDataType(), target.at(index).getDataType(), fieldPath);
    }
    for (int i = 0; i < filled.length; i++) {
      if (!filled[i] && !target.at(i).isNullable()) {
        throw problem(
            child(path, target.at(i).getName()),
            "NOT NULL in the table, but " + rows + " does not have it",
            "add it to the rows");
      }
    }
  }

  private void type(DataType source, DataType target, String path) {
    DataType to = target instanceof VariantType ? VARIANT : target;
    if (source instanceof StructType s && to instanceof StructType t) {
      struct(s, t, path);
    } else if (source instanceof ArrayType s && to instanceof ArrayType t) {
      type(s.getElementType(), t.getElementType(), child(path, "element"));
    } else if (source instanceof MapType s && to instanceof MapType t) {
      type(s.getKeyType(), t.getKeyType(), child(path, "key"));
      type(s.getValueType(), t.getValueType(), child(path, "value"));
    } else if (!leafFits(source, to)) {
      throw problem(
          path,
          "the table has " + TypeNames.of(target) + ", " + rows + " has " + TypeNames.of(source),
          "convert the values to the column's type");
    }
  }

  private static boolean leafFits(DataType source, DataType target) {
    if (isInteger(source)) {
      return isInteger(target) || isFloating(target) || target instanceof DecimalType;
    } else if (isFloating(source)) {
      return isFloating(target);
    } else if (source instanceof DecimalType) {
      return target instanceof DecimalType;
    } else if (source instanceof StringType) {
      return target instanceof StringType;
    }
    return source.getClass() == target.getClass()
        && !source.isNested()
        && !(source instanceof StructType);
  }

  private static boolean isInteger(DataType type) {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  private static boolean isFloating(DataType type) {
    return type instanceof FloatType || type instanceof DoubleType;
  }

  private static InvalidRequestException problem(String path, String problem, String remedy) {
    return new InvalidRequestException("column '" + path + "': " + problem + "; " + remedy);
  }
}
