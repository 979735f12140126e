package io.neuralake.internal.columnar;

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
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Random schemas and rows of every Delta type, from a seed, in the form of {@link ArrowRows}. */
final class RandomRows {
  static final List<DataType> PRIMITIVES =
      List.of(
          BooleanType.BOOLEAN,
          ByteType.BYTE,
          ShortType.SHORT,
          IntegerType.INTEGER,
          LongType.LONG,
          FloatType.FLOAT,
          DoubleType.DOUBLE,
          new DecimalType(7, 2),
          new DecimalType(18, 0),
          new DecimalType(19, 4),
          new DecimalType(38, 18),
          StringType.STRING,
          BinaryType.BINARY,
          DateType.DATE,
          TimestampType.TIMESTAMP,
          TimestampNTZType.TIMESTAMP_NTZ);

  private final Random random;

  RandomRows(long seed) {
    this.random = new Random(seed);
  }

  /** All primitive types, one nullable column each. */
  static StructType allPrimitives() {
    StructType schema = new StructType();
    for (int i = 0; i < PRIMITIVES.size(); i++) {
      schema = schema.add("c" + i, PRIMITIVES.get(i), true);
    }
    return schema;
  }

  StructType schema(int depth) {
    StructType schema = new StructType();
    int fields = 1 + random.nextInt(4);
    for (int i = 0; i < fields; i++) {
      schema = schema.add(new StructField("f" + i, type(depth), random.nextInt(4) > 0));
    }
    return schema;
  }

  private DataType type(int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(7);
    return switch (kind) {
      case 1 -> schema(depth - 1);
      case 2, 3 -> new ArrayType(type(depth - 1), random.nextBoolean());
      case 4 -> new MapType(type(0), type(depth - 1), random.nextBoolean());
      case 5 -> VariantType.VARIANT;
      default -> PRIMITIVES.get(random.nextInt(PRIMITIVES.size()));
    };
  }

  List<List<Object>> rows(StructType schema, int count) {
    List<List<Object>> rows = new ArrayList<>();
    int nullsOutOf = 1 + random.nextInt(10);
    int distinct = random.nextBoolean() ? 5 : Integer.MAX_VALUE;
    List<List<Object>> pool = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i < distinct) {
        pool.add(struct(schema, nullsOutOf));
      }
      rows.add(pool.get(i < distinct ? i : random.nextInt(pool.size())));
    }
    return rows;
  }

  private List<Object> struct(StructType schema, int nullsOutOf) {
    List<Object> values = new ArrayList<>();
    for (StructField field : schema.fields()) {
      values.add(value(field.getDataType(), field.isNullable(), nullsOutOf));
    }
    return values;
  }

  private Object value(DataType type, boolean nullable, int nullsOutOf) {
    if (nullable && random.nextInt(nullsOutOf) == 0) {
      return null;
    } else if (type instanceof StructType struct) {
      return struct(struct, nullsOutOf);
    } else if (type instanceof VariantType) {
      return List.of(hex(), hex());
    } else if (type instanceof ArrayType array) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        elements.add(value(array.getElementType(), array.containsNull(), nullsOutOf));
      }
      return elements;
    } else if (type instanceof MapType map) {
      List<Object> entries = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        List<Object> entry = new ArrayList<>();
        entry.add(value(map.getKeyType(), false, nullsOutOf));
        entry.add(value(map.getValueType(), map.isValueContainsNull(), nullsOutOf));
        entries.add(entry);
      }
      return entries;
    }
    return primitive(type);
  }

  private String hex() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private Object primitive(DataType type) {
    if (type instanceof BooleanType) {
      return random.nextBoolean();
    } else if (type instanceof ByteType) {
      return (long) (byte) random.nextInt();
    } else if (type instanceof ShortType) {
      return (long) (short) random.nextInt();
    } else if (type instanceof IntegerType || type instanceof DateType) {
      return (long) (random.nextBoolean() ? random.nextInt() : random.nextInt(20_000));
    } else if (type instanceof FloatType) {
      return pick(random.nextFloat(), 0f, -0f, Float.NaN, Float.NEGATIVE_INFINITY);
    } else if (type instanceof DoubleType) {
      return pick(random.nextGaussian(), 0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY);
    } else if (type instanceof DecimalType decimal) {
      int bits = random.nextInt(BigInteger.TEN.pow(decimal.getPrecision()).bitLength());
      BigInteger unscaled = new BigInteger(bits, random);
      return new BigDecimal(
          random.nextBoolean() ? unscaled : unscaled.negate(), decimal.getScale());
    } else if (type instanceof StringType) {
      return string();
    } else if (type instanceof BinaryType) {
      return hex();
    }
    return random.nextBoolean() ? random.nextLong() : 1_700_000_000_000_000L + random.nextInt();
  }

  private Object pick(Object usual, Object... rare) {
    return random.nextInt(10) == 0 ? rare[random.nextInt(rare.length)] : usual;
  }

  private String string() {
    int length = random.nextInt(10) == 0 ? 30 + random.nextInt(10) : random.nextInt(8);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(8)) {
            case 0 -> 0x1F600 + random.nextInt(50);
            case 1 -> 0xE000 + random.nextInt(0x1FFF);
            case 2 -> Character.MAX_CODE_POINT;
            default -> 'a' + random.nextInt(26);
          });
    }
    return text.toString();
  }
}
