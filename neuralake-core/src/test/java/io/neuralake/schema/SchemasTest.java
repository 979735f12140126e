package io.neuralake.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.types.VariantType;
import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.jspecify.annotations.NonNull;
import org.junit.jupiter.api.Test;

class SchemasTest {

  static final StructType ALL =
      new StructType()
          .add("bool", BooleanType.BOOLEAN, false)
          .add("b", ByteType.BYTE)
          .add("s", ShortType.SHORT)
          .add("i", IntegerType.INTEGER)
          .add("l", LongType.LONG)
          .add("f", FloatType.FLOAT)
          .add("d", DoubleType.DOUBLE)
          .add("dec", new DecimalType(38, 10))
          .add("str", StringType.STRING)
          .add("bin", BinaryType.BINARY)
          .add("date", DateType.DATE)
          .add("ts", TimestampType.TIMESTAMP)
          .add("ntz", TimestampNTZType.TIMESTAMP_NTZ)
          .add("arr", new ArrayType(new ArrayType(LongType.LONG, false), true))
          .add(
              "map", new MapType(StringType.STRING, new StructType().add("x", LongType.LONG), true))
          .add(
              "st", new StructType().add("inner", new StructType().add("y", LongType.LONG, false)));

  private static org.apache.avro.Schema avro(String fields) {
    return new org.apache.avro.Schema.Parser()
        .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
  }

  private static org.apache.avro.Schema avroField(String type) {
    return avro("{\"name\":\"x\",\"type\":" + type + "}");
  }

  private static String logical(String type, String logical) {
    return "{\"type\":\"" + type + "\",\"logicalType\":\"" + logical + "\"}";
  }

  @Test
  void avroTypesMapToColumns() {
    assertThat(Schemas.fromAvro(avroField("\"int\"")).at(0).getDataType())
        .isEqualTo(IntegerType.INTEGER);
    assertThat(Schemas.fromAvro(avroField("\"int\"")).at(0).isNullable()).isFalse();
    assertThat(Schemas.fromAvro(avroField("[\"null\",\"string\"]")))
        .isEqualTo(new StructType().add("x", StringType.STRING));
    assertThat(Schemas.fromAvro(avroField("[\"long\",\"null\"]")))
        .isEqualTo(new StructType().add("x", LongType.LONG));
    for (String unit : List.of("millis", "micros", "nanos")) {
      assertThat(Schemas.fromAvro(avroField(logical("long", "timestamp-" + unit))))
          .isEqualTo(new StructType().add("x", TimestampType.TIMESTAMP, false));
      assertThat(Schemas.fromAvro(avroField(logical("long", "local-timestamp-" + unit))))
          .isEqualTo(new StructType().add("x", TimestampNTZType.TIMESTAMP_NTZ, false));
    }
    assertThat(Schemas.fromAvro(avroField(logical("string", "uuid"))))
        .isEqualTo(new StructType().add("x", StringType.STRING, false));
    assertThat(Schemas.fromAvro(avroField(logical("int", "date"))))
        .isEqualTo(new StructType().add("x", DateType.DATE, false));
    assertThat(
            Schemas.fromAvro(
                avroField("{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}")))
        .isEqualTo(new StructType().add("x", StringType.STRING, false));
    assertThat(Schemas.fromAvro(avroField("{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}")))
        .isEqualTo(new StructType().add("x", BinaryType.BINARY, false));
    assertThat(
            Schemas.fromAvro(
                avroField(
                    "{\"type\":\"fixed\",\"name\":\"F\",\"size\":9,\"logicalType\":\"decimal\","
                        + "\"precision\":20,\"scale\":4}")))
        .isEqualTo(new StructType().add("x", new DecimalType(20, 4), false));
    assertThat(Schemas.fromAvro(avroField("{\"type\":\"map\",\"values\":[\"null\",\"double\"]}")))
        .isEqualTo(
            new StructType()
                .add("x", new MapType(StringType.STRING, DoubleType.DOUBLE, true), false));
    assertThat(Schemas.fromAvro(avroField("{\"type\":\"array\",\"items\":\"boolean\"}")))
        .isEqualTo(new StructType().add("x", new ArrayType(BooleanType.BOOLEAN, false), false));
  }

  @Test
  void avroTypesWithoutColumnTypeAreRefusedByPath() {
    assertThatThrownBy(() -> Schemas.fromAvro(avroField("[\"int\",\"string\"]")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'x': Avro union [\"int\",\"string\"] is not one type, with or without null;"
                + " give the field one type");
    assertThatThrownBy(
            () -> Schemas.fromAvro(avroField("{\"type\":\"array\",\"items\":[\"null\",\"R\"]}")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x.element': Avro record R contains itself;");
    assertThatThrownBy(() -> Schemas.fromAvro(avroField("\"null\"")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': Avro type null has no values;");
    assertThatThrownBy(() -> Schemas.fromAvro(avroField(logical("bytes", "big-decimal"))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': Avro big-decimal has no fixed scale;");
    assertThatThrownBy(
            () ->
                Schemas.fromAvro(
                    avroField("{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":39}")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': Avro decimal of precision 39 has too many digits;");
    assertThatThrownBy(
            () -> Schemas.fromAvro(org.apache.avro.Schema.create(org.apache.avro.Schema.Type.INT)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("schema: Avro type INT is no record; give a record schema");
  }

  @Test
  void tableSchemaSurvivesArrow() {
    assertThat(Schemas.fromArrow(Schemas.toArrow(ALL))).isEqualTo(ALL);
  }

  @Test
  void tableSchemaSurvivesAvroExceptSmallIntegers() {
    StructType back = Schemas.fromAvro(Schemas.toAvro(ALL, "com.example.Row"));
    assertThat(back.fieldNames()).isEqualTo(ALL.fieldNames());
    for (int i = 0; i < ALL.length(); i++) {
      String name = ALL.at(i).getName();
      if (name.equals("b") || name.equals("s")) {
        assertThat(back.at(i).getDataType()).isEqualTo(IntegerType.INTEGER);
      } else {
        assertThat(back.at(i)).isEqualTo(ALL.at(i));
      }
    }
  }

  @Test
  void avroRefusesWhatItCannotName() {
    assertThatThrownBy(() -> Schemas.toAvro(new StructType().add("a b", LongType.LONG), "R"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'a b': Avro does not allow the name 'a b';");
    StructType intKeys =
        new StructType().add("m", new MapType(IntegerType.INTEGER, LongType.LONG, true));
    assertThatThrownBy(() -> Schemas.toAvro(intKeys, "R"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'm': Avro maps have string keys");
    assertThatThrownBy(() -> Schemas.toAvro(new StructType().add("a", LongType.LONG), "1 2"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("schema: Avro does not allow the record name '1 2'");
  }

  @Test
  void variantIsTwoBinaries() {
    StructType variant = new StructType().add("v", VariantType.VARIANT);
    StructType struct =
        new StructType()
            .add(
                "v",
                new StructType()
                    .add("value", BinaryType.BINARY, false)
                    .add("metadata", BinaryType.BINARY, false));
    assertThat(Schemas.fromArrow(Schemas.toArrow(variant))).isEqualTo(struct);
    assertThat(Schemas.fromAvro(Schemas.toAvro(variant, "R"))).isEqualTo(struct);
  }

  private static StructType arrow(ArrowType type, Field... children) {
    return Schemas.fromArrow(
        new org.apache.arrow.vector.types.pojo.Schema(
            List.of(new Field("x", FieldType.nullable(type), List.of(children)))));
  }

  @Test
  void arrowTypesMapToColumns() {
    assertThat(arrow(new ArrowType.Int(8, false)).at(0).getDataType()).isEqualTo(ShortType.SHORT);
    assertThat(arrow(new ArrowType.Int(16, false)).at(0).getDataType())
        .isEqualTo(IntegerType.INTEGER);
    assertThat(arrow(new ArrowType.Int(32, false)).at(0).getDataType()).isEqualTo(LongType.LONG);
    assertThat(arrow(new ArrowType.FloatingPoint(FloatingPointPrecision.HALF)).at(0).getDataType())
        .isEqualTo(FloatType.FLOAT);
    for (ArrowType text :
        List.of(
            ArrowType.Utf8.INSTANCE, ArrowType.LargeUtf8.INSTANCE, ArrowType.Utf8View.INSTANCE)) {
      assertThat(arrow(text).at(0).getDataType()).isEqualTo(StringType.STRING);
    }
    for (ArrowType bytes :
        List.of(
            ArrowType.Binary.INSTANCE,
            ArrowType.LargeBinary.INSTANCE,
            ArrowType.BinaryView.INSTANCE,
            new ArrowType.FixedSizeBinary(7))) {
      assertThat(arrow(bytes).at(0).getDataType()).isEqualTo(BinaryType.BINARY);
    }
    for (TimeUnit unit : TimeUnit.values()) {
      assertThat(arrow(new ArrowType.Timestamp(unit, "Europe/Berlin")).at(0).getDataType())
          .isEqualTo(TimestampType.TIMESTAMP);
      assertThat(arrow(new ArrowType.Timestamp(unit, null)).at(0).getDataType())
          .isEqualTo(TimestampNTZType.TIMESTAMP_NTZ);
    }
    assertThat(arrow(new ArrowType.Date(DateUnit.MILLISECOND)).at(0).getDataType())
        .isEqualTo(DateType.DATE);
    Field element = new Field("item", FieldType.notNullable(ArrowType.Bool.INSTANCE), List.of());
    for (ArrowType list :
        List.of(
            ArrowType.List.INSTANCE,
            ArrowType.LargeList.INSTANCE,
            new ArrowType.FixedSizeList(2))) {
      assertThat(arrow(list, element).at(0).getDataType())
          .isEqualTo(new ArrayType(BooleanType.BOOLEAN, false));
    }
  }

  @Test
  void arrowTypesWithoutColumnTypeAreRefusedByPath() {
    Field uint64 = new Field("u", FieldType.nullable(new ArrowType.Int(64, false)), List.of());
    assertThatThrownBy(() -> arrow(ArrowType.Struct.INSTANCE, uint64))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'x.u': Arrow type Int(64, false) exceeds the range of long; cast it to int64 or"
                + " decimal128(20, 0)");
    assertThatThrownBy(() -> arrow(ArrowType.Null.INSTANCE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'x': Arrow type Null has no column type; leave the column out, or give it a"
                + " type");
    assertThatThrownBy(() -> arrow(new ArrowType.Decimal(76, 2, 256)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': Arrow type Decimal(76, 2, 256) has no column type;");
    assertThatThrownBy(() -> arrow(new ArrowType.Duration(TimeUnit.SECOND)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageEndingWith("has no column type; cast it to int64 or utf8");
    Field encoded =
        new Field(
            "e",
            new FieldType(
                true, new ArrowType.Int(32, true), new DictionaryEncoding(7, false, null)),
            List.of());
    assertThatThrownBy(
            () ->
                Schemas.fromArrow(new org.apache.arrow.vector.types.pojo.Schema(List.of(encoded))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'e': the column is encoded with dictionary 7");
  }

  enum Color {
    RED
  }

  record Point(int x, Double y) {}

  @SuppressWarnings("ArrayRecordComponent")
  record Everything(
      boolean bool,
      byte b,
      short s,
      int i,
      long l,
      float f,
      double d,
      Long boxed,
      @NonNull Long never,
      BigDecimal dec,
      @DecimalColumn(precision = 10, scale = 2) BigDecimal money,
      BigInteger big,
      LocalDate date,
      Instant ts,
      LocalDateTime ntz,
      byte[] bytes,
      Color color,
      UUID uuid,
      Optional<String> maybe,
      List<@NonNull String> list,
      Set<Integer> set,
      int[] ints,
      Map<String, Point> points,
      Point point) {}

  @Test
  void recordComponentsAreColumns() {
    StructType point =
        new StructType().add("x", IntegerType.INTEGER, false).add("y", DoubleType.DOUBLE);
    assertThat(Schemas.fromClass(Everything.class))
        .isEqualTo(
            new StructType()
                .add("bool", BooleanType.BOOLEAN, false)
                .add("b", ByteType.BYTE, false)
                .add("s", ShortType.SHORT, false)
                .add("i", IntegerType.INTEGER, false)
                .add("l", LongType.LONG, false)
                .add("f", FloatType.FLOAT, false)
                .add("d", DoubleType.DOUBLE, false)
                .add("boxed", LongType.LONG)
                .add("never", LongType.LONG, false)
                .add("dec", new DecimalType(38, 18))
                .add("money", new DecimalType(10, 2))
                .add("big", new DecimalType(38, 0))
                .add("date", DateType.DATE)
                .add("ts", TimestampType.TIMESTAMP)
                .add("ntz", TimestampNTZType.TIMESTAMP_NTZ)
                .add("bytes", BinaryType.BINARY)
                .add("color", StringType.STRING)
                .add("uuid", StringType.STRING)
                .add("maybe", StringType.STRING)
                .add("list", new ArrayType(StringType.STRING, false))
                .add("set", new ArrayType(IntegerType.INTEGER, true))
                .add("ints", new ArrayType(IntegerType.INTEGER, false))
                .add("points", new MapType(StringType.STRING, point, true))
                .add("point", point));
  }

  public static class Base {
    public String kind;
    private long id;

    public long getId() {
      return id;
    }

    public void setId(long id) {
      this.id = id;
    }
  }

  public static final class Pojo extends Base {
    private boolean active;
    private transient String cache;
    private String URL;
    public static final int CONSTANT = 1;

    public boolean isActive() {
      return active;
    }

    public String getCache() {
      return cache;
    }

    public String getURL() {
      return URL;
    }

    public String getComputed() {
      return "x";
    }
  }

  @Test
  void pojoPropertiesAreColumns() {
    assertThat(Schemas.fromClass(Pojo.class))
        .isEqualTo(
            new StructType()
                .add("kind", StringType.STRING)
                .add("id", LongType.LONG, false)
                .add("active", BooleanType.BOOLEAN, false)
                .add("URL", StringType.STRING));
  }

  record Node(String name, List<Node> children) {}

  record Odd(Object any) {}

  record Raw(@SuppressWarnings("rawtypes") List list) {}

  record BadDecimal(@DecimalColumn(precision = 40, scale = 2) BigDecimal d) {}

  record Letter(Map<String, Character> letters) {}

  @Test
  void classesWithoutColumnTypeAreRefusedByPath() {
    assertThatThrownBy(() -> Schemas.fromClass(Node.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'children.element': ")
        .hasMessageContaining("Node contains itself; a table has no recursive types");
    assertThatThrownBy(() -> Schemas.fromClass(Odd.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'any': Java type java.lang.Object has no column type;");
    assertThatThrownBy(() -> Schemas.fromClass(Raw.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'list': Java type java.util.List has no column type;");
    assertThatThrownBy(() -> Schemas.fromClass(Letter.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(
            "column 'letters.value': Java type java.lang.Character has no column type;");
    assertThatThrownBy(() -> Schemas.fromClass(BadDecimal.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(
            "column 'd': @DecimalColumn(precision = 40, scale = 2) is out of range;");
    assertThatThrownBy(() -> Schemas.fromClass(String.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("schema: java.lang.String is no record or POJO class");
  }
}
