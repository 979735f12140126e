package io.neuralake.schema;

import static io.neuralake.schema.Refusals.child;
import static io.neuralake.schema.Refusals.refuse;

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
import io.neuralake.internal.bean.BeanProperties;
import io.neuralake.internal.bean.BeanProperty;
import io.neuralake.internal.bean.JavaType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Record and POJO classes to table schemas. */
final class JavaToDelta {
  private static final DecimalType DEFAULT_DECIMAL = new DecimalType(38, 18);
  private static final DecimalType BIG_INTEGER = new DecimalType(38, 0);

  private static final Map<Class<?>, DataType> LEAVES =
      Map.ofEntries(
          Map.entry(boolean.class, BooleanType.BOOLEAN),
          Map.entry(Boolean.class, BooleanType.BOOLEAN),
          Map.entry(byte.class, ByteType.BYTE),
          Map.entry(Byte.class, ByteType.BYTE),
          Map.entry(short.class, ShortType.SHORT),
          Map.entry(Short.class, ShortType.SHORT),
          Map.entry(int.class, IntegerType.INTEGER),
          Map.entry(Integer.class, IntegerType.INTEGER),
          Map.entry(long.class, LongType.LONG),
          Map.entry(Long.class, LongType.LONG),
          Map.entry(float.class, FloatType.FLOAT),
          Map.entry(Float.class, FloatType.FLOAT),
          Map.entry(double.class, DoubleType.DOUBLE),
          Map.entry(Double.class, DoubleType.DOUBLE),
          Map.entry(String.class, StringType.STRING),
          Map.entry(CharSequence.class, StringType.STRING),
          Map.entry(UUID.class, StringType.STRING),
          Map.entry(byte[].class, BinaryType.BINARY),
          Map.entry(ByteBuffer.class, BinaryType.BINARY),
          Map.entry(BigInteger.class, BIG_INTEGER),
          Map.entry(LocalDate.class, DateType.DATE),
          Map.entry(java.sql.Date.class, DateType.DATE),
          Map.entry(Instant.class, TimestampType.TIMESTAMP),
          Map.entry(java.sql.Timestamp.class, TimestampType.TIMESTAMP),
          Map.entry(LocalDateTime.class, TimestampNTZType.TIMESTAMP_NTZ));

  /* An append asks for the schema of its class twice. */
  private static final ClassValue<StructType> SCHEMAS =
      new ClassValue<>() {
        @Override
        protected StructType computeValue(Class<?> type) {
          return new JavaToDelta().struct(type, "");
        }
      };

  private final Deque<Class<?>> open = new ArrayDeque<>();

  private JavaToDelta() {}

  static StructType convert(Class<?> type) {
    if (JavaType.ofClass(type).kind() != JavaType.Kind.BEAN) {
      throw refuse(
          "",
          type.getName() + " is no record or POJO class without type parameters",
          "give one that has a component, getter or public field per column");
    }
    return SCHEMAS.get(type);
  }

  private StructType struct(Class<?> type, String path) {
    if (open.contains(type)) {
      throw refuse(
          path,
          type.getName() + " contains itself",
          "a table has no recursive types: flatten it, or store it as a string");
    }
    open.push(type);
    List<StructField> fields = new ArrayList<>();
    for (BeanProperty property : BeanProperties.of(type)) {
      DecimalType decimal =
          property
              .annotation(DecimalColumn.class)
              .map(d -> decimal(d, child(path, property.name())))
              .orElse(DEFAULT_DECIMAL);
      DataType column = type(property.type(), decimal, child(path, property.name()));
      fields.add(new StructField(property.name(), column, !property.type().nonNull()));
    }
    open.pop();
    if (fields.isEmpty()) {
      throw refuse(
          path,
          type.getName() + " has no properties",
          "use a supported type, or a class with getters or public fields");
    }
    return new StructType(fields);
  }

  private static DecimalType decimal(DecimalColumn column, String path) {
    boolean valid =
        column.precision() >= 1
            && column.precision() <= 38
            && column.scale() >= 0
            && column.scale() <= column.precision();
    if (!valid) {
      throw refuse(
          path,
          "@DecimalColumn(precision = "
              + column.precision()
              + ", scale = "
              + column.scale()
              + ") is out of range",
          "precision is 1 to 38, scale 0 to precision");
    }
    return new DecimalType(column.precision(), column.scale());
  }

  private DataType type(JavaType type, DecimalType decimal, String path) {
    return switch (type.kind()) {
      case BEAN -> struct(type.raw(), path);
      case LIST -> {
        JavaType element = type.arguments().get(0);
        yield new ArrayType(type(element, decimal, child(path, "element")), !element.nonNull());
      }
      case MAP -> {
        JavaType value = type.arguments().get(1);
        yield new MapType(
            type(type.arguments().get(0), decimal, child(path, "key")),
            type(value, decimal, child(path, "value")),
            !value.nonNull());
      }
      case LEAF -> leaf(type.raw(), decimal, path);
      case UNKNOWN -> throw unsupported(type.raw(), path);
    };
  }

  private static DataType leaf(Class<?> raw, DecimalType decimal, String path) {
    if (raw == BigDecimal.class) {
      return decimal;
    }
    if (raw.isEnum()) {
      return StringType.STRING;
    }
    DataType type = LEAVES.get(raw);
    if (type == null) {
      throw unsupported(raw, path);
    }
    return type;
  }

  private static RuntimeException unsupported(Class<?> raw, String path) {
    return refuse(
        path,
        "Java type " + raw.getTypeName() + " has no column type",
        "use a primitive or its box, String, BigDecimal, LocalDate, Instant, LocalDateTime, byte[],"
            + " an enum, UUID, or a List, Set, Map, array, record or POJO of these with its type"
            + " arguments");
  }
}
