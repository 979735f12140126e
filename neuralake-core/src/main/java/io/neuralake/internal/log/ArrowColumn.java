package io.neuralake.internal.log;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StructType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/**
 * An Arrow vector as Kernel wants to see it; values are decoded when they are asked for. It lives
 * as long as the vector; maps and arrays are copies that outlive it, because Kernel keeps some.
 */
final class ArrowColumn implements ColumnVector {

  private final DataType type;
  private final FieldVector vector;

  ArrowColumn(DataType type, FieldVector vector) {
    this.type = type;
    this.vector = vector;
  }

  /** A view of a batch that was read with a schema. */
  static ColumnBatch batch(StructType schema, VectorSchemaRoot root) {
    List<ColumnVector> columns = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      columns.add(new ArrowColumn(schema.at(i).getDataType(), root.getVector(i)));
    }
    return new ColumnBatch(schema, columns, root.getRowCount());
  }

  @Override
  public DataType getDataType() {
    return type;
  }

  @Override
  public int getSize() {
    return vector.getValueCount();
  }

  /** The batch's reader releases the vector. */
  @Override
  public void close() {}

  @Override
  public boolean isNullAt(int row) {
    return vector.isNull(row);
  }

  @Override
  public boolean getBoolean(int row) {
    return ((BitVector) vector).get(row) != 0;
  }

  @Override
  public byte getByte(int row) {
    return (byte) getLong(row);
  }

  @Override
  public short getShort(int row) {
    return (short) getLong(row);
  }

  @Override
  public int getInt(int row) {
    return type instanceof DateType ? ((DateDayVector) vector).get(row) : (int) getLong(row);
  }

  @Override
  public long getLong(int row) {
    return vector instanceof TimeStampVector time
        ? time.get(row)
        : ((BaseIntVector) vector).getValueAsLong(row);
  }

  @Override
  public float getFloat(int row) {
    return ((Float4Vector) vector).get(row);
  }

  @Override
  public double getDouble(int row) {
    return ((Float8Vector) vector).get(row);
  }

  @Override
  public byte[] getBinary(int row) {
    return ((VarBinaryVector) vector).get(row);
  }

  @Override
  public String getString(int row) {
    return new String(((VarCharVector) vector).get(row), StandardCharsets.UTF_8);
  }

  /** Copies a text without making a string of it. */
  void copyText(int row, VarCharVector target, int to) {
    VarCharVector texts = (VarCharVector) vector;
    target.setSafe(to, texts.getStartOffset(row), texts.getValueLength(row), texts.getDataBuffer());
  }

  @Override
  public BigDecimal getDecimal(int row) {
    return ((DecimalVector) vector).getObject(row);
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    DataType child = ((StructType) type).at(ordinal).getDataType();
    return new ArrowColumn(child, (FieldVector) ((StructVector) vector).getChildByOrdinal(ordinal));
  }

  @Override
  public MapValue getMap(int row) {
    return ValueColumn.map((MapType) type, mapAt(row));
  }

  @Override
  public ArrayValue getArray(int row) {
    return ValueColumn.array((ArrayType) type, listAt(row));
  }

  private Map<Object, @Nullable Object> mapAt(int row) {
    MapVector map = (MapVector) vector;
    StructVector entries = (StructVector) map.getDataVector();
    MapType mapType = (MapType) type;
    ArrowColumn keys =
        new ArrowColumn(mapType.getKeyType(), (FieldVector) entries.getChildByOrdinal(0));
    ArrowColumn values =
        new ArrowColumn(mapType.getValueType(), (FieldVector) entries.getChildByOrdinal(1));
    Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
    for (int i = map.getElementStartIndex(row); i < map.getElementEndIndex(row); i++) {
      Object key = keys.value(i);
      if (key != null) {
        copy.put(key, values.value(i));
      }
    }
    return copy;
  }

  private List<@Nullable Object> listAt(int row) {
    ListVector list = (ListVector) vector;
    ArrowColumn elements =
        new ArrowColumn(((ArrayType) type).getElementType(), list.getDataVector());
    List<@Nullable Object> copy = new ArrayList<>();
    for (int i = list.getElementStartIndex(row); i < list.getElementEndIndex(row); i++) {
      copy.add(elements.value(i));
    }
    return copy;
  }

  /** A copy of a value, as {@link ValueColumn} holds it. */
  private @Nullable Object value(int row) {
    if (vector.isNull(row)) {
      return null;
    } else if (type instanceof StructType struct) {
      @Nullable Object[] fields = new @Nullable Object[struct.length()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = ((ArrowColumn) getChild(i)).value(row);
      }
      return fields;
    } else if (type instanceof MapType) {
      return mapAt(row);
    } else if (type instanceof ArrayType) {
      return listAt(row);
    } else if (vector instanceof VarCharVector) {
      return getString(row);
    } else if (vector instanceof BitVector) {
      return getBoolean(row);
    } else if (type instanceof DateType || type instanceof IntegerType) {
      return getInt(row);
    } else if (type instanceof ShortType) {
      return getShort(row);
    } else if (type instanceof ByteType) {
      return getByte(row);
    } else if (vector instanceof BaseIntVector || vector instanceof TimeStampVector) {
      return getLong(row);
    }
    return vector.getObject(row);
  }
}
