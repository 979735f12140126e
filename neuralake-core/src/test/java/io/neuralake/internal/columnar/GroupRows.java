package io.neuralake.internal.columnar;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.VariantType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Reads files with parquet-java's example reader, into the form of {@link ArrowRows}. */
final class GroupRows {
  private GroupRows() {}

  static List<List<Object>> of(byte[] file, StructType schema) throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    try (ParquetReader<Group> reader = new Builder(input(file)).build()) {
      for (Group group = reader.read(); group != null; group = reader.read()) {
        rows.add(struct(group, schema));
      }
    }
    return rows;
  }

  private static final class Builder extends ParquetReader.Builder<Group> {
    Builder(InputFile file) {
      super(file, (ParquetConfiguration) new PlainParquetConfiguration());
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  static InputFile input(byte[] file) {
    return new InputFile() {
      @Override
      public long getLength() {
        return file.length;
      }

      @Override
      public SeekableInputStream newStream() {
        class Positioned extends ByteArrayInputStream {
          Positioned() {
            super(file);
          }

          int position() {
            return pos;
          }

          void position(int newPosition) {
            pos = newPosition;
          }
        }

        Positioned bytes = new Positioned();
        return new DelegatingSeekableInputStream(bytes) {
          @Override
          public long getPos() {
            return bytes.position();
          }

          @Override
          public void seek(long newPosition) {
            bytes.position((int) newPosition);
          }
        };
      }
    };
  }

  private static List<Object> struct(Group group, StructType schema) {
    List<Object> values = new ArrayList<>();
    for (StructField field : schema.fields()) {
      values.add(field(group, field.getName(), field.getDataType()));
    }
    return values;
  }

  private static Object field(Group group, String name, DataType type) {
    if (!group.getType().containsField(name)) {
      return null;
    }
    int index = group.getType().getFieldIndex(name);
    return group.getFieldRepetitionCount(index) == 0 ? null : value(group, index, 0, type);
  }

  private static Object value(Group group, int field, int index, DataType type) {
    if (type instanceof StructType struct) {
      return struct(group.getGroup(field, index), struct);
    } else if (type instanceof VariantType) {
      Group variant = group.getGroup(field, index);
      List<Object> parts = new ArrayList<>();
      parts.add(field(variant, "value", BinaryType.BINARY));
      parts.add(field(variant, "metadata", BinaryType.BINARY));
      return parts;
    } else if (type instanceof ArrayType array) {
      return array(group.getGroup(field, index), array.getElementType());
    } else if (type instanceof MapType map) {
      Group entries = group.getGroup(field, index);
      List<Object> pairs = new ArrayList<>();
      for (int i = 0; i < entries.getFieldRepetitionCount(0); i++) {
        Group entry = entries.getGroup(0, i);
        List<Object> pair = new ArrayList<>();
        pair.add(field(entry, "key", map.getKeyType()));
        pair.add(field(entry, "value", map.getValueType()));
        pairs.add(pair);
      }
      return pairs;
    }
    return primitive(group, field, index, type);
  }

  private static List<Object> array(Group list, DataType type) {
    List<Object> elements = new ArrayList<>();
    boolean twoLevels = list.getType().getType(0).isPrimitive();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      if (twoLevels) {
        elements.add(value(list, 0, i, type));
      } else {
        Group wrapper = list.getGroup(0, i);
        boolean isNull = wrapper.getFieldRepetitionCount(0) == 0;
        boolean isStruct = list.getType().getType(0).getName().equals("array");
        if (isStruct && type instanceof StructType struct) {
          elements.add(struct(wrapper, struct));
        } else {
          elements.add(isNull ? null : value(wrapper, 0, 0, type));
        }
      }
    }
    return elements;
  }

  private static Object primitive(Group group, int field, int index, DataType type) {
    PrimitiveType file = group.getType().getType(field).asPrimitiveType();
    PrimitiveTypeName name = file.getPrimitiveTypeName();
    if (type instanceof DecimalType decimal) {
      BigInteger unscaled =
          switch (name) {
            case INT32 -> BigInteger.valueOf(group.getInteger(field, index));
            case INT64 -> BigInteger.valueOf(group.getLong(field, index));
            default -> new BigInteger(group.getBinary(field, index).getBytes());
          };
      return new BigDecimal(unscaled, decimal.getScale());
    } else if (type instanceof StringType) {
      return group.getBinary(field, index).toStringUsingUTF8();
    } else if (type instanceof BinaryType) {
      return HexFormat.of().formatHex(group.getBinary(field, index).getBytes());
    }
    return switch (name) {
      case BOOLEAN -> group.getBoolean(field, index);
      case INT32 -> (long) group.getInteger(field, index);
      case FLOAT -> group.getFloat(field, index);
      case DOUBLE -> group.getDouble(field, index);
      case INT96 -> int96(group.getInt96(field, index));
      case INT64 -> {
        long value = group.getLong(field, index);
        yield type instanceof DateType
                || !(file.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation t)
            ? value
            : switch (t.getUnit()) {
              case MILLIS -> value * 1000;
              case MICROS -> value;
              case NANOS -> Math.floorDiv(value, 1000L);
            };
      }
      default -> throw new IllegalArgumentException(file + " as " + type);
    };
  }

  private static long int96(Binary binary) {
    NanoTime time =
        NanoTime.fromBinary(Binary.fromConstantByteBuffer(ByteBuffer.wrap(binary.getBytes())));
    return (time.getJulianDay() - 2_440_588L) * 86_400_000_000L + time.getTimeOfDayNanos() / 1000;
  }
}
