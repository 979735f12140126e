package io.neuralake.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MapRowsTest {

  private static final List<DataType> LEAVES =
      List.of(
          BooleanType.BOOLEAN,
          ByteType.BYTE,
          ShortType.SHORT,
          IntegerType.INTEGER,
          LongType.LONG,
          FloatType.FLOAT,
          DoubleType.DOUBLE,
          new DecimalType(38, 10),
          new DecimalType(5, 5),
          StringType.STRING,
          BinaryType.BINARY,
          DateType.DATE,
          TimestampType.TIMESTAMP,
          TimestampNTZType.TIMESTAMP_NTZ,
          VariantType.VARIANT);

  record Sample(StructType schema, List<Map<String, Object>> rows) {}

  @Property(tries = 150)
  void randomRowsOfRandomSchemasSurvive(@ForAll("samples") Sample sample) {
    List<Map<String, Object>> back =
        Rows.through(RowEncoder.forMaps(sample.schema()), RowDecoder.forMaps(), sample.rows());
    assertThat(comparable(back)).isEqualTo(comparable(sample.rows()));
  }

  /**
   * With byte arrays as buffers, so that equals compares their bytes, and -0.0 differs from 0.0.
   */
  private static Object comparable(Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    } else if (value instanceof List<?> list) {
      return list.stream().map(MapRowsTest::comparable).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((k, v) -> copy.put(k, comparable(v)));
      return copy;
    }
    return value;
  }

  @Provide
  Arbitrary<Sample> samples() {
    return structs(2)
        .flatMap(
            schema ->
                values(schema)
                    .list()
                    .ofMinSize(0)
                    .ofMaxSize(7)
                    .map(rows -> new Sample(schema, rows.stream().map(MapRowsTest::row).toList())));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> row(Object value) {
    return (Map<String, Object>) value;
  }

  private static Arbitrary<DataType> types(int depth) {
    Arbitrary<DataType> leaves = Arbitraries.of(LEAVES);
    if (depth == 0) {
      return leaves;
    }
    Arbitrary<DataType> lists =
        Combinators.combine(types(depth - 1), Arbitraries.of(true, false)).as(ArrayType::new);
    Arbitrary<DataType> maps =
        Combinators.combine(
                Arbitraries.of(StringType.STRING, LongType.LONG, DateType.DATE),
                types(depth - 1),
                Arbitraries.of(true, false))
            .as(MapType::new);
    return Arbitraries.oneOf(leaves, leaves, lists, maps, structs(depth - 1).map(s -> s));
  }

  private static Arbitrary<StructType> structs(int depth) {
    return Combinators.combine(types(depth), Arbitraries.of(true, false))
        .as((type, nullable) -> new StructField("x", type, nullable))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(
            fields ->
                new StructType(
                    IntStream.range(0, fields.size())
                        .mapToObj(
                            i ->
                                new StructField(
                                    "c" + i,
                                    fields.get(i).getDataType(),
                                    fields.get(i).isNullable()))
                        .toList()));
  }

  private static Arbitrary<Object> values(DataType type, boolean nullable) {
    return nullable ? values(type).injectNull(0.3) : values(type);
  }

  private static Arbitrary<Object> values(DataType type) {
    if (type instanceof StructType struct) {
      return struct(struct);
    } else if (type instanceof VariantType) {
      return struct(SchemaFit.VARIANT);
    } else if (type instanceof ArrayType array) {
      return values(array.getElementType(), array.containsNull())
          .list()
          .ofMaxSize(4)
          .map(l -> new ArrayList<>(l));
    } else if (type instanceof MapType map) {
      return Combinators.combine(
              values(map.getKeyType()).list().uniqueElements().ofMaxSize(3),
              values(map.getValueType(), map.isValueContainsNull()).list().ofSize(3))
          .as(
              (keys, values) -> {
                Map<Object, Object> entries = new LinkedHashMap<>();
                for (int i = 0; i < keys.size(); i++) {
                  entries.put(keys.get(i), values.get(i));
                }
                return entries;
              });
    }
    return leaf(type);
  }

  private static Arbitrary<Object> struct(StructType struct) {
    Arbitrary<Map<String, Object>> all = Arbitraries.just(Map.of());
    for (StructField field : struct.fields()) {
      all =
          Combinators.combine(all, values(field.getDataType(), field.isNullable()))
              .as(
                  (map, value) -> {
                    Map<String, Object> more = new LinkedHashMap<>(map);
                    more.put(field.getName(), value);
                    return more;
                  });
    }
    return all.map(m -> m);
  }

  private static Arbitrary<Object> leaf(DataType type) {
    if (type instanceof BooleanType) {
      return Arbitraries.of(true, false);
    } else if (type instanceof ByteType) {
      return Arbitraries.bytes().map(v -> v);
    } else if (type instanceof ShortType) {
      return Arbitraries.shorts().map(v -> v);
    } else if (type instanceof IntegerType) {
      return Arbitraries.integers().map(v -> v);
    } else if (type instanceof LongType) {
      return Arbitraries.longs().map(v -> v);
    } else if (type instanceof FloatType) {
      return Arbitraries.of(
          0f, -0f, 1.5f, Float.NaN, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY);
    } else if (type instanceof DoubleType) {
      return Arbitraries.of(
          0d, -0d, 0.1, Double.NaN, Double.MIN_VALUE, Double.MAX_VALUE, Double.POSITIVE_INFINITY);
    } else if (type instanceof DecimalType d) {
      BigInteger bound = BigInteger.TEN.pow(d.getPrecision()).subtract(BigInteger.ONE);
      return Arbitraries.bigIntegers()
          .between(bound.negate(), bound)
          .map(unscaled -> new BigDecimal(unscaled, d.getScale()));
    } else if (type instanceof StringType) {
      return Arbitraries.strings()
          .withCharRange('a', 'z')
          .withChars('é', '\u4e2d', '\'', '\u0000')
          .ofMaxLength(12)
          .map(v -> v);
    } else if (type instanceof BinaryType) {
      return Arbitraries.bytes().array(byte[].class).ofMaxSize(9).map(v -> v);
    } else if (type instanceof DateType) {
      return Arbitraries.integers().map(LocalDate::ofEpochDay);
    } else if (type instanceof TimestampType) {
      return Arbitraries.longs().map(CellReader::instant);
    }
    return Arbitraries.longs().map(CellReader::local);
  }

  private static Map<String, Object> of(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  static List<Arguments> badValues() {
    return List.of(
        Arguments.of(TimestampType.TIMESTAMP, "abc", "expected timestamp, found String \"abc\""),
        Arguments.of(TimestampType.TIMESTAMP, 5L, "expected timestamp, found Long 5"),
        Arguments.of(
            TimestampType.TIMESTAMP,
            Instant.MAX,
            "expected timestamp, found Instant +1000000000-12-31T23:59:59.999999999Z (out of"
                + " range)"),
        Arguments.of(
            TimestampNTZType.TIMESTAMP_NTZ,
            Instant.EPOCH,
            "expected timestamp_ntz, found Instant 1970-01-01T00:00:00Z"),
        Arguments.of(DateType.DATE, 3, "expected date, found Integer 3"),
        Arguments.of(
            DateType.DATE,
            LocalDate.MAX,
            "expected date, found LocalDate +999999999-12-31 (out of range)"),
        Arguments.of(ByteType.BYTE, 128, "expected byte, found Long 128 (out of range)"),
        Arguments.of(ShortType.SHORT, -32769, "expected short, found Long -32769 (out of range)"),
        Arguments.of(
            IntegerType.INTEGER,
            1L << 31,
            "expected integer, found Long 2147483648 (out of range)"),
        Arguments.of(
            LongType.LONG,
            BigInteger.TWO.pow(63),
            "expected long, found BigInteger 9223372036854775808 (out of range)"),
        Arguments.of(LongType.LONG, 1.0, "expected long, found Double 1.0"),
        Arguments.of(
            FloatType.FLOAT, 0.1, "expected float, found Double 0.1 (not exact as a float)"),
        Arguments.of(
            DoubleType.DOUBLE,
            Long.MAX_VALUE,
            "expected double, found Long 9223372036854775807 (not exact as a double)"),
        Arguments.of(
            new DecimalType(5, 2),
            new BigDecimal("1.234"),
            "expected decimal(5,2), found BigDecimal 1.234 (does not fit without rounding)"),
        Arguments.of(
            new DecimalType(5, 2),
            1000,
            "expected decimal(5,2), found BigDecimal 1000 (too many digits before the point)"),
        Arguments.of(
            new DecimalType(5, 2),
            new BigDecimal("1E+999999999"),
            "expected decimal(5,2), found BigDecimal 1E+999999999 (too many digits before the"
                + " point)"),
        Arguments.of(
            new DecimalType(5, 2),
            new BigDecimal("1E-999999999"),
            "expected decimal(5,2), found BigDecimal 1E-999999999 (does not fit without"
                + " rounding)"),
        Arguments.of(BooleanType.BOOLEAN, "true", "expected boolean, found String \"true\""),
        Arguments.of(StringType.STRING, 1, "expected string, found Integer 1"),
        Arguments.of(
            StringType.STRING,
            "?\ud83d",
            "expected string, found String \"?\ud83d\" (half a surrogate pair has no UTF-8 form)"),
        Arguments.of(
            BinaryType.BINARY,
            "x".repeat(100),
            "expected binary, found String \"" + "x".repeat(57) + "...\""),
        Arguments.of(
            new ArrayType(LongType.LONG, true), 1, "expected array<long>, found Integer 1"),
        Arguments.of(
            new MapType(StringType.STRING, LongType.LONG, true),
            List.of(1),
            "expected map<string,long>, found "),
        Arguments.of(
            new StructType().add("y", LongType.LONG),
            "s",
            "expected struct<y:long>, found String \"s\""));
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void badValueNamesRowColumnExpectedAndFound(DataType type, Object value, String message) {
    RowEncoder<Map<String, Object>> encoder = RowEncoder.forMaps(new StructType().add("x", type));
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(of("x", null), of("x", value))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("row 1, column 'x': " + message);
  }

  @Test
  void nestedProblemsCarryTheirPath() {
    StructType schema =
        new StructType()
            .add("events", new ArrayType(new StructType().add("ts", TimestampType.TIMESTAMP), true))
            .add("m", new MapType(StringType.STRING, LongType.LONG, false));
    RowEncoder<Map<String, Object>> encoder = RowEncoder.forMaps(schema);
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(of("events", List.of(of("ts", "abc"))))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 0, column 'events.element.ts': expected timestamp, found String \"abc\"");
    assertThatThrownBy(
            () -> Rows.encode(encoder, List.of(of("m", Collections.singletonMap("k", null)))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, column 'm.value': expected a value of type long, found null; the column is NOT"
                + " NULL");
    assertThatThrownBy(
            () -> Rows.encode(encoder, List.of(of("m", Collections.singletonMap(null, 1L)))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("row 0, column 'm.key': expected a value of type string");
  }

  @Test
  void namesIgnoreCaseAndUnknownNamesAreRefused() {
    StructType schema = new StructType().add("Id", LongType.LONG, false).add("v", LongType.LONG);
    RowEncoder<Map<String, Object>> encoder = RowEncoder.forMaps(schema);
    assertThat(Rows.through(encoder, RowDecoder.forMaps(), List.of(of("ID", 1), of("Id", 2))))
        .containsExactly(of("Id", 1L, "v", null), of("Id", 2L, "v", null));
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(of("id", 1, "w", 2, "q", 3))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "row 0, the table has no column 'q', 'w', which the row brings; call evolveSchema() to"
                + " add new columns, or leave them out of the rows");
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(of("id", 1, "ID", 2))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 0, column 'Id': the row has it twice, column names ignore case");
    assertThatThrownBy(() -> Rows.encode(encoder, List.of(of("v", 1))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("row 0, column 'Id': expected a value of type long, found null");
    assertThatThrownBy(() -> Rows.encode(encoder, Arrays.asList(of("id", 1), null)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("row 1 is null; leave it out");
  }

  @Test
  void timesFinerThanMicrosecondsAreFloored() {
    StructType schema =
        new StructType()
            .add("ts", TimestampType.TIMESTAMP)
            .add("ntz", TimestampNTZType.TIMESTAMP_NTZ);
    Map<String, Object> row =
        of(
            "ts",
            Instant.ofEpochSecond(-1, 999_999_999),
            "ntz",
            LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_999));
    assertThat(Rows.through(RowEncoder.forMaps(schema), RowDecoder.forMaps(), List.of(row)))
        .containsExactly(
            of(
                "ts",
                Instant.ofEpochSecond(-1, 999_999_000),
                "ntz",
                LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000)));
  }

  @Test
  void earliestAndLatestTimestampsSurvive() {
    StructType schema = new StructType().add("ts", TimestampType.TIMESTAMP);
    List<Map<String, Object>> rows =
        List.of(
            of("ts", CellReader.instant(Long.MIN_VALUE)),
            of("ts", CellReader.instant(Long.MAX_VALUE)),
            of("ts", Instant.ofEpochSecond(-1)));
    assertThat(Rows.through(RowEncoder.forMaps(schema), RowDecoder.forMaps(), rows))
        .isEqualTo(rows);
  }

  @Test
  void questionMarksAndSurrogatePairsSurvive() {
    StructType schema = new StructType().add("s", StringType.STRING);
    List<Map<String, Object>> rows = List.of(of("s", "what? \ud83d\ude00"));
    assertThat(Rows.through(RowEncoder.forMaps(schema), RowDecoder.forMaps(), rows))
        .isEqualTo(rows);
  }

  @Test
  void trailingZerosOfDecimalsAreNoLoss() {
    StructType schema = new StructType().add("d", new DecimalType(4, 1));
    List<Map<String, Object>> rows =
        List.of(
            of("d", new BigDecimal("1.2000")),
            of("d", BigInteger.TEN),
            of("d", new BigDecimal("0E-99")));
    assertThat(Rows.through(RowEncoder.forMaps(schema), RowDecoder.forMaps(), rows))
        .containsExactly(
            of("d", new BigDecimal("1.2")),
            of("d", new BigDecimal("10.0")),
            of("d", new BigDecimal("0.0")));
  }

  @Test
  void batchesAreBoundedByRowsAndBytes() {
    StructType schema = new StructType().add("s", StringType.STRING);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rows.add(new HashMap<>(Map.of("s", "x".repeat(1000))));
    }
    assertThat(sizes(schema, rows, 4, 1 << 20)).containsExactly(4, 4, 2);
    assertThat(sizes(schema, rows, 100, 2500)).containsExactly(3, 3, 3, 1);
    assertThat(sizes(schema, rows, 100, 1)).hasSize(10);
    try (BufferAllocator allocator = new RootAllocator()) {
      assertThatThrownBy(
              () ->
                  new BatchBuilder<>(RowEncoder.forMaps(schema), rows.iterator(), allocator, 0, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("maxRows and maxBytes must be at least 1: 0, 1");
    }
  }

  private static List<Integer> sizes(
      StructType schema, List<Map<String, Object>> rows, int maxRows, long maxBytes) {
    List<Integer> sizes = new ArrayList<>();
    try (BufferAllocator allocator = new RootAllocator()) {
      BatchBuilder<Map<String, Object>> batches =
          new BatchBuilder<>(
              RowEncoder.forMaps(schema), rows.iterator(), allocator, maxRows, maxBytes);
      while (batches.hasNext()) {
        try (VectorSchemaRoot batch = batches.next()) {
          sizes.add(batch.getRowCount());
        }
      }
    }
    return sizes;
  }
}
