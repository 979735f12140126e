package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.schema.Schemas;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class AvroRowsTest {

  private static final Schema ALL =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"All","fields":[
               {"name":"bool","type":"boolean"},
               {"name":"i","type":"int"},
               {"name":"l","type":["null","long"],"default":null},
               {"name":"f","type":"float"},
               {"name":"d","type":"double"},
               {"name":"s","type":["null","string"],"default":null},
               {"name":"js","type":{"type":"string","avro.java.string":"String"}},
               {"name":"bytes","type":"bytes"},
               {"name":"fixed","type":{"type":"fixed","name":"F3","size":3}},
               {"name":"color","type":{"type":"enum","name":"Color","symbols":["RED","BLUE"]}},
               {"name":"day","type":{"type":"int","logicalType":"date"}},
               {"name":"millis","type":{"type":"long","logicalType":"timestamp-millis"}},
               {"name":"micros","type":{"type":"long","logicalType":"timestamp-micros"}},
               {"name":"nanos","type":{"type":"long","logicalType":"timestamp-nanos"}},
               {"name":"local","type":{"type":"long","logicalType":"local-timestamp-micros"}},
               {"name":"localMillis","type":{"type":"long","logicalType":"local-timestamp-millis"}},
               {"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}},
               {"name":"fdec","type":{"type":"fixed","name":"FD","size":8,"logicalType":"decimal","precision":18,"scale":3}},
               {"name":"uuid","type":{"type":"string","logicalType":"uuid"}},
               {"name":"fuuid","type":{"type":"fixed","name":"FU","size":16,"logicalType":"uuid"}},
               {"name":"list","type":{"type":"array","items":["null","long"]}},
               {"name":"map","type":{"type":"map","values":{"type":"array","items":"string"}}},
               {"name":"rec","type":["null",{"type":"record","name":"In","fields":[{"name":"x","type":"int"}]}],"default":null}
              ]}
              """);

  private static GenericData.Fixed fixed(String field, byte[] bytes) {
    return new GenericData.Fixed(ALL.getField(field).schema(), bytes);
  }

  private static GenericRecord full(int i, long l, float f, double d, String text, byte[] bytes) {
    GenericRecord inner = new GenericData.Record(ALL.getField("rec").schema().getTypes().get(1));
    inner.put("x", i);
    byte[] uuid = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    byte[] decimal = {-1, -1, -1, -1, -1, -1, -1, (byte) -100};
    Map<Utf8, List<Utf8>> map = new LinkedHashMap<>();
    map.put(new Utf8("k"), List.of(new Utf8(text)));
    return new GenericRecordBuilder(ALL)
        .set("bool", i % 2 == 0)
        .set("i", i)
        .set("l", l)
        .set("f", f)
        .set("d", d)
        .set("s", new Utf8(text))
        .set("js", text)
        .set("bytes", ByteBuffer.wrap(bytes))
        .set("fixed", fixed("fixed", new byte[] {1, 2, 3}))
        .set("color", new GenericData.EnumSymbol(ALL.getField("color").schema(), "BLUE"))
        .set("day", i)
        .set("millis", (long) i * 1000 + 7)
        .set("micros", l)
        .set("nanos", (long) i * 1000)
        .set("local", l)
        .set("localMillis", (long) i)
        .set("dec", ByteBuffer.wrap(BigDecimal.valueOf(l, 2).unscaledValue().toByteArray()))
        .set("fdec", fixed("fdec", decimal))
        .set("uuid", new Utf8("00112233-4455-6677-8899-aabbccddeeff"))
        .set("fuuid", fixed("fuuid", uuid))
        .set("list", Arrays.asList(l, null))
        .set("map", map)
        .set("rec", inner)
        .build();
  }

  @Property(tries = 200)
  void genericRecordsSurvive(
      @ForAll int i,
      @ForAll long l,
      @ForAll float f,
      @ForAll double d,
      @ForAll @Size(max = 9) byte[] bytes) {
    GenericRecord row = full(i, l, f, d, "t" + l, bytes);
    GenericRecord nulls =
        new GenericRecordBuilder((GenericData.Record) row)
            .set("l", null)
            .set("s", null)
            .set("rec", null)
            .build();
    assertThat(
            Rows.through(
                RowEncoder.<GenericRecord>forAvro(ALL, Schemas.fromAvro(ALL)),
                RowDecoder.forAvro(ALL),
                List.of(row, nulls)))
        .containsExactly(row, nulls);
  }

  @Test
  void valuesOfRecordsAreThoseOfTheColumns() {
    GenericRecord row = full(-1, 1_000_001L, 1, 2, "hé", new byte[] {5});
    Map<String, Object> values =
        Rows.through(
                RowEncoder.<GenericRecord>forAvro(ALL, Schemas.fromAvro(ALL)),
                RowDecoder.forMaps(),
                List.of(row))
            .get(0);
    assertThat(values)
        .containsEntry("s", "hé")
        .containsEntry("color", "BLUE")
        .containsEntry("day", LocalDate.of(1969, 12, 31))
        .containsEntry("millis", Instant.ofEpochMilli(-993))
        .containsEntry("micros", Instant.ofEpochSecond(1, 1000))
        .containsEntry("nanos", Instant.ofEpochSecond(-1, 999_999_000))
        .containsEntry("local", LocalDateTime.of(1970, 1, 1, 0, 0, 1, 1000))
        .containsEntry("dec", new BigDecimal("10000.01"))
        .containsEntry("fdec", new BigDecimal("-0.100"))
        .containsEntry("fuuid", "00010203-0405-0607-0809-0a0b0c0d0e0f")
        .containsEntry("map", Map.of("k", List.of("hé")))
        .containsEntry("rec", Map.of("x", -1));
  }

  @Test
  void specificRecordsSurvive() {
    List<Reading> rows =
        List.of(
            new Reading(
                1,
                "one",
                Instant.parse("2026-11-20T10:15:30.123456Z"),
                LocalDate.of(2026, 11, 20),
                List.of(1.0, 2.5)),
            new Reading(2, null, Instant.EPOCH, null, List.of()));
    RowEncoder<Reading> encoder =
        RowEncoder.forAvro(Reading.getClassSchema(), Schemas.fromAvro(Reading.getClassSchema()));
    List<Reading> back = Rows.through(encoder, RowDecoder.forClass(Reading.class), rows);
    assertThat(back).hasSize(2);
    for (int row = 0; row < 2; row++) {
      for (int field = 0; field < 5; field++) {
        assertThat(back.get(row).get(field)).isEqualTo(rows.get(row).get(field));
      }
    }
  }

  private static Schema record(String fields) {
    return new Schema.Parser()
        .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[" + fields + "]}");
  }

  private static GenericRecord decode(Schema schema, StructType columns, Map<String, Object> row) {
    return Rows.through(RowEncoder.forMaps(columns), RowDecoder.forAvro(schema), List.of(row))
        .get(0);
  }

  @Test
  void fieldWithoutColumnGetsItsDefaultOrNull() {
    Schema schema =
        record(
            "{\"name\":\"x\",\"type\":\"long\"},"
                + "{\"name\":\"n\",\"type\":[\"null\",\"long\"]},"
                + "{\"name\":\"d\",\"type\":\"long\",\"default\":9}");
    StructType columns = new StructType().add("X", LongType.LONG).add("other", LongType.LONG);
    GenericRecord row = decode(schema, columns, Map.of("X", 1L, "other", 2L));
    assertThat(row.get("x")).isEqualTo(1L);
    assertThat(row.get("n")).isNull();
    assertThat(row.get("d")).isEqualTo(9L);
    assertThatThrownBy(
            () -> decode(record("{\"name\":\"y\",\"type\":\"long\"}"), columns, Map.of("X", 1L)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'y': there is no such column, but the Avro field has no default and cannot be"
                + " null; select the column, or give the field a default");
  }

  @Test
  void valuesThatAvroCannotHoldAreRefused() {
    Schema ints = record("{\"name\":\"x\",\"type\":\"int\"}");
    StructType longs = new StructType().add("x", LongType.LONG);
    assertThatThrownBy(() -> decode(ints, longs, Map.of("x", 1L << 31)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'x': value 2147483648 is out of range of an Avro field of type INT; use"
                + " a wider type");
    Map<String, Object> nothing = new LinkedHashMap<>();
    nothing.put("x", null);
    assertThatThrownBy(() -> decode(ints, longs, nothing))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith(
            "row 0, column 'x': null cannot be put into an Avro field of type INT;");
    StructType text = new StructType().add("x", StringType.STRING);
    assertThatThrownBy(() -> decode(ints, text, Map.of("x", "1")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "column 'x': the column is string, it cannot be read into Avro type \"int\"; change the"
                + " field's type");
    Schema symbols =
        record("{\"name\":\"x\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}}");
    assertThatThrownBy(() -> decode(symbols, text, Map.of("x", "B")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 0, column 'x': String \"B\" is no symbol of Avro enum E");
  }

  @Test
  void recordsThatDoNotFitAreRefused() {
    Schema schema = record("{\"name\":\"x\",\"type\":\"long\"}");
    assertThatThrownBy(() -> RowEncoder.forAvro(schema, new StructType().add("y", LongType.LONG)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("the table has no column 'x', which Avro record R brings;");
    assertThatThrownBy(
            () -> RowEncoder.forAvro(schema, new StructType().add("x", StringType.STRING)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("column 'x': the table has string, Avro record R has long;");
    RowEncoder<GenericRecord> encoder =
        RowEncoder.forAvro(schema, new StructType().add("x", IntegerType.INTEGER));
    GenericRecord big = new GenericRecordBuilder(schema).set("x", 1L << 31).build();
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(big)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 0, column 'x': expected integer, found Long 2147483648 (out of range)");
    Schema other = record("{\"name\":\"x\",\"type\":\"double\"}");
    GenericRecord foreign = new GenericRecordBuilder(other).set("x", 1.0).build();
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(foreign)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("row 0, expected Avro record R, found Record {\"x\": 1.0}")
        .hasMessageContaining("of another schema; all records of a write have the same");
  }

  @Test
  void equalSchemaOfAnotherInstanceIsAccepted() {
    String fields = "{\"name\":\"x\",\"type\":\"double\"}";
    GenericRecord row = new GenericRecordBuilder(record(fields)).set("x", 1.0).build();
    assertThat(
            Rows.through(
                RowEncoder.<GenericRecord>forAvro(
                    record(fields), new StructType().add("x", DoubleType.DOUBLE)),
                RowDecoder.forMaps(),
                List.of(row)))
        .containsExactly(Map.of("x", 1.0));
  }
}
