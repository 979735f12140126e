package io.neuralake.internal.columnar;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.schema.Schemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/**
 * Rows as plain lists, from and to Arrow. Whole numbers, dates and timestamps are Long, binaries
 * hex strings, structs and arrays lists, maps lists of pairs.
 */
final class ArrowRows {
  private ArrowRows() {}

  static List<List<Object>> of(VectorSchemaRoot root) {
    List<List<Object>> rows = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      List<Object> values = new ArrayList<>();
      for (FieldVector vector : root.getFieldVectors()) {
        values.add(get(vector, row));
      }
      rows.add(values);
    }
    return rows;
  }

  static Object get(FieldVector vector, int i) {
    if (vector.isNull(i)) {
      return null;
    } else if (vector instanceof BitVector v) {
      return v.get(i) != 0;
    } else if (vector instanceof TinyIntVector v) {
      return (long) v.get(i);
    } else if (vector instanceof SmallIntVector v) {
      return (long) v.get(i);
    } else if (vector instanceof IntVector v) {
      return (long) v.get(i);
    } else if (vector instanceof BigIntVector v) {
      return v.get(i);
    } else if (vector instanceof DateDayVector v) {
      return (long) v.get(i);
    } else if (vector instanceof TimeStampVector v) {
      return v.get(i);
    } else if (vector instanceof Float4Vector v) {
      return v.get(i);
    } else if (vector instanceof Float8Vector v) {
      return v.get(i);
    } else if (vector instanceof DecimalVector v) {
      return v.getObject(i);
    } else if (vector instanceof VarCharVector v) {
      return new String(v.get(i), StandardCharsets.UTF_8);
    } else if (vector instanceof VarBinaryVector v) {
      return HexFormat.of().formatHex(v.get(i));
    } else if (vector instanceof StructVector v) {
      List<Object> values = new ArrayList<>();
      v.getChildrenFromFields().forEach(child -> values.add(get(child, i)));
      return values;
    }
    ListVector list = (ListVector) vector;
    List<Object> values = new ArrayList<>();
    for (int e = list.getElementStartIndex(i); e < list.getElementEndIndex(i); e++) {
      values.add(get(list.getDataVector(), e));
    }
    return values;
  }

  static VectorSchemaRoot root(
      StructType schema, List<List<Object>> rows, BufferAllocator allocator) {
    VectorSchemaRoot root = VectorSchemaRoot.create(Schemas.toArrow(schema), allocator);
    root.allocateNew();
    for (int column = 0; column < schema.length(); column++) {
      DataType type = schema.at(column).getDataType();
      for (int row = 0; row < rows.size(); row++) {
        set(root.getVector(column), type, row, rows.get(row).get(column));
      }
      root.getVector(column).setValueCount(rows.size());
    }
    root.setRowCount(rows.size());
    return root;
  }

  private static void set(FieldVector vector, DataType type, int i, Object value) {
    if (value == null) {
      if (vector instanceof ListVector list) {
        list.setNull(i);
      } else if (vector instanceof StructVector struct) {
        struct.setNull(i);
      } else {
        vector.setNull(i);
      }
    } else if (vector instanceof BitVector v) {
      v.setSafe(i, (Boolean) value ? 1 : 0);
    } else if (vector instanceof TinyIntVector v) {
      v.setSafe(i, ((Long) value).intValue());
    } else if (vector instanceof SmallIntVector v) {
      v.setSafe(i, ((Long) value).intValue());
    } else if (vector instanceof IntVector v) {
      v.setSafe(i, ((Long) value).intValue());
    } else if (vector instanceof BigIntVector v) {
      v.setSafe(i, (Long) value);
    } else if (vector instanceof DateDayVector v) {
      v.setSafe(i, ((Long) value).intValue());
    } else if (vector instanceof TimeStampVector v) {
      v.setSafe(i, (Long) value);
    } else if (vector instanceof Float4Vector v) {
      v.setSafe(i, (Float) value);
    } else if (vector instanceof Float8Vector v) {
      v.setSafe(i, (Double) value);
    } else if (vector instanceof DecimalVector v) {
      v.setSafe(i, ((BigDecimal) value).setScale(((DecimalType) type).getScale()));
    } else if (vector instanceof VarCharVector v) {
      v.setSafe(i, ((String) value).getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector v) {
      v.setSafe(i, HexFormat.of().parseHex((String) value));
    } else {
      setNested(vector, type, i, (List<?>) value);
    }
  }

  private static void setNested(FieldVector vector, DataType type, int i, List<?> values) {
    if (vector instanceof StructVector struct) {
      struct.setIndexDefined(i);
      for (int c = 0; c < values.size(); c++) {
        DataType child = type instanceof StructType s ? s.at(c).getDataType() : BinaryType.BINARY;
        set((FieldVector) struct.getChildByOrdinal(c), child, i, values.get(c));
      }
      return;
    }
    ListVector list = (ListVector) vector;
    int at = list.startNewValue(i);
    DataType element =
        type instanceof ArrayType array ? array.getElementType() : entries((MapType) type);
    for (Object value : values) {
      set(list.getDataVector(), element, at++, value);
    }
    list.endValue(i, values.size());
  }

  private static StructType entries(MapType map) {
    return new StructType()
        .add(new StructField("key", map.getKeyType(), false))
        .add(new StructField("value", map.getValueType(), map.isValueContainsNull()));
  }
}
