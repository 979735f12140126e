package io.neuralake.testkit.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Values of files and of statistics in forms that can be compared: Long (whole numbers, days,
 * microseconds), Double, Float, BigDecimal, Boolean, String.
 */
final class ColumnValue {
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  private ColumnValue() {}

  /** Whether values of the type have an order that statistics speak of. */
  static boolean isComparable(String type) {
    return switch (type) {
      case "byte", "short", "integer", "long", "float", "double", "string", "date" -> true;
      case "timestamp", "timestamp_ntz" -> true;
      default -> type.startsWith("decimal");
    };
  }

  /** A value of a file. */
  static Object of(Group row, int field, String type) {
    PrimitiveType stored = row.getType().getType(field).asPrimitiveType();
    LogicalTypeAnnotation meaning = stored.getLogicalTypeAnnotation();
    if (stored.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      return int96(row.getInt96(field, 0).getBytes());
    }
    if (type.startsWith("decimal")) {
      BigInteger unscaled =
          switch (stored.getPrimitiveTypeName()) {
            case INT32 -> BigInteger.valueOf(row.getInteger(field, 0));
            case INT64 -> BigInteger.valueOf(row.getLong(field, 0));
            default -> new BigInteger(row.getBinary(field, 0).getBytes());
          };
      int scale = meaning instanceof DecimalLogicalTypeAnnotation d ? d.getScale() : 0;
      return new BigDecimal(unscaled, scale);
    }
    Object raw =
        switch (stored.getPrimitiveTypeName()) {
          case BOOLEAN -> row.getBoolean(field, 0);
          case INT32 -> (long) row.getInteger(field, 0);
          case INT64 -> row.getLong(field, 0);
          case FLOAT -> row.getFloat(field, 0) + 0.0f; // one zero
          case DOUBLE -> row.getDouble(field, 0) + 0.0;
          default -> row.getBinary(field, 0).toStringUsingUTF8();
        };
    if (!type.startsWith("timestamp") || !(raw instanceof Long number)) {
      return raw;
    }
    if (stored.getPrimitiveTypeName() == PrimitiveTypeName.INT32) { // a date that became a time
      return Math.multiplyExact(number, Duration.ofDays(1).toMillis() * 1000);
    }
    if (!(meaning instanceof TimestampLogicalTypeAnnotation time)) {
      return raw;
    }
    return switch (time.getUnit()) {
      case MILLIS -> number * 1000;
      case MICROS -> number;
      case NANOS -> Math.floorDiv(number, 1000L);
    };
  }

  private static long int96(byte[] bytes) {
    ByteBuffer parts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long nanos = parts.getLong();
    long day = parts.getInt() - JULIAN_DAY_OF_EPOCH;
    return day * Duration.ofDays(1).toNanos() / 1000 + Math.floorDiv(nanos, 1000L);
  }

  /**
   * A value of statistics, in the form that values of the file have; null if it cannot be read so.
   */
  static @Nullable Object of(JsonNode stat, String type, @Nullable Object likeThis) {
    String text = stat.asText();
    try {
      if (likeThis instanceof Float) {
        return Float.parseFloat(text) + 0.0f;
      } else if (likeThis instanceof Double) {
        return Double.parseDouble(text) + 0.0;
      } else if (likeThis instanceof BigDecimal) {
        return new BigDecimal(text);
      } else if (likeThis instanceof String) {
        return text;
      } else if (type.equals("date")) {
        return LocalDate.parse(text).toEpochDay();
      } else if (type.startsWith("timestamp")) {
        return micros(text);
      }
      return new BigDecimal(text).longValueExact();
    } catch (RuntimeException e) {
      return null;
    }
  }

  private static long micros(String text) {
    TemporalAccessor time =
        DateTimeFormatter.ISO_DATE_TIME.parseBest(
            text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
    Instant instant =
        time instanceof OffsetDateTime zoned
            ? zoned.toInstant()
            : LocalDateTime.from(time).toInstant(ZoneOffset.UTC);
    // Not ChronoUnit.MICROS.between, which counts nanoseconds on the way: 292 years and no more.
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
  }

  static boolean isNaN(Object value) {
    return value instanceof Float f && f.isNaN() || value instanceof Double d && d.isNaN();
  }

  /** Strings by their bytes, NaN above all numbers. */
  @SuppressWarnings("unchecked")
  static int compare(Object a, Object b) {
    if (a instanceof String x && b instanceof String y) {
      return Arrays.compareUnsigned(
          x.getBytes(StandardCharsets.UTF_8), y.getBytes(StandardCharsets.UTF_8));
    }
    return ((Comparable<Object>) a).compareTo(b);
  }
}
