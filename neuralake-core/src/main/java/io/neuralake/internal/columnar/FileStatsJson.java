package io.neuralake.internal.columnar;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delta.kernel.types.StructType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Statistics as the JSON text of an {@code add} action (Delta protocol, "Per-file Statistics"). */
public final class FileStatsJson {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS");

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build())
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final ObjectReader EXACT =
      MAPPER.reader(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private static final String[] NAMES = {};

  private FileStatsJson() {}

  /** The JSON text. Bounds that JSON or the format cannot express are left out. */
  public static String format(FileStats stats) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("numRecords", stats.numRecords());
    ObjectNode min = root.putObject("minValues");
    ObjectNode max = root.putObject("maxValues");
    ObjectNode nulls = root.putObject("nullCount");
    Map<List<String>, FileStats.Column> ordered =
        new TreeMap<>((a, b) -> Arrays.compare(a.toArray(NAMES), b.toArray(NAMES)));
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

  /**
   * Statistics of a file of which rows were deleted: the number of all its rows, and bounds that
   * need not be values of live ones.
   *
   * @param stats as they were, null if there were none
   */
  public static String withLooseBounds(@Nullable String stats, long numRecords) {
    try {
      ObjectNode root =
          stats != null && EXACT.readTree(stats) instanceof ObjectNode object
              ? object
              : MAPPER.createObjectNode();
      root.put("numRecords", numRecords);
      root.put("tightBounds", false);
      return MAPPER.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      return withLooseBounds(null, numRecords); // damaged ones are of no use
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
    } else if (value instanceof Long number) {
      return MAPPER.getNodeFactory().numberNode(number.longValue());
    } else if (value instanceof Integer number) {
      return MAPPER.getNodeFactory().numberNode(number.intValue());
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
    } else if (value instanceof Float number) {
      return Float.isFinite(number)
          ? MAPPER.getNodeFactory().numberNode(number.floatValue())
          : null;
    } else if (value instanceof Double number) {
      return Double.isFinite(number)
          ? MAPPER.getNodeFactory().numberNode(number.doubleValue())
          : null;
    }
    return MAPPER.valueToTree(value);
  }

  private static boolean isFourDigits(int year) {
    return year >= 0 && year <= 9999;
  }

  /** {@link FileStatsReader#read} for one file. */
  public static @Nullable FileStats parse(@Nullable String json, StructType physicalSchema) {
    return new FileStatsReader(physicalSchema).read(json);
  }
}
