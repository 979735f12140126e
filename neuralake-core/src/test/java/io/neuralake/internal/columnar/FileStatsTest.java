package io.neuralake.internal.columnar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.store.InMemoryFileStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileStatsTest {

  private static FileStats stats(StructType schema, List<List<Object>> rows) throws IOException {
    try (RootAllocator allocator = new RootAllocator();
        VectorSchemaRoot batch = ArrowRows.root(schema, rows, allocator)) {
      ParquetBatchWriter writer =
          new ParquetBatchWriter(
              new InMemoryFileStore().create("mem://f"),
              WriteSpec.of(schema, ColumnMapping.Mode.NONE));
      writer.write(batch);
      return writer.close().stats();
    }
  }

  private static FileStats.Column column(DataType type, Object... values) throws IOException {
    StructType schema = new StructType().add("c", type, true);
    List<List<Object>> rows = Arrays.stream(values).map(Arrays::asList).toList();
    return stats(schema, rows).columns().get(List.of("c"));
  }

  @Property(tries = 100)
  void boundsHoldForEveryValueAlsoAfterJson(
      @ForAll long seed, @ForAll @IntRange(max = 60) int count) throws IOException {
    StructType schema = RandomRows.allPrimitives();
    List<List<Object>> rows = new RandomRows(seed).rows(schema, count);
    FileStats stats = stats(schema, rows);
    FileStats parsed = FileStatsJson.parse(FileStatsJson.format(stats), schema);
    assertThat(parsed).isNotNull();
    for (FileStats checked : List.of(stats, parsed)) {
      assertThat(checked.numRecords()).isEqualTo(count);
      for (int c = 0; c < schema.length(); c++) {
        FileStats.Column column = checked.columns().get(List.of("c" + c));
        long nulls = 0;
        for (List<Object> row : rows) {
          Object value = row.get(c);
          nulls += value == null ? 1 : 0;
          if (value != null && column.min() != null) {
            assertThat(compare(column.min(), value)).isNotPositive();
          }
          if (value != null && column.max() != null) {
            assertThat(compare(column.max(), value)).isNotNegative();
          }
        }
        assertThat(column.nullCount()).isEqualTo(nulls);
      }
    }
  }

  private static int compare(Object bound, Object value) {
    if (bound instanceof String text) {
      return Arrays.compareUnsigned(
          text.getBytes(StandardCharsets.UTF_8), ((String) value).getBytes(StandardCharsets.UTF_8));
    } else if (bound instanceof BigDecimal decimal) {
      return decimal.compareTo((BigDecimal) value);
    } else if (bound instanceof Float number) {
      return Float.compare(number, (Float) value);
    } else if (bound instanceof Double number) {
      return Double.compare(number, (Double) value);
    } else if (bound instanceof LocalDate date) {
      return Long.compare(date.toEpochDay(), (Long) value);
    } else if (bound instanceof Instant instant) {
      return instant.compareTo(Timestamps.instant((Long) value));
    } else if (bound instanceof LocalDateTime dateTime) {
      return dateTime.compareTo(Timestamps.dateTime((Long) value));
    }
    return Long.compare(((Number) bound).longValue(), (Long) value);
  }

  @Test
  void longStringsAreCutWithAnUpperBoundAbove() throws IOException {
    String a32 = "a".repeat(32);
    assertThat(column(StringType.STRING, a32 + "b").min()).isEqualTo(a32);
    assertThat(column(StringType.STRING, a32 + "b").max()).isEqualTo(a32 + "\u007f");
    assertThat(column(StringType.STRING, a32).max()).isEqualTo(a32);
    String top = Character.toString(Character.MAX_CODE_POINT);
    assertThat(column(StringType.STRING, a32 + "\u00e4").max()).isEqualTo(a32 + top);
    String smiley = Character.toString(0x1F600);
    assertThat(column(StringType.STRING, smiley.repeat(33)).min()).isEqualTo(smiley.repeat(32));
    assertThat(column(StringType.STRING, a32 + top + "x").max()).isEqualTo(a32 + top + "\u007f");
    assertThat(column(StringType.STRING, a32 + top).max()).isEqualTo(a32 + top);
  }

  @Test
  void floatingPointBoundsFollowParquetsRules() throws IOException {
    assertThat(column(DoubleType.DOUBLE, 1.0, Double.NaN))
        .isEqualTo(new FileStats.Column(null, null, 0L));
    assertThat(column(DoubleType.DOUBLE, 0.0, -0.0)).isEqualTo(new FileStats.Column(-0.0, 0.0, 0L));
    assertThat(column(FloatType.FLOAT, 1.5f, null, -2f))
        .isEqualTo(new FileStats.Column(-2f, 1.5f, 1L));
    assertThat(column(FloatType.FLOAT, (Object) null))
        .isEqualTo(new FileStats.Column(null, null, 1L));
  }

  @Test
  void timestampBoundsAreWholeMilliseconds() throws IOException {
    FileStats.Column column = column(TimestampType.TIMESTAMP, -1L, 1001L);
    assertThat(column.min()).isEqualTo(Instant.ofEpochMilli(-1));
    assertThat(column.max()).isEqualTo(Instant.ofEpochMilli(2));
    column = column(TimestampNTZType.TIMESTAMP_NTZ, -1000L, 2000L);
    assertThat(column.min())
        .isEqualTo(LocalDateTime.ofEpochSecond(-1, 999_000_000, ZoneOffset.UTC));
    assertThat(column.max()).isEqualTo(LocalDateTime.ofEpochSecond(0, 2_000_000, ZoneOffset.UTC));
  }

  @Test
  void jsonIsWhatSparkWrites() throws IOException {
    StructType schema =
        new StructType()
            .add("i", IntegerType.INTEGER)
            .add("s", new StructType().add("d", DateType.DATE).add("n", new DecimalType(20, 10)))
            .add("t", TimestampType.TIMESTAMP)
            .add("l", TimestampNTZType.TIMESTAMP_NTZ)
            .add("a", new ArrayType(LongType.LONG, true));
    List<Object> row =
        Arrays.asList(
            7L, List.of(0L, new BigDecimal("0.0000000100")), 1_000_000L, 1_500_000L, null);
    String json = FileStatsJson.format(stats(schema, List.of(row)));
    String bounds =
        "{'i':7,'s':{'d':'1970-01-01','n':0.0000000100},"
            + "'t':'1970-01-01T00:00:01.000Z','l':'1970-01-01T00:00:01.500'}";
    String expected =
        ("{'numRecords':1,'minValues':"
                + bounds
                + ",'maxValues':"
                + bounds
                + ",'nullCount':{'i':0,'s':{'d':0,'n':0},'t':0,'l':0,'a':1},'tightBounds':true}")
            .replace('\'', '"');
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(json)).isEqualTo(mapper.readTree(expected));
    assertThat(json).contains("0.0000000100");
  }

  @Test
  void foreignJsonIsReadAsFarAsItMakesSense() {
    StructType schema =
        new StructType()
            .add("i", IntegerType.INTEGER)
            .add("n", new DecimalType(38, 2))
            .add("t", TimestampType.TIMESTAMP)
            .add("s", new StructType().add("x", LongType.LONG).add("y", StringType.STRING))
            .add("d", DoubleType.DOUBLE);
    String json =
        ("{'numRecords':3,'tightBounds':false,'other':[1],"
                + "'minValues':{'i':99999999999,'n':123456789012345678901234567890123456.78,"
                + "'t':'2024-01-01T00:00:00.123+02:00','s':{'x':'no','y':'a'},'d':1e999},"
                + "'maxValues':{'i':1.5,'t':'2024-01-01T00:00:00.123Z','s':7,'zz':1,'d':'NaN'},"
                + "'nullCount':{'i':-1,'n':2,'s':{'x':1e3}}}")
            .replace('\'', '"');
    FileStats stats = FileStatsJson.parse(json, schema);
    assertThat(stats)
        .isEqualTo(
            new FileStats(
                3,
                false,
                Map.of(
                    List.of("n"),
                    new FileStats.Column(
                        new BigDecimal("123456789012345678901234567890123456.78"), null, 2L),
                    List.of("t"),
                    new FileStats.Column(
                        Instant.parse("2023-12-31T22:00:00.123Z"),
                        Instant.parse("2024-01-01T00:00:00.123999Z"),
                        null),
                    List.of("s", "y"),
                    new FileStats.Column("a", null, null))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        "{\"numRecords\":-1}",
        "{\"numRecords\":1.5}",
        "{\"numRecords\":99999999999999999999}",
        "{\"numRecords\":1,\"x\":1e9999999999}"
      })
  void whatIsNoStatisticsIsNone(String json) {
    StructType schema = new StructType().add("x", new DecimalType(10, 0));
    FileStats parsed = FileStatsJson.parse(json, schema);
    assertThat(parsed == null || parsed.columns().isEmpty()).isTrue();
    assertThat(FileStatsJson.parse(null, schema)).isNull();
    assertThat(FileStatsJson.parse("[".repeat(100_000), schema)).isNull();
  }

  @Test
  void columnsWithStatisticsAreTheFirstOrTheNamedOnes() {
    StructType schema =
        new StructType()
            .add("a", LongType.LONG)
            .add("s", new StructType().add("x", LongType.LONG).add("y", LongType.LONG))
            .add("m", new ArrayType(LongType.LONG, true))
            .add("z", LongType.LONG);
    ColumnMapping.Mode none = ColumnMapping.Mode.NONE;
    assertThat(StatsColumns.first(schema, none, 3))
        .containsExactly(List.of("a"), List.of("s", "x"), List.of("s", "y"));
    assertThat(StatsColumns.first(schema, none, 0)).isEmpty();
    assertThat(StatsColumns.first(schema, none, -1)).hasSize(5);
    assertThat(StatsColumns.named(schema, none, List.of(List.of("S"), List.of("z"), List.of("q"))))
        .containsExactly(List.of("s", "x"), List.of("s", "y"), List.of("z"));
  }
}
