package io.neuralake.it.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DuckDB, which shares no code with us or with Spark, reads our data files. */
final class DuckDbReadsOursIT {
  private static final Instant START = Instant.parse("2024-02-29T12:34:56.789012Z");
  private static final int ROWS = 50_000;

  private static final StructType COLUMNS =
      new StructType()
          .add("id", LongType.LONG, false)
          .add("flag", BooleanType.BOOLEAN)
          .add("i8", ByteType.BYTE)
          .add("i16", ShortType.SHORT)
          .add("i32", IntegerType.INTEGER)
          .add("f32", FloatType.FLOAT)
          .add("f64", DoubleType.DOUBLE)
          .add("dec9", new DecimalType(9, 2))
          .add("dec18", new DecimalType(18, 6))
          .add("dec38", new DecimalType(38, 18))
          .add("name", StringType.STRING)
          .add("few", StringType.STRING)
          .add("bin", BinaryType.BINARY)
          .add("d", DateType.DATE)
          .add("ts", TimestampType.TIMESTAMP)
          .add("ntz", TimestampNTZType.TIMESTAMP_NTZ)
          .add("list", new ArrayType(IntegerType.INTEGER, true))
          .add("struct", new StructType().add("a", IntegerType.INTEGER).add("b", StringType.STRING))
          .add("map", new MapType(StringType.STRING, LongType.LONG, true));

  @TempDir Path folder;
  private NeuralLake lake;
  private NeuralTable table;
  private Connection duckDb;

  @BeforeEach
  void write() throws SQLException {
    lake = NeuralLake.builder().build();
    table = lake.table(folder.resolve("table"));
    table.create(COLUMNS).property("parquet.bloom.filter.columns", "name").commit();
    table.append(LongStream.range(0, ROWS).mapToObj(DuckDbReadsOursIT::row).toList()).commit();
    duckDb = DriverManager.getConnection("jdbc:duckdb:");
    query("SET TimeZone = 'UTC'");
  }

  @AfterEach
  void close() throws SQLException {
    duckDb.close();
    lake.close();
  }

  /** Every column is null in some rows; every value can be told from the row's number. */
  private static Map<String, Object> row(long i) {
    Map<String, Object> row = new LinkedHashMap<>();
    Instant ts = START.plus(Duration.ofMillis(i));
    Object[] values = {
      i % 2 == 0,
      (byte) i,
      (short) i,
      (int) (i * 40_503),
      i % 11 == 0 ? Float.NaN : i / 4f,
      i % 13 == 0 ? -0.0 : -i / 8.0,
      BigDecimal.valueOf(i, 2),
      BigDecimal.valueOf(-i, 6),
      new BigDecimal("12345678901234567890").add(BigDecimal.valueOf(i, 18)),
      "name-" + i * 7919 % ROWS,
      "few-" + i % 5,
      new byte[] {(byte) i, 0, -1},
      LocalDate.of(1999, 12, 31).plusDays(i),
      ts,
      LocalDateTime.of(1969, 12, 31, 23, 59).plusNanos(i * 1000),
      i % 7 == 0 ? List.of() : Arrays.asList((int) i, null, 3),
      mapOf("a", (int) i, "b", i % 3 == 0 ? null : "b" + i),
      mapOf("k" + i % 3, i)
    };
    row.put("id", i);
    for (int c = 0; c < values.length; c++) {
      row.put(COLUMNS.at(c + 1).getName(), (i + c) % 17 == 0 ? null : values[c]);
    }
    return row;
  }

  private static Map<String, Object> mapOf(Object... entries) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put((String) entries[i], entries[i + 1]);
    }
    return map;
  }

  @Test
  void everyValueIsTheSame() throws SQLException {
    String columns =
        COLUMNS.fields().stream()
            .map(f -> f.getName())
            .map(
                name ->
                    name.equals("struct") || name.equals("map") ? "to_json(" + name + ")" : name)
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    long i = 0;
    try (Statement statement = duckDb.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT " + columns + " FROM " + files() + " ORDER BY id")) {
      while (rows.next()) {
        List<Object> expected = new ArrayList<>();
        List<Object> seen = new ArrayList<>();
        int column = 1;
        for (Object value : row(i).values()) {
          expected.add(comparable(value));
          seen.add(seen(rows, column++, value));
        }
        assertThat(seen).as("row %d", i).isEqualTo(expected);
        i++;
      }
    }
    assertThat(i).isEqualTo(ROWS);
  }

  /** The expected value as DuckDB's driver gives it. */
  private static Object comparable(Object value) {
    if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    }
    if (value instanceof Map<?, ?> map) {
      StringBuilder json = new StringBuilder("{");
      map.forEach(
          (key, v) ->
              json.append(json.length() > 1 ? "," : "")
                  .append('"' + key.toString() + "\":")
                  .append(v instanceof String text ? '"' + text + '"' : v));
      return json.append("}").toString();
    }
    return value;
  }

  private static Object seen(ResultSet rows, int column, Object expected) throws SQLException {
    Object seen = rows.getObject(column);
    if (seen == null) {
      return null;
    }
    if (expected instanceof byte[]) {
      return Arrays.toString(rows.getBytes(column));
    }
    if (expected instanceof List<?>) {
      return Arrays.asList((Object[]) rows.getArray(column).getArray());
    }
    if (expected instanceof Map<?, ?>) {
      return rows.getString(column);
    }
    if (expected instanceof Instant) {
      return rows.getObject(column, OffsetDateTime.class).toInstant();
    }
    if (expected instanceof LocalDateTime) {
      return rows.getObject(column, LocalDateTime.class);
    }
    return seen;
  }

  /** What DuckDB leaves out by our statistics and Bloom filters has none of the rows. */
  @Test
  void filtersSelectTheSameRows() throws SQLException {
    for (String predicate :
        List.of(
            "name = 'name-4711'",
            "name = 'nobody'",
            "few = 'few-3'",
            "few IS NULL",
            "i32 = 40503",
            "i32 < 0",
            "f64 = 0.0",
            "f64 < -6000.0",
            "f32 > 12000.0",
            "dec9 >= 499.99",
            "dec38 > 12345678901234567890.000000000000049000",
            "d = DATE '2000-02-29'",
            "ts >= TIMESTAMP '2024-02-29 12:35:46.700000'",
            "id >= 49990")) {
      String zoned = predicate.replace("TIMESTAMP '", "TIMESTAMPTZ '");
      long duckDbs = Long.parseLong(query("SELECT count(*) FROM " + files() + " WHERE " + zoned));
      assertThat(table.scan().where(predicate).count()).as(predicate).isEqualTo(duckDbs);
    }
  }

  @Test
  void statisticsAreTheValuesBounds() throws SQLException {
    for (String column : List.of("id", "i32", "dec9", "name", "few", "d")) {
      String statistics =
          query(
              "SELECT sum(stats_null_count) || ' ' || min(CAST(stats_min_value AS "
                  + type(column)
                  + ")) || ' ' || max(CAST(stats_max_value AS "
                  + type(column)
                  + ")) FROM parquet_metadata('"
                  + glob()
                  + "') WHERE path_in_schema = '"
                  + column
                  + "'");
      assertThat(statistics)
          .as(column)
          .isEqualTo(
              query(
                  "SELECT count(*) FILTER (WHERE "
                      + column
                      + " IS NULL) || ' ' || min("
                      + column
                      + ") || ' ' || max("
                      + column
                      + ") FROM "
                      + files()));
    }
    assertThat(
            query(
                "SELECT count(*) > 0 FROM parquet_metadata('"
                    + glob()
                    + "') WHERE path_in_schema = 'name' AND bloom_filter_offset IS NOT NULL"))
        .isEqualTo("true");
    assertThat(
            query(
                "SELECT count(*) FROM parquet_bloom_probe('"
                    + glob()
                    + "', 'name', 'name-4711') WHERE bloom_filter_excludes"))
        .isEqualTo("0");
  }

  private static String type(String column) {
    return switch (column) {
      case "id" -> "BIGINT";
      case "i32" -> "INTEGER";
      case "dec9" -> "DECIMAL(9,2)";
      case "d" -> "DATE";
      default -> "VARCHAR";
    };
  }

  private String glob() {
    return folder.resolve("table") + "/*.parquet";
  }

  private String files() {
    return "read_parquet('" + glob() + "')";
  }

  /** The first value of the first row, as text; null if there is none. */
  private String query(String sql) throws SQLException {
    try (Statement statement = duckDb.createStatement()) {
      if (!statement.execute(sql)) {
        return null;
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }
}
