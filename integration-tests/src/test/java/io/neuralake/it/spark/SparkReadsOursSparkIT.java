package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.it.canonical.TableContent;
import io.neuralake.it.standalone.StandaloneReader;
import io.neuralake.read.HistoryEntry;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever neuralake writes, Spark reads: the same rows as a list of values in Spark's own SQL, or
 * as neuralake itself sees, in each version; and Spark goes on with the table.
 */
@Tag("spark")
final class SparkReadsOursSparkIT {
  private static final StructType COLUMNS =
      new StructType()
          .add("id", LongType.LONG)
          .add("g", IntegerType.INTEGER)
          .add("name", StringType.STRING);

  private final SparkProcess spark = SparkProcess.shared();
  private final Agreement agreement = new Agreement(spark);
  private final StandaloneReader standalone = new StandaloneReader();
  private NeuralLake lake;
  private NeuralTable table;

  @TempDir Path folder;

  /** Rows as a record. */
  record Reading(long id, String name, Double score, Instant at) {}

  /** Rows as a POJO. */
  public static final class ReadingBean {
    private long id;
    private String name;
    private Double score;
    private Instant at;

    static ReadingBean of(long id, String name, Double score, Instant at) {
      ReadingBean bean = new ReadingBean();
      bean.setId(id);
      bean.setName(name);
      bean.setScore(score);
      bean.setAt(at);
      return bean;
    }

    public long getId() {
      return id;
    }

    public void setId(long id) {
      this.id = id;
    }

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    public Double getScore() {
      return score;
    }

    public void setScore(Double score) {
      this.score = score;
    }

    public Instant getAt() {
      return at;
    }

    public void setAt(Instant at) {
      this.at = at;
    }
  }

  @BeforeEach
  void open() {
    lake = NeuralLake.builder().background(Runnable::run).build();
    table = lake.table(folder.resolve("table"));
  }

  @AfterEach
  void close() {
    lake.close(); // fails if memory leaked
  }

  private String sqlName() {
    return sqlName(table);
  }

  private static String sqlName(NeuralTable table) {
    return "delta.`" + table.location() + "`";
  }

  private static List<Map<String, Object>> rows(long from, long to) {
    return LongStream.range(from, to)
        .mapToObj(i -> row("id", i, "g", (int) (i % 4), "name", "name-" + i))
        .toList();
  }

  private static Map<String, Object> row(Object... keysAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      row.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return row;
  }

  @Test
  void rowsOfEachKindArriveTheSame() throws Exception {
    Instant at = Instant.parse("2024-02-29T12:34:56.789012Z");
    NeuralTable records = lake.table(folder.resolve("records"));
    records.create(Reading.class).commit();
    records
        .append(List.of(new Reading(1, "ü", 0.1, at), new Reading(2, null, null, null)))
        .commit();

    NeuralTable beans = lake.table(folder.resolve("beans"));
    beans.create(ReadingBean.class).commit();
    beans
        .append(List.of(ReadingBean.of(1, "ü", 0.1, at), ReadingBean.of(2, null, null, null)))
        .commit();

    org.apache.avro.Schema avro =
        SchemaBuilder.record("Reading")
            .fields()
            .requiredLong("id")
            .optionalString("name")
            .optionalDouble("score")
            .name("at")
            .type(
                org.apache.avro.Schema.createUnion(
                    org.apache.avro.Schema.create(org.apache.avro.Schema.Type.NULL),
                    org.apache.avro.LogicalTypes.timestampMicros()
                        .addToSchema(
                            org.apache.avro.Schema.create(org.apache.avro.Schema.Type.LONG))))
            .withDefault(null)
            .endRecord();
    NeuralTable avros = lake.table(folder.resolve("avros"));
    avros.create(avro).commit();
    GenericRecord first =
        new GenericRecordBuilder(avro)
            .set("id", 1L)
            .set("name", "ü")
            .set("score", 0.1)
            .set("at", at.getEpochSecond() * 1_000_000 + at.getNano() / 1000)
            .build();
    avros.append(List.of(first, new GenericRecordBuilder(avro).set("id", 2L).build())).commit();

    NeuralTable maps = lake.table(folder.resolve("maps"));
    maps.create(records.schema()).commit();
    maps.append(List.of(row("id", 1L, "name", "ü", "score", 0.1, "at", at), row("id", 2L)))
        .commit();

    NeuralTable arrows = lake.table(folder.resolve("arrows"));
    NeuralTable batches = lake.table(folder.resolve("batches"));
    try (ArrowReader reader = records.scan().arrow()) {
      arrows.create(reader.getVectorSchemaRoot().getSchema()).commit();
      arrows.append(reader).commit();
    }
    try (ArrowReader reader = records.scan().arrow()) {
      batches.create(reader.getVectorSchemaRoot().getSchema()).commit();
      assertThat(reader.loadNextBatch()).isTrue();
      batches.append(reader.getVectorSchemaRoot()).commit();
    }

    TableContent expected =
        spark
            .sql(
                "SELECT * FROM VALUES (1L, 'ü', 0.1D, TIMESTAMP'2024-02-29 12:34:56.789012Z'),"
                    + " (2L, NULL, NULL, NULL) AS t(id, name, score, at)")
            .content();
    for (NeuralTable each : List.of(records, beans, avros, maps, arrows, batches)) {
      SparkAnswer seen = agreement.onLatest(each);
      // A bean's properties have no order.
      assertThat(spark.sql("SELECT id, name, score, at FROM " + sqlName(each)).content())
          .as(each.location())
          .isEqualTo(expected);
      assertThat(seen.schemaJson()).contains("\"name\":\"at\",\"type\":\"timestamp\"");
    }
  }

  /** One file per row, so that statistics decide about each row alone; then all in one file. */
  @Test
  void valuesOfAllTypesAreReadAndStatisticsHideNone() {
    StructType schema =
        new StructType()
            .add("id", IntegerType.INTEGER)
            .add("bool", BooleanType.BOOLEAN)
            .add("i8", ByteType.BYTE)
            .add("i16", ShortType.SHORT)
            .add("i64", LongType.LONG)
            .add("f32", FloatType.FLOAT)
            .add("f64", DoubleType.DOUBLE)
            .add("dec1", new DecimalType(1, 0))
            .add("dec9", new DecimalType(9, 2))
            .add("dec18", new DecimalType(18, 6))
            .add("dec38", new DecimalType(38, 18))
            .add("s", StringType.STRING)
            .add("bin", BinaryType.BINARY)
            .add("d", DateType.DATE)
            .add("ts", TimestampType.TIMESTAMP)
            .add("ntz", TimestampNTZType.TIMESTAMP_NTZ);
    String x = "x".repeat(40);
    List<List<Object>> values = new ArrayList<>();
    values.add(
        Arrays.asList(
            1,
            true,
            (byte) 127,
            (short) 32767,
            Long.MAX_VALUE,
            Float.NaN,
            Double.POSITIVE_INFINITY,
            new BigDecimal("9"),
            new BigDecimal("9999999.99"),
            new BigDecimal("999999999999.999999"),
            new BigDecimal("99999999999999999999.999999999999999999"),
            x + "b",
            new byte[] {0, -1},
            LocalDate.of(9999, 12, 31),
            Instant.parse("9999-12-31T23:59:59.999999Z"),
            LocalDateTime.parse("9999-12-31T23:59:59.999999")));
    values.add(
        Arrays.asList(
            2,
            false,
            (byte) -128,
            (short) -32768,
            Long.MIN_VALUE,
            -0.0f,
            Double.NEGATIVE_INFINITY,
            new BigDecimal("-9"),
            new BigDecimal("-9999999.99"),
            new BigDecimal("-999999999999.999999"),
            new BigDecimal("-99999999999999999999.999999999999999999"),
            "",
            new byte[0],
            LocalDate.of(1, 1, 1),
            Instant.parse("0001-01-01T00:00:00Z"),
            LocalDateTime.parse("0001-01-01T00:00:00")));
    values.add(
        Arrays.asList(
            3,
            false,
            (byte) 0,
            (short) 0,
            0L,
            1.5f,
            -0.0,
            new BigDecimal("0"),
            new BigDecimal("0.00"),
            new BigDecimal("0.000001"),
            new BigDecimal("0.000000000000000001"),
            "é😀" + x,
            new byte[] {1},
            LocalDate.of(1969, 12, 31),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            LocalDateTime.parse("1969-12-31T23:59:59.999999")));
    values.add(
        Arrays.asList(
            4,
            true,
            (byte) 1,
            (short) 1,
            1L,
            0.1f,
            Double.NaN,
            new BigDecimal("1"),
            new BigDecimal("1.50"),
            new BigDecimal("-0.000001"),
            new BigDecimal("-0.000000000000000001"),
            "\uFFFD".repeat(33),
            "text".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            LocalDate.of(1582, 10, 15),
            Instant.parse("2024-02-29T12:34:56.789999Z"),
            LocalDateTime.parse("2024-02-29T12:34:56.789001")));
    values.add(new ArrayList<>(java.util.Collections.nCopies(16, null)));
    values.get(4).set(0, 5);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (List<Object> row : values) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < schema.length(); i++) {
        map.put(schema.at(i).getName(), row.get(i));
      }
      rows.add(map);
    }

    table.create(schema).commit();
    rows.forEach(row -> table.append(List.of(row)).commit());
    NeuralTable together = lake.table(folder.resolve("together"));
    together.create(schema).commit();
    together.append(rows).commit();

    TableContent expected = spark.sql("SELECT * FROM VALUES " + ALL_TYPES).content();
    assertThat(agreement.onLatest(table).content()).isEqualTo(expected);
    assertThat(agreement.onLatest(together).content()).isEqualTo(expected);
    // The same values in no table at all: nothing can be left out.
    SparkAnswer selected = idsByPredicate("(SELECT * FROM VALUES " + ALL_TYPES + ")");
    assertThat(idsByPredicate(sqlName()).content()).isEqualTo(selected.content());
    List<JsonNode> selectedIds = Agreement.json(selected);
    for (int i = 0; i < PREDICATES.size(); i++) {
      int predicate = i;
      assertThat(table.scan().where(PREDICATES.get(i)).count())
          .as(PREDICATES.get(i))
          .isEqualTo(selectedIds.stream().filter(id -> id.get("p").asInt() == predicate).count());
    }
  }

  private static final String ALL_TYPES =
      "(1, true, 127Y, 32767S, 9223372036854775807L, CAST('NaN' AS FLOAT),"
          + " CAST('Infinity' AS DOUBLE), CAST(9 AS DECIMAL(1,0)),"
          + " CAST(9999999.99 AS DECIMAL(9,2)), CAST(999999999999.999999 AS DECIMAL(18,6)),"
          + " CAST(99999999999999999999.999999999999999999 AS DECIMAL(38,18)),"
          + " concat(repeat('x', 40), 'b'), X'00FF', DATE'9999-12-31',"
          + " TIMESTAMP'9999-12-31 23:59:59.999999', TIMESTAMP_NTZ'9999-12-31 23:59:59.999999'),"
          + " (2, false, -128Y, -32768S, -9223372036854775808L, CAST('-0.0' AS FLOAT),"
          + " CAST('-Infinity' AS DOUBLE), CAST(-9 AS DECIMAL(1,0)),"
          + " CAST(-9999999.99 AS DECIMAL(9,2)), CAST(-999999999999.999999 AS DECIMAL(18,6)),"
          + " CAST(-99999999999999999999.999999999999999999 AS DECIMAL(38,18)), '', X'',"
          + " DATE'0001-01-01', TIMESTAMP'0001-01-01 00:00:00',"
          + " TIMESTAMP_NTZ'0001-01-01 00:00:00'),"
          + " (3, false, 0Y, 0S, 0L, CAST(1.5 AS FLOAT), CAST('-0.0' AS DOUBLE),"
          + " CAST(0 AS DECIMAL(1,0)), CAST(0 AS DECIMAL(9,2)), CAST(0.000001 AS DECIMAL(18,6)),"
          + " CAST(0.000000000000000001 AS DECIMAL(38,18)), concat('é😀', repeat('x', 40)), X'01',"
          + " DATE'1969-12-31', TIMESTAMP'1969-12-31 23:59:59.999999',"
          + " TIMESTAMP_NTZ'1969-12-31 23:59:59.999999'),"
          + " (4, true, 1Y, 1S, 1L, CAST(0.1 AS FLOAT), CAST('NaN' AS DOUBLE),"
          + " CAST(1 AS DECIMAL(1,0)), CAST(1.5 AS DECIMAL(9,2)),"
          + " CAST(-0.000001 AS DECIMAL(18,6)), CAST(-0.000000000000000001 AS DECIMAL(38,18)),"
          + " repeat('\uFFFD', 33), CAST('text' AS BINARY), DATE'1582-10-15',"
          + " TIMESTAMP'2024-02-29 12:34:56.789999', TIMESTAMP_NTZ'2024-02-29 12:34:56.789001'),"
          + " (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,"
          + " NULL, NULL) AS t(id, bool, i8, i16, i64, f32, f64, dec1, dec9, dec18, dec38, s, bin,"
          + " d, ts, ntz)";

  private static final List<String> PREDICATES =
      List.of(
          "NOT bool",
          "i8 = 127",
          "i16 = -32768",
          "i64 = 9223372036854775807",
          "f32 = 0",
          "f32 > 1",
          "f64 = 0",
          "f64 >= CAST('NaN' AS DOUBLE)",
          "f64 < -1e300",
          "dec1 = 9",
          "dec18 = 0.000001",
          "dec38 = 99999999999999999999.999999999999999999",
          "dec38 > 0 AND dec38 < 1",
          "s = ''",
          "s = 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxb'",
          "s > 'é'",
          "s IS NULL",
          "d <= DATE'0001-01-01'",
          "ts >= TIMESTAMP'9999-12-31 23:59:59.999999'",
          "ts = TIMESTAMP'1969-12-31 23:59:59.999999'",
          "ts > TIMESTAMP'2024-02-29 12:34:56.789998'",
          "ntz = TIMESTAMP_NTZ'9999-12-31 23:59:59.999999'",
          "ntz = TIMESTAMP_NTZ'1969-12-31 23:59:59.999999'",
          "ntz = TIMESTAMP_NTZ'2024-02-29 12:34:56.789001'");

  /** The ids that each predicate selects. */
  private SparkAnswer idsByPredicate(String from) {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < PREDICATES.size(); i++) {
      queries.add("SELECT " + i + " AS p, id FROM " + from + " WHERE " + PREDICATES.get(i));
    }
    return spark.sql(String.join(" UNION ALL ", queries));
  }

  @Test
  void nestedValuesAreRead() {
    StructType point =
        new StructType().add("x", IntegerType.INTEGER).add("y", StringType.STRING, true);
    StructType schema =
        new StructType()
            .add("id", IntegerType.INTEGER, false)
            .add(
                "s",
                new StructType()
                    .add("a", IntegerType.INTEGER)
                    .add("t", new StructType().add("c", new ArrayType(LongType.LONG, true))))
            .add("l", new ArrayType(point, true))
            .add("ll", new ArrayType(new ArrayType(DoubleType.DOUBLE, true), true))
            .add("m", new MapType(StringType.STRING, new DecimalType(20, 2), true))
            .add("ml", new MapType(IntegerType.INTEGER, new ArrayType(point, true), true));
    table.create(schema).commit();
    table
        .append(
            List.of(
                row(
                    "id", 1,
                    "s", row("a", 1, "t", row("c", Arrays.asList(1L, null, 3L))),
                    "l", Arrays.asList(row("x", 1, "y", "p"), null, row("x", null, "y", null)),
                    "ll", Arrays.asList(List.of(1.0), null, List.of(), Arrays.asList(2.0, null)),
                    "m", row("k", new BigDecimal("1.25"), "n", null),
                    "ml", Map.of(1, List.of(row("x", 7, "y", "q")), 2, List.of())),
                row("id", 2),
                row(
                    "id", 3,
                    "s", row("a", null, "t", null),
                    "l", List.of(),
                    "ll", List.of(),
                    "m", Map.of(),
                    "ml", Map.of())))
        .commit();

    SparkAnswer seen = agreement.onLatest(table);

    assertThat(seen.content().rows())
        .containsExactly(
            "{\"id\":1,\"s\":{\"a\":1,\"t\":{\"c\":[1,null,3]}},"
                + "\"l\":[{\"x\":1,\"y\":\"p\"},null,{\"x\":null,\"y\":null}],"
                + "\"ll\":[[\"1.0\"],null,[],[\"2.0\",null]],"
                + "\"m\":[[\"k\",\"1.25\"],[\"n\",null]],"
                + "\"ml\":[[1,[{\"x\":7,\"y\":\"q\"}]],[2,[]]]}",
            "{\"id\":2,\"s\":null,\"l\":null,\"ll\":null,\"m\":null,\"ml\":null}",
            "{\"id\":3,\"s\":{\"a\":null,\"t\":null},\"l\":[],\"ll\":[],\"m\":[],\"ml\":[]}");
    assertThat(
            spark
                .sql("SELECT id FROM " + sqlName() + " WHERE s.a = 1 OR s.t IS NULL")
                .content()
                .count())
        .isEqualTo(3);
    assertThat(standalone.schemaJson(folder.resolve("table"))).isEqualTo(seen.schemaJson());
  }

  @Test
  void oddPartitionValuesAreRead() {
    StructType schema =
        new StructType()
            .add("id", IntegerType.INTEGER)
            .add("s", StringType.STRING)
            .add("d", DateType.DATE)
            .add("t", TimestampType.TIMESTAMP)
            .add("n", new DecimalType(10, 2))
            .add("ntz", TimestampNTZType.TIMESTAMP_NTZ)
            .add("i8", ByteType.BYTE)
            .add("f64", DoubleType.DOUBLE)
            .add("bool", BooleanType.BOOLEAN);
    table.create(schema).partitionedBy("s", "d", "t", "n", "ntz", "i8", "f64", "bool").commit();
    List<String> texts =
        List.of(
            "a b",
            "x=y/z%20#?&+:",
            "Grüße-漢字-😀",
            "it's \"quoted\"",
            "tab\there",
            "a%2Fb",
            "..",
            "back\\slash{}[]^|<>*",
            " ",
            "__HIVE_DEFAULT_PARTITION__x",
            "null",
            "line\nbreak");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      rows.add(
          row(
              "id", i,
              "s", texts.get(i),
              "d", LocalDate.of(2024, 2, 28).plusDays(i),
              "t", Instant.parse("2024-02-29T12:34:56.789012Z").plusSeconds(i),
              "n", new BigDecimal("-1.50").add(BigDecimal.valueOf(i)),
              "ntz", LocalDateTime.parse("1969-12-31T23:59:59.5").plusMonths(i),
              "i8", (byte) (i - 6),
              "f64", i / 10.0,
              "bool", i % 2 == 0));
    }
    rows.add(row("id", 100));
    rows.add(
        row(
            "id",
            101,
            "s",
            "edge",
            "d",
            LocalDate.of(1, 1, 1),
            "t",
            Instant.parse("9999-12-31T23:59:59.999999Z"),
            "n",
            new BigDecimal("99999999.99"),
            "ntz",
            LocalDateTime.parse("0001-01-01T00:00:00"),
            "i8",
            (byte) -128,
            "f64",
            Double.NaN,
            "bool",
            true));
    rows.add(row("id", 102, "f64", -0.0, "t", Instant.parse("1582-10-15T00:00:00Z")));
    table.append(rows).commit();

    SparkAnswer seen = agreement.onLatest(table);

    List<JsonNode> lines = Agreement.json(seen);
    assertThat(lines).hasSize(texts.size() + 3);
    for (JsonNode line : lines) {
      int id = line.get("id").asInt();
      if (id < texts.size()) {
        assertThat(line.get("s").asText()).isEqualTo(texts.get(id));
        assertThat(line.get("t").asText())
            .isEqualTo(
                "2024-02-29T12:3"
                    + (id < 4 ? "4:5" + (6 + id) : "5:0" + (id - 4) % 10)
                    + ".789012Z");
      }
    }
    assertThat(
            spark
                .sql(
                    "SELECT id FROM "
                        + sqlName()
                        + " WHERE t = TIMESTAMP'2024-02-29 12:34:57.789012Z' AND n = -0.50 AND"
                        + " s = 'x=y/z%20#?&+:'")
                .content()
                .rows())
        .containsExactly("{\"id\":1}");
    assertThat(spark.sql("SELECT id FROM " + sqlName() + " WHERE s IS NULL").content().count())
        .isEqualTo(2);
  }

  @Test
  void emptyStringAsPartitionValueIsNullAsForSpark() {
    table.create(COLUMNS).partitionedBy("name").commit();
    table.append(List.of(row("id", 1L, "name", ""), row("id", 2L))).commit();

    assertThat(agreement.onLatest(table).content().rows())
        .containsExactly(
            "{\"id\":1,\"g\":null,\"name\":null}", "{\"id\":2,\"g\":null,\"name\":null}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "name", "id"})
  void eachVersionOfAGrowingTableIsRead(String mapping) {
    table
        .create(
            new StructType()
                .add("id", IntegerType.INTEGER, false)
                .add("g", IntegerType.INTEGER)
                .add("pos", new StructType().add("x", FloatType.FLOAT)))
        .partitionedBy("g")
        .property("delta.columnMapping.mode", mapping)
        .property("delta.enableTypeWidening", "true")
        .comment("grows")
        .commit();
    table.append(List.of(row("id", 1, "g", 1, "pos", row("x", 1.5f)))).commit();
    table
        .append(List.of(new Wider(2, 1, new Position(2.5f, "two"), "new")))
        .evolveSchema()
        .commit();
    table.alter().dropNotNull("id").comment("id", "the key").commit();
    table.alter().widenType("id", LongType.LONG).widenType("pos.x", DoubleType.DOUBLE).commit();
    table.alter().addColumn("more", new ArrayType(StringType.STRING, true), "of them").commit();
    table
        .append(
            List.of(
                row("id", 5_000_000_000L, "g", null, "pos", row("x", 0.1), "more", List.of("a"))))
        .commit();
    if (!mapping.equals("none")) {
      table.alter().renameColumn("note", "odd name, (x)").renameColumn("pos.x", "y").commit();
      table.alter().renameColumn("g", "the group").dropColumn("more").commit();
      table.append(List.of(row("id", 7L, "the group", 3, "odd name, (x)", "!"))).commit();
    }
    table.overwrite(rows(0, 3).stream().map(r -> row("id", r.get("id"))).toList()).commit();
    if (mapping.equals("none")) {
      table.overwrite(List.of(new Other(9, "nine"))).overwriteSchema().commit();
      table.append(List.of(new Other(10, "ten"))).commit();
    }
    table.create(COLUMNS).partitionedBy("name").orReplace().commit();
    table.append(rows(0, 5)).userMetadata("last").commit();

    agreement.onAllVersions(table);
    List<HistoryEntry> history = agreement.onHistory(table);
    assertThat(history.get(0).metrics()).containsEntry("numOutputRows", "5");
    assertThat(history.get(0).userMetadata()).contains("last");
    assertThat(history.get(0).parameters()).containsEntry("partitionBy", "[\"name\"]");
    assertThat(history.get(1).operation()).isEqualTo("REPLACE TABLE");
    sparkGoesOn(table);
  }

  record Position(float x, String label) {}

  record Wider(int id, Integer g, Position pos, String note) {}

  record Other(int g, String other) {}

  /** Spark writes in each way that it knows, and neuralake sees the result. */
  private void sparkGoesOn(NeuralTable table) {
    long before = table.count();
    String name = sqlName(table);
    spark.sql("INSERT INTO " + name + " SELECT * FROM " + name);
    spark.sql("UPDATE " + name + " SET id = 77 WHERE id = 1");
    spark.sql("DELETE FROM " + name + " WHERE id = 0");
    spark.sql("OPTIMIZE " + name);
    spark.sql("VACUUM " + name + " DRY RUN");

    assertThat(table.count()).isEqualTo(2 * before - 2);
    assertThat(table.scan().where("id = 77").count()).isEqualTo(2);
    agreement.onLatest(table);
    table.append(rows(1000, 1002)).commit();
    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2 * before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delta.enableDeletionVectors=true,delta.checkpointPolicy=v2",
        "delta.enableChangeDataFeed=true,delta.enableInCommitTimestamps=true",
        "delta.enableRowTracking=true,delta.checkpoint.writeStatsAsStruct=true,"
            + "delta.dataSkippingNumIndexedCols=1,delta.isolationLevel=Serializable",
      })
  void tableWithPropertiesIsReadAndWrittenBySpark(String properties) {
    Map<String, String> asked = new LinkedHashMap<>();
    for (String property : properties.split(",")) {
      asked.put(property.split("=")[0], property.split("=")[1]);
    }
    table.create(COLUMNS).properties(asked).property("delta.checkpointInterval", "2").commit();
    table.append(rows(0, 3)).commit();
    table.append(rows(3, 6)).commit();
    table.overwrite(rows(0, 4)).commit();
    table.append(rows(4, 8)).commit();

    agreement.onAllVersions(table);
    agreement.onHistory(table);
    sparkGoesOn(table);
  }

  @Test
  void checkpointsAndChecksumsAreReadBySpark() throws Exception {
    table
        .create(COLUMNS)
        .partitionedBy("g")
        .property("delta.checkpointInterval", "2")
        .property("team", "β")
        .commit();
    for (int i = 0; i < 4; i++) {
      table.append(rows(i * 5, i * 5 + 5)).commit();
    }
    table.append(rows(100, 101)).commit();
    Path log = folder.resolve("table/_delta_log");
    assertThat(log.resolve("00000000000000000004.checkpoint.parquet")).exists();
    assertThat(log.resolve("00000000000000000004.crc")).exists();
    for (int version = 0; version <= 3; version++) {
      Files.delete(log.resolve("0000000000000000000" + version + ".json"));
    }

    SparkAnswer seen = agreement.onLatest(table);

    assertThat(seen.content().count()).isEqualTo(21);
    assertThat(spark.readVersion(table.location(), 4).content())
        .isEqualTo(ScanContent.of(table.asOf(4).scan()));
    assertThat(standalone.read(folder.resolve("table"))).isEqualTo(seen.content());
    JsonNode detail = Agreement.json(spark.detail(table.location())).get(0);
    assertThat(Agreement.pairs(detail.get("properties"))).containsEntry("team", "β");
    assertThat(detail.get("numFiles").asLong()).isEqualTo(table.detail().files());
    sparkGoesOn(table);
  }

  @Test
  void changesThatNeuralakeMadeAreInTheChangeFeed() {
    table.create(COLUMNS).property("delta.enableChangeDataFeed", "true").commit();
    table.append(rows(0, 3)).commit();
    table.overwrite(rows(5, 6)).commit();

    List<JsonNode> changes = Agreement.json(spark.readChanges(table.location(), 0, 2));

    assertThat(changes)
        .extracting(
            c ->
                c.get("_commit_version").asInt()
                    + c.get("_change_type").asText()
                    + c.get("id").asInt())
        .containsExactlyInAnyOrder(
            "1insert0", "1insert1", "1insert2", "2delete0", "2delete1", "2delete2", "2insert5");
  }

  @Test
  void rowIdsAreUniqueAcrossEngines() {
    table.create(COLUMNS).property("delta.enableRowTracking", "true").commit();
    table.append(rows(0, 3)).commit();
    table.append(rows(3, 5)).commit();
    spark.sql("INSERT INTO " + sqlName() + " VALUES (5, 1, 'by Spark'), (6, 1, 'by Spark')");
    table.append(rows(7, 9)).commit();

    List<JsonNode> rows =
        Agreement.json(
            spark.sql(
                "SELECT id, _metadata.row_id AS r, _metadata.row_commit_version AS v FROM "
                    + sqlName()));

    assertThat(rows).extracting(r -> r.get("r").asLong()).doesNotHaveDuplicates().hasSize(9);
    assertThat(rows)
        .filteredOn(r -> r.get("id").asLong() < 5)
        .allMatch(r -> r.get("r").asLong() == r.get("id").asLong());
    assertThat(rows)
        .filteredOn(r -> r.get("id").asLong() >= 7)
        .allMatch(r -> r.get("v").asLong() == 4);
  }

  @Test
  void constraintsOfSparkHoldForOurRows() {
    table.create(COLUMNS).commit();
    spark.sql("ALTER TABLE " + sqlName() + " ADD CONSTRAINT positive CHECK (id > 0 AND g < 9)");

    assertThatThrownBy(() -> table.append(rows(0, 3)).commit())
        .isInstanceOf(CommitConflictException.class)
        .hasMessageContaining("its constraints have changed");
    assertThatThrownBy(() -> table.append(rows(0, 3)).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 0")
        .hasMessageContaining("positive");
    table.append(rows(1, 3)).commit();

    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2);
    assertThatThrownBy(() -> spark.sql("INSERT INTO " + sqlName() + " VALUES (-1, 1, 'x')"))
        .hasMessageContaining("positive");
  }

  @Test
  void notNullAndAppendOnlyBindSpark() {
    table
        .create(new StructType().add("id", LongType.LONG, false).add("name", StringType.STRING))
        .property("delta.appendOnly", "true")
        .commit();
    table.append(List.of(row("id", 1L, "name", "a"))).commit();

    assertThatThrownBy(() -> spark.sql("INSERT INTO " + sqlName() + " VALUES (NULL, 'x')"))
        .hasMessageContaining("NOT_NULL");
    assertThatThrownBy(() -> spark.sql("DELETE FROM " + sqlName()))
        .hasMessageContaining("DELTA_CANNOT_MODIFY_APPEND_ONLY");
    spark.sql("INSERT INTO " + sqlName() + " VALUES (2, 'b')");
    assertThatThrownBy(() -> table.overwrite(List.of(row("id", 1L))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("delta.appendOnly");
    assertThat(agreement.onLatest(table).content().count()).isEqualTo(2);
  }

  @Test
  void rolledFilesAreRead() {
    table.create(COLUMNS).property("delta.targetFileSize", "20kb").commit();
    table
        .append(
            IntStream.range(0, 40_000)
                .mapToObj(i -> row("id", (long) i, "g", i % 7, "name", "name-" + i * 7919L)))
        .commit();

    SparkAnswer seen = agreement.onLatest(table);

    assertThat(table.detail().files()).isGreaterThan(3);
    assertThat(seen.content().count()).isEqualTo(40_000);
    assertThat(
            spark.sql("SELECT sum(id) AS s, count(DISTINCT name) AS n FROM " + sqlName()).content())
        .isEqualTo(TableContent.of(List.of("{\"s\":799980000,\"n\":40000}")));
  }

  @Test
  void eachCodecIsRead() {
    table.create(COLUMNS).commit();
    for (String codec : List.of("none", "snappy", "gzip", "zstd", "lz4_raw")) {
      table.alter().setProperty("delta.parquet.compression.codec", codec).commit();
      table.append(rows(0, 100)).commit();
    }

    assertThat(agreement.onLatest(table).content().count()).isEqualTo(500);
  }

  /** What Delta Standalone can decode, see {@link StandaloneReader}. */
  @Test
  void standaloneReadsThemToo() {
    StructType schema =
        new StructType()
            .add("id", LongType.LONG)
            .add("b", BooleanType.BOOLEAN)
            .add("i8", ByteType.BYTE)
            .add("f32", FloatType.FLOAT)
            .add("dec38", new DecimalType(38, 18))
            .add("s", StringType.STRING)
            .add("bin", BinaryType.BINARY)
            .add("d", DateType.DATE)
            .add("st", new StructType().add("x", IntegerType.INTEGER))
            .add("l", new ArrayType(StringType.STRING, true))
            .add("m", new MapType(StringType.STRING, LongType.LONG, true));
    table.create(schema).partitionedBy("s").commit();
    table
        .append(
            List.of(
                row(
                    "id",
                    1L,
                    "b",
                    true,
                    "i8",
                    (byte) -1,
                    "f32",
                    Float.NaN,
                    "dec38",
                    new BigDecimal("-1.5"),
                    "s",
                    "a b/%",
                    "bin",
                    new byte[] {1, -1},
                    "d",
                    LocalDate.of(2024, 2, 29),
                    "st",
                    row("x", 1),
                    "l",
                    List.of("p", "q"),
                    "m",
                    Map.of("k", 5L)),
                row("id", 2L)))
        .commit();
    table.append(List.of(row("id", 3L, "l", List.of(), "m", Map.of(), "s", "ü"))).commit();

    SparkAnswer seen = agreement.onLatest(table);

    Path path = folder.resolve("table");
    assertThat(standalone.read(path)).isEqualTo(seen.content());
    assertThat(standalone.readVersion(path, 1))
        .isEqualTo(spark.readVersion(path.toString(), 1).content());
    assertThat(standalone.latestVersion(path)).isEqualTo(2);
    assertThat(standalone.schemaJson(path)).isEqualTo(seen.schemaJson());
  }
}
