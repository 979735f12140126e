package io.neuralake.internal.columnar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Statistics as the JSON text of an {@code add} action (Delta protocol, "Per-file Statistics"). */
public final class FileStatsJson {
  private static final int MAX_CHARS = 16 << 20;
  private static final int MAX_NUMBER_CHARS = 400;
  private static final int MAX_DEPTH = 100;

  /** What writers cut off behind the milliseconds of an upper bound. */
  private static final long CUT_OFF_NANOS = 999_000;

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARS)
                          .build())
                  .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private FileStatsJson() {}

  /** The JSON text. Bounds that JSON or the format cannot express are left out. */
  public static String format(FileStats stats) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("numRecords", stats.numRecords());
    ObjectNode min = root.putObject("minValues");
    ObjectNode max = root.putObject("maxValues");
    ObjectNode nulls = root.putObject("nullCount");
    Map<List<String>, FileStats.Column> ordered =
        new TreeMap<>((a, b) -> String.join("\0", a).compareTo(String.join("\0", b)));
    ordered.putAll(stats.columns());
    ordered.forEach(
        (path, column) -> {
          put(min, path, column.min());
          put(max, path, column.max());
          put(nulls, path, column.nullCount());
        });
    root.put("tightBounds", stats.tightBounds());
    try {
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values cannot fail to be written", e);
    }
  }

  private static void put(ObjectNode root, List<String> path, @Nullable Object value) {
    JsonNode json = json(value);
    if (json == null) {
      return;
    }
    ObjectNode node = root;
    for (String name : path.subList(0, path.size() - 1)) {
      node = node.get(name) instanceof ObjectNode inner ? inner : node.putObject(name);
    }
    node.set(path.get(path.size() - 1), json);
  }

  private static @Nullable JsonNode json(@Nullable Object value) {
    if (value == null) {
      return null;
    } else if (value instanceof String text) {
      return MAPPER.getNodeFactory().textNode(text);
    } else if (value instanceof LocalDate date) {
      return isFourDigits(date.getYear())
          ? MAPPER.getNodeFactory().textNode(date.toString())
          : null;
    } else if (value instanceof Instant instant) {
      LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      return isFourDigits(utc.getYear())
          ? MAPPER.getNodeFactory().textNode(MILLIS.format(utc) + "Z")
          : null;
    } else if (value instanceof LocalDateTime dateTime) {
      return isFourDigits(dateTime.getYear())
          ? MAPPER.getNodeFactory().textNode(MILLIS.format(dateTime))
          : null;
    } else if (value instanceof Float || value instanceof Double) {
      boolean finite = Double.isFinite(((Number) value).doubleValue());
      return finite ? MAPPER.valueToTree(value) : null;
    }
    return MAPPER.valueToTree(value);
  }

  private static boolean isFourDigits(int year) {
    return year >= 0 && year <= 9999;
  }

  /**
   * Reads statistics, whoever wrote them: what is missing, unknown or makes no sense is as if it
   * were not there. Upper bounds of timestamps include the microseconds that writers cut off.
   *
   * @param physicalSchema the table's data columns by their physical names
   * @return null if the text is no JSON object with the number of records
   */
  public static @Nullable FileStats parse(@Nullable String json, StructType physicalSchema) {
    if (json == null || json.length() > MAX_CHARS) {
      return null;
    }
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JsonProcessingException | NumberFormatException e) {
      return null;
    }
    JsonNode records = root.path("numRecords");
    if (!records.canConvertToLong() || !records.isIntegralNumber() || records.longValue() < 0) {
      return null;
    }
    Map<List<String>, FileStats.Column> columns = new HashMap<>();
    JsonNode min = root.path("minValues");
    JsonNode max = root.path("maxValues");
    collect(physicalSchema, List.of(), min, max, root.path("nullCount"), columns);
    boolean tight = root.path("tightBounds").asBoolean(true);
    return new FileStats(records.longValue(), tight, Map.copyOf(columns));
  }

  private static void collect(
      StructType struct,
      List<String> parent,
      JsonNode min,
      JsonNode max,
      JsonNode nulls,
      Map<List<String>, FileStats.Column> columns) {
    for (StructField field : struct.fields()) {
      String name = field.getName();
      List<String> path = new ArrayList<>(parent);
      path.add(name);
      DataType type = field.getDataType();
      if (type instanceof StructType inner) {
        collect(inner, path, min.path(name), max.path(name), nulls.path(name), columns);
        continue;
      }
      Object least = lower(field, value(type, min.path(name)));
      Object most = upper(field, value(type, max.path(name)));
      Long count = count(nulls.path(name));
      if (least != null || most != null || count != null) {
        columns.put(List.copyOf(path), new FileStats.Column(least, most, count));
      }
    }
  }

  private static @Nullable Long count(JsonNode node) {
    boolean usable = node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0;
    return usable ? (Long) node.longValue() : null;
  }

  /** The bound with what its text form does not tell: the other zero, and the float it was. */
  private static @Nullable Object lower(StructField field, @Nullable Object min) {
    if (min instanceof Double number) {
      double least = wasFloat(field) ? Math.min(number, number.floatValue()) : number;
      return least == 0 ? -0.0 : least;
    } else if (min instanceof Float number) {
      return number == 0 ? -0.0f : number;
    }
    return min;
  }

  private static @Nullable Object upper(StructField field, @Nullable Object max) {
    if (max instanceof Double number) {
      double most = wasFloat(field) ? Math.max(number, number.floatValue()) : number;
      return most == 0 ? 0.0 : most;
    } else if (max instanceof Float number) {
      return number == 0 ? 0.0f : number;
    } else if (max instanceof Instant instant && isWholeMillis(instant)) {
      return instant.plusNanos(CUT_OFF_NANOS);
    } else if (max instanceof LocalDateTime dateTime && isWholeMillis(dateTime)) {
      return dateTime.plusNanos(CUT_OFF_NANOS);
    }
    return max;
  }

  private static boolean isWholeMillis(Temporal time) {
    return time.getLong(ChronoField.NANO_OF_SECOND) % 1_000_000 == 0;
  }

  private static boolean wasFloat(StructField field) {
    return field.getTypeChanges().stream()
        .anyMatch(change -> change.getFrom() instanceof FloatType);
  }

  private static @Nullable Object value(DataType type, JsonNode node) {
    try {
      if (type instanceof StringType) {
        return node.isTextual() ? node.textValue() : null;
      } else if (type instanceof DateType) {
        return node.isTextual() ? LocalDate.parse(node.textValue()) : null;
      } else if (type instanceof TimestampType) {
        return node.isTextual() ? instant(node.textValue()) : null;
      } else if (type instanceof TimestampNTZType) {
        return node.isTextual() ? LocalDateTime.parse(node.textValue().replace(' ', 'T')) : null;
      }
      return number(type, node);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text.replaceFirst(" ", "T")).toInstant();
  }

  private static @Nullable Object number(DataType type, JsonNode node) {
    if (!node.isNumber()) {
      return null;
    }
    BigDecimal value = node.decimalValue();
    if (Math.abs((long) value.scale()) > MAX_NUMBER_CHARS) {
      return null;
    }
    if (type instanceof ByteType) {
      return value.byteValueExact();
    } else if (type instanceof ShortType) {
      return value.shortValueExact();
    } else if (type instanceof IntegerType) {
      return value.intValueExact();
    } else if (type instanceof LongType) {
      return value.longValueExact();
    } else if (type instanceof FloatType) {
      return finite(value.floatValue());
    } else if (type instanceof DoubleType) {
      double number = value.doubleValue();
      return Double.isInfinite(number) ? null : (Double) number;
    } else if (type instanceof DecimalType decimal) {
      BigDecimal scaled = value.setScale(decimal.getScale(), RoundingMode.UNNECESSARY);
      return scaled.precision() <= decimal.getPrecision() ? scaled : null;
    }
    return null;
  }

  private static @Nullable Float finite(float value) {
    return Float.isInfinite(value) ? null : (Float) value;
  }
}
