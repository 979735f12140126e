package io.neuralake.it.spark;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows with unusual values of each primitive type, for neuralake and for Spark. */
final class TypeSamples {
  /** One column per type. */
  static final StructType COLUMNS =
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

  /** The rows as a relation in Spark's SQL. */
  static final String RELATION =
      "(SELECT * FROM VALUES (1, true, 127Y, 32767S, 9223372036854775807L, CAST('NaN' AS FLOAT),"
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
          + " d, ts, ntz))";

  private TypeSamples() {}

  /** The rows. */
  static List<Map<String, Object>> rows() {
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
      for (int i = 0; i < COLUMNS.length(); i++) {
        map.put(COLUMNS.at(i).getName(), row.get(i));
      }
      rows.add(map);
    }
    return rows;
  }
}
