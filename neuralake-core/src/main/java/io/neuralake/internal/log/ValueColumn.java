package io.neuralake.internal.log;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column of Java values: a struct is an {@code Object[]} of its fields, an array a {@link List},
 * a map a {@link Map}, a binary a {@code byte[]}, the others as {@link JsonScalar} holds them.
 */
final class ValueColumn implements ColumnVector {

  private final DataType type;
  private final @Nullable Object[] values;

  ValueColumn(DataType type, @Nullable Object[] values) {
    this.type = type;
    this.values = values;
  }

  /** The columns of rows that {@link JsonShape} read; a null row is null in all columns. */
  static ColumnBatch batch(StructType schema, List<@Nullable Object @Nullable []> rows) {
    List<ColumnVector> columns = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      @Nullable Object[] values = new @Nullable Object[rows.size()];
      for (int row = 0; row < values.length; row++) {
        @Nullable Object[] fields = rows.get(row);
        values[row] = fields == null ? null : fields[i];
      }
      columns.add(new ValueColumn(schema.at(i).getDataType(), values));
    }
    return new ColumnBatch(schema, columns, rows.size());
  }

  /** A map for Kernel. */
  static MapValue map(MapType type, Map<?, ?> map) {
    return new MapValue() {
      @Override
      public int getSize() {
        return map.size();
      }

      @Override
      public ColumnVector getKeys() {
        return new ValueColumn(type.getKeyType(), map.keySet().toArray());
      }

      @Override
      public ColumnVector getValues() {
        return new ValueColumn(type.getValueType(), map.values().toArray());
      }
    };
  }

  /** An array for Kernel. */
  static ArrayValue array(ArrayType type, List<?> list) {
    return new ArrayValue() {
      @Override
      public int getSize() {
        return list.size();
      }

      @Override
      public ColumnVector getElements() {
        return new ValueColumn(type.getElementType(), list.toArray());
      }
    };
  }

  @Override
  public DataType getDataType() {
    return type;
  }

  @Override
  public int getSize() {
    return values.length;
  }

  @Override
  public void close() {}

  @Override
  public boolean isNullAt(int row) {
    return values[row] == null;
  }

  private Object at(int row) {
    return Objects.requireNonNull(values[row], "the value is null");
  }

  @Override
  public boolean getBoolean(int row) {
    return (Boolean) at(row);
  }

  @Override
  public byte getByte(int row) {
    return (Byte) at(row);
  }

  @Override
  public short getShort(int row) {
    return (Short) at(row);
  }

  @Override
  public int getInt(int row) {
    return (Integer) at(row);
  }

  @Override
  public long getLong(int row) {
    return (Long) at(row);
  }

  @Override
  public float getFloat(int row) {
    return (Float) at(row);
  }

  @Override
  public double getDouble(int row) {
    return (Double) at(row);
  }

  @Override
  public byte[] getBinary(int row) {
    return (byte[]) at(row);
  }

  @Override
  public String getString(int row) {
    return (String) at(row);
  }

  @Override
  public BigDecimal getDecimal(int row) {
    return (BigDecimal) at(row);
  }

  @Override
  public MapValue getMap(int row) {
    return map((MapType) type, (Map<?, ?>) at(row));
  }

  @Override
  public ArrayValue getArray(int row) {
    return array((ArrayType) type, (List<?>) at(row));
  }

  @Override
  public ColumnVector getChild(int ordinal) {
    @Nullable Object[] children = new @Nullable Object[values.length];
    for (int row = 0; row < children.length; row++) {
      children[row] = values[row] instanceof Object[] fields ? fields[ordinal] : null;
    }
    return new ValueColumn(((StructType) type).at(ordinal).getDataType(), children);
  }
}
