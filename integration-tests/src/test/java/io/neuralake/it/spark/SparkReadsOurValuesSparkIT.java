package io.neuralake.it.spark;

import static io.neuralake.it.spark.SampleRows.COLUMNS;
import static io.neuralake.it.spark.SampleRows.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.TableContent;
import io.neuralake.it.standalone.StandaloneReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that neuralake writes are the same for Spark, whether it reads or filters: compared with a
 * list of values in Spark's own SQL.
 */
@SparkTest
final class SparkReadsOurValuesSparkIT {
  private static final Instant AT = Instant.parse("2024-02-29T12:34:56.789012Z");

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
    lake = NeuralLake.builder().build();
    table = lake.table(folder.resolve("table"));
  }

  @AfterEach
  void close() {
    lake.close(); // fails if memory leaked
  }

  @Test
  void rowsOfEachKindArriveTheSame() throws IOException {
    NeuralTable records = lake.table(folder.resolve("records"));
    records.create(Reading.class).commit();
    records
        .append(List.of(new Reading(1, "ü", 0.1, AT), new Reading(2, null, null, null)))
        .commit();

    NeuralTable beans = lake.table(folder.resolve("beans"));
    beans.create(ReadingBean.class).commit();
    beans
        .append(List.of(ReadingBean.of(1, "ü", 0.1, AT), ReadingBean.of(2, null, null, null)))
        .commit();

    NeuralTable maps = lake.table(folder.resolve("maps"));
    maps.create(records.schema()).commit();
    maps.append(List.of(row("id", 1L, "name", "ü", "score", 0.1, "at", AT), row("id", 2L)))
        .commit();

    TableContent expected =
        spark
            .sql(
                "SELECT * FROM VALUES (1L, 'ü', 0.1D, TIMESTAMP'2024-02-29 12:34:56.789012Z'),"
                    + " (2L, NULL, NULL, NULL) AS t(id, name, score, at)")
            .content();
    for (NeuralTable each :
        List.of(records, beans, maps, avros(), batches(records), batch(records))) {
      SparkAnswer seen = agreement.onLatest(each);
      // A bean's properties have no order.
      assertThat(spark.sql("SELECT id, name, score, at FROM " + SampleRows.sql(each)).content())
          .as(each.location())
          .isEqualTo(expected);
      assertThat(seen.schemaJson()).contains("\"name\":\"at\",\"type\":\"timestamp\"");
    }
  }

  private NeuralTable avros() {
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
            .set("at", AT.getEpochSecond() * 1_000_000 + AT.getNano() / 1000)
            .build();
    avros.append(List.of(first, new GenericRecordBuilder(avro).set("id", 2L).build())).commit();
    return avros;
  }

  /** A copy by an Arrow reader. */
  private NeuralTable batches(NeuralTable source) throws IOException {
    NeuralTable copy = lake.table(folder.resolve("batches"));
    try (ArrowReader reader = source.scan().arrow()) {
      copy.create(reader.getVectorSchemaRoot().getSchema()).commit();
      copy.append(reader).commit();
    }
    return copy;
  }

  /** A copy by an Arrow batch. */
  private NeuralTable batch(NeuralTable source) throws IOException {
    NeuralTable copy = lake.table(folder.resolve("batch"));
    try (ArrowReader reader = source.scan().arrow()) {
      copy.create(reader.getVectorSchemaRoot().getSchema()).commit();
      assertThat(reader.loadNextBatch()).isTrue();
      copy.append(reader.getVectorSchemaRoot()).commit();
    }
    return copy;
  }

  /** One file per row, so that statistics decide about each row alone; then all in one file. */
  @Test
  void valuesOfAllTypesAreReadAndStatisticsHideNone() {
    List<Map<String, Object>> rows = TypeSamples.rows();
    table.create(TypeSamples.COLUMNS).commit();
    rows.forEach(row -> table.append(List.of(row)).commit());
    NeuralTable together = lake.table(folder.resolve("together"));
    together.create(TypeSamples.COLUMNS).commit();
    together.append(rows).commit();

    TableContent expected = spark.sql("SELECT * FROM " + TypeSamples.RELATION).content();
    assertThat(agreement.onLatest(table).content()).isEqualTo(expected);
    assertThat(agreement.onLatest(together).content()).isEqualTo(expected);
    // The same values in no table at all: nothing can be left out.
    SparkAnswer selected = idsByPredicate(TypeSamples.RELATION);
    assertThat(idsByPredicate(SampleRows.sql(table)).content()).isEqualTo(selected.content());
    List<JsonNode> selectedIds = Agreement.json(selected);
    for (int i = 0; i < PREDICATES.size(); i++) {
      int predicate = i;
      assertThat(table.scan().where(PREDICATES.get(i)).count())
          .as(PREDICATES.get(i))
          .isEqualTo(selectedIds.stream().filter(id -> id.get("p").asInt() == predicate).count());
    }
  }

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
                .sql("SELECT id FROM " + SampleRows.sql(table) + " WHERE s.a = 1 OR s.t IS NULL")
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
                        + SampleRows.sql(table)
                        + " WHERE t = TIMESTAMP'2024-02-29 12:34:57.789012Z' AND n = -0.50 AND"
                        + " s = 'x=y/z%20#?&+:'")
                .content()
                .rows())
        .containsExactly("{\"id\":1}");
    assertThat(
            spark
                .sql("SELECT id FROM " + SampleRows.sql(table) + " WHERE s IS NULL")
                .content()
                .count())
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
}
