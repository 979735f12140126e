package io.neuralake.internal.log;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;

/** Copies values of one of Kernel's columns into an Arrow vector: the types of actions. */
@FunctionalInterface
interface CellCopy {

  /** Copies a value; rows of the target are set in ascending order. */
  void copy(int from, int to);

  /**
   * A copy.
   *
   * @param type of the target; fields that the source lacks are false if they are booleans, as
   *     {@code dataChange} is in checkpoints, else null
   */
  static CellCopy of(ColumnVector source, DataType type, FieldVector target) {
    CellCopy value = present(source, type, target);
    return (from, to) -> {
      if (source.isNullAt(from)) {
        target.setNull(to);
      } else {
        value.copy(from, to);
      }
    };
  }

  private static CellCopy present(ColumnVector source, DataType type, FieldVector target) {
    if (type instanceof StructType struct) {
      return struct(source, struct, (StructVector) target);
    } else if (type instanceof MapType) {
      return (from, to) -> map(source.getMap(from), (MapVector) target, to);
    } else if (type instanceof ArrayType) {
      return (from, to) -> array(source.getArray(from), (ListVector) target, to);
    } else if (type instanceof StringType) {
      VarCharVector texts = (VarCharVector) target;
      return source instanceof ArrowColumn column
          ? (from, to) -> column.copyText(from, texts, to)
          : (from, to) -> texts.setSafe(to, utf8(source, from));
    } else if (type instanceof BooleanType) {
      return (from, to) -> ((BitVector) target).setSafe(to, source.getBoolean(from) ? 1 : 0);
    } else if (type instanceof IntegerType) {
      return (from, to) -> ((IntVector) target).setSafe(to, source.getInt(from));
    }
    return (from, to) -> ((BigIntVector) target).setSafe(to, source.getLong(from));
  }

  private static CellCopy struct(ColumnVector source, StructType type, StructVector target) {
    StructType there = (StructType) source.getDataType();
    List<CellCopy> fields = new ArrayList<>();
    for (int i = 0; i < type.length(); i++) {
      FieldVector child = (FieldVector) target.getChildByOrdinal(i);
      int found = there.indexOf(type.at(i).getName());
      if (found >= 0) {
        fields.add(of(source.getChild(found), type.at(i).getDataType(), child));
      } else if (child instanceof BitVector bits) {
        fields.add((from, to) -> bits.setSafe(to, 0));
      }
    }
    return (from, to) -> {
      target.setIndexDefined(to);
      for (CellCopy field : fields) {
        field.copy(from, to);
      }
    };
  }

  private static void map(MapValue value, MapVector target, int to) {
    StructVector entries = (StructVector) target.getDataVector();
    VarCharVector keys = (VarCharVector) entries.getChildByOrdinal(0);
    VarCharVector values = (VarCharVector) entries.getChildByOrdinal(1);
    int at = target.startNewValue(to);
    for (int i = 0; i < value.getSize(); i++) {
      entries.setIndexDefined(at + i);
      keys.setSafe(at + i, utf8(value.getKeys(), i));
      text(value.getValues(), i, values, at + i);
    }
    target.endValue(to, value.getSize());
  }

  private static void array(ArrayValue value, ListVector target, int to) {
    VarCharVector elements = (VarCharVector) target.getDataVector();
    int at = target.startNewValue(to);
    for (int i = 0; i < value.getSize(); i++) {
      text(value.getElements(), i, elements, at + i);
    }
    target.endValue(to, value.getSize());
  }

  private static void text(ColumnVector source, int from, VarCharVector target, int to) {
    if (source.isNullAt(from)) {
      target.setNull(to);
    } else {
      target.setSafe(to, utf8(source, from));
    }
  }

  private static byte[] utf8(ColumnVector source, int row) {
    return source.getString(row).getBytes(StandardCharsets.UTF_8);
  }
}
