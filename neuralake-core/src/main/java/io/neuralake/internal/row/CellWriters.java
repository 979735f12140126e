package io.neuralake.internal.row;

import static io.neuralake.internal.row.ColumnNames.child;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
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
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the writer for a column from its type and the form of its values. */
final class CellWriters {

  private CellWriters() {}

  static CellWriter of(DataType type, SourceShape shape, String path, boolean nullable) {
    if (type instanceof StructType struct) {
      return shape.struct(struct, path, nullable);
    } else if (type instanceof VariantType) {
      return shape.struct(SchemaFit.VARIANT, path, nullable);
    } else if (type instanceof ArrayType array) {
      CellWriter element =
          of(array.getElementType(), shape.element(), child(path, "element"), array.containsNull());
      return new ListCell(path, TypeNames.of(type), nullable, element);
    } else if (type instanceof MapType map) {
      CellWriter key = of(map.getKeyType(), shape.key(), child(path, "key"), false);
      CellWriter value =
          of(map.getValueType(), shape.value(), child(path, "value"), map.isValueContainsNull());
      return new MapCell(path, TypeNames.of(type), nullable, key, value);
    }
    return leaf(type, shape.hints(), path, nullable);
  }

  private static CellWriter leaf(DataType type, SourceHints hints, String path, boolean nullable) {
    if (type instanceof BooleanType) {
      return new NumberCells.BooleanCell(path, nullable);
    } else if (type instanceof ByteType) {
      return new NumberCells.IntegerCell(path, "byte", nullable, Byte.BYTES);
    } else if (type instanceof ShortType) {
      return new NumberCells.IntegerCell(path, "short", nullable, Short.BYTES);
    } else if (type instanceof IntegerType) {
      return new NumberCells.IntegerCell(path, "integer", nullable, Integer.BYTES);
    } else if (type instanceof LongType) {
      return new NumberCells.IntegerCell(path, "long", nullable, Long.BYTES);
    } else if (type instanceof FloatType) {
      return new NumberCells.FloatingCell(path, nullable, true);
    } else if (type instanceof DoubleType) {
      return new NumberCells.FloatingCell(path, nullable, false);
    } else if (type instanceof DecimalType d) {
      return new NumberCells.DecimalCell(
          path, TypeNames.of(d), nullable, d.getPrecision(), d.getScale(), hints);
    } else if (type instanceof StringType) {
      return new TextCells.StringCell(path, nullable, hints);
    } else if (type instanceof BinaryType) {
      return new TextCells.BinaryCell(path, nullable);
    } else if (type instanceof DateType) {
      return new TimeCells.DateCell(path, nullable, hints);
    } else if (type instanceof TimestampType) {
      return new TimeCells.TimestampCell(path, nullable, true, hints);
    } else if (type instanceof TimestampNTZType) {
      return new TimeCells.TimestampCell(path, nullable, false, hints);
    }
    throw new InvalidRequestException(
        "column '"
            + path
            + "': rows cannot be written to a column of type "
            + TypeNames.of(type)
            + "; write the table with an engine that knows the type");
  }

  /** A field of a source: its name, the form of its values and how to get at them. */
  record SourceField(String name, SourceShape shape, Getter getter) {}

  /** Writers for the fields of a struct, in its order; fields that the source lacks become null. */
  static List<FieldWriter> fields(StructType target, List<SourceField> source, String path) {
    List<String> names = target.fieldNames();
    @Nullable SourceField[] matched = new SourceField[target.length()];
    for (SourceField field : source) {
      int index = ColumnNames.find(names, field.name());
      if (index >= 0) {
        matched[index] = field;
      }
    }
    List<FieldWriter> writers = new ArrayList<>();
    for (int i = 0; i < matched.length; i++) {
      StructField column = target.at(i);
      String columnPath = child(path, column.getName());
      SourceField field = matched[i];
      SourceShape shape = field == null ? MapShape.INSTANCE : field.shape();
      CellWriter cell = of(column.getDataType(), shape, columnPath, column.isNullable());
      writers.add(field == null ? FieldWriter.missing(cell) : FieldWriter.of(field.getter(), cell));
    }
    return writers;
  }
}
