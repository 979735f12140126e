package io.neuralake.internal.columnar;

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
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import org.jspecify.annotations.Nullable;

/**
 * Partition values as the log and directory names hold them (Delta protocol, "Partition Value
 * Serialization").
 *
 * <p>Java values are those of {@link FileStats}, and {@code byte[]} for binary. A null is null or
 * the empty string in the log.
 */
public final class PartitionValues {
  private static final String NULL_DIRECTORY = "__HIVE_DEFAULT_PARTITION__";

  /** Hive's list of characters that directory names cannot hold, as Spark has it. */
  private static final String ESCAPED = "\"#%'*/:=?\\\u007f{[]^";

  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4, 10, SignStyle.NORMAL)
          .appendLiteral('-')
          .appendValue(ChronoField.MONTH_OF_YEAR, 1, 2, SignStyle.NOT_NEGATIVE)
          .appendLiteral('-')
          .appendValue(ChronoField.DAY_OF_MONTH, 1, 2, SignStyle.NOT_NEGATIVE)
          .toFormatter()
          .withResolverStyle(ResolverStyle.SMART);

  private static final DateTimeFormatter DATE_PADDED =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4, 10, SignStyle.NORMAL)
          .appendPattern("-MM-dd")
          .toFormatter();

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private static final DateTimeFormatter LOCAL =
      new DateTimeFormatterBuilder()
          .append(DATE_PADDED)
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .toFormatter();

  private static final DateTimeFormatter ISO_UTC =
      new DateTimeFormatterBuilder()
          .append(DATE_PADDED)
          .appendPattern("'T'HH:mm:ss.SSSSSS'Z'")
          .toFormatter()
          .withZone(ZoneOffset.UTC);

  private PartitionValues() {}

  /**
   * The Java value of a partition value in the log.
   *
   * <p>Timestamps without a zone were written in the session zone of their writer, which the log
   * does not tell: they are taken as UTC.
   *
   * @throws CorruptTableException if the text is no value of the column's type
   */
  public static @Nullable Object parse(StructField column, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return parse(column.getDataType(), text);
    } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
      throw new CorruptTableException(
          "the partition value '"
              + text
              + "' of column "
              + column.getName()
              + " is no "
              + column.getDataType()
              + ": the table's log is damaged",
          e);
    }
  }

  private static Object parse(DataType type, String text) {
    if (type instanceof StringType) {
      return text;
    } else if (type instanceof BinaryType) {
      return text.getBytes(StandardCharsets.UTF_8);
    } else if (type instanceof BooleanType) {
      return parseBoolean(text);
    } else if (type instanceof ByteType) {
      return Byte.valueOf(text);
    } else if (type instanceof ShortType) {
      return Short.valueOf(text);
    } else if (type instanceof IntegerType) {
      return Integer.valueOf(text);
    } else if (type instanceof LongType) {
      return Long.valueOf(text);
    } else if (type instanceof FloatType) {
      return Float.valueOf(text);
    } else if (type instanceof DoubleType) {
      return Double.valueOf(text);
    } else if (type instanceof DecimalType decimal) {
      return parseDecimal(decimal, text);
    } else if (type instanceof DateType) {
      return LocalDate.parse(text, DATE);
    } else if (type instanceof TimestampType) {
      return parseTimestamp(text);
    } else if (type instanceof TimestampNTZType) {
      return parseLocal(text);
    }
    throw new IllegalArgumentException(type + " is no type of a partition column");
  }

  private static Boolean parseBoolean(String text) {
    if (text.equalsIgnoreCase("true")) {
      return true;
    } else if (text.equalsIgnoreCase("false")) {
      return false;
    }
    throw new IllegalArgumentException("neither true nor false");
  }

  private static BigDecimal parseDecimal(DecimalType type, String text) {
    BigDecimal value = new BigDecimal(text);
    if (Math.abs((long) value.scale()) > 100) {
      throw new ArithmeticException("a scale of " + value.scale());
    }
    BigDecimal scaled = value.setScale(type.getScale(), RoundingMode.UNNECESSARY);
    if (scaled.precision() > type.getPrecision()) {
      throw new ArithmeticException("more than " + type.getPrecision() + " digits");
    }
    return scaled;
  }

  private static Instant parseTimestamp(String text) {
    String end = text.substring(Math.min(text.length(), 10));
    boolean zoned = end.endsWith("Z") || end.indexOf('+') >= 0 || end.indexOf('-') >= 0;
    return zoned
        ? OffsetDateTime.parse(text.replaceFirst(" ", "T")).toInstant()
        : parseLocal(text).toInstant(ZoneOffset.UTC);
  }

  private static LocalDateTime parseLocal(String text) {
    int split = Math.max(text.indexOf(' '), text.indexOf('T'));
    if (split < 0) {
      return LocalDate.parse(text, DATE).atStartOfDay();
    }
    return LocalDateTime.of(
        LocalDate.parse(text.substring(0, split), DATE),
        LocalTime.parse(text.substring(split + 1), TIME));
  }

  /**
   * The text of a value for the log. An empty string or binary becomes null, as in Spark: the
   * protocol's text form has no other null, but not every reader knows that.
   *
   * @param value null, or the Java value of the column's type
   * @throws InvalidRequestException for a value that the text form would not give back: binary that
   *     is no UTF-8, or what is empty in a column that must not be null
   */
  public static @Nullable String format(StructField column, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    String text = text(column, value);
    if (!text.isEmpty()) {
      return text;
    }
    if (!column.isNullable()) {
      throw new InvalidRequestException(
          "a value of the partition column "
              + column.getName()
              + " is empty, which Delta's log cannot tell from null, but the column must not be"
              + " null: write another value, or partition by another column");
    }
    return null;
  }

  private static String text(StructField column, Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof byte[] bytes) {
      return formatBinary(column, bytes);
    } else if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    } else if (value instanceof LocalDate date) {
      return DATE_PADDED.format(date);
    } else if (value instanceof Instant instant) {
      return ISO_UTC.format(instant);
    } else if (value instanceof LocalDateTime dateTime) {
      return LOCAL.format(dateTime);
    }
    return value.toString();
  }

  private static String formatBinary(StructField column, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidRequestException(
          "a value of the binary partition column "
              + column.getName()
              + " is no UTF-8 text, which Delta's log cannot hold: partition by another column",
          e);
    }
  }

  /**
   * The name of a partition's directory, {@code column=value}, escaped as Hive and Spark do it.
   *
   * @param text the value as the log holds it
   */
  public static String directory(String column, @Nullable String text) {
    return escape(column) + "=" + (text == null || text.isEmpty() ? NULL_DIRECTORY : escape(text));
  }

  /**
   * The text of a value in a directory's name, {@code column=value}, as Hive and Spark escape it.
   *
   * @return null for a null
   */
  public static @Nullable String ofDirectory(String value) {
    return value.equals(NULL_DIRECTORY) ? null : unescape(value);
  }

  /** What Hive and Spark escape in names of directories; what is no escape stays. */
  public static String unescape(String name) {
    StringBuilder text = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      int high = i + 2 < name.length() ? Character.digit(name.charAt(i + 1), 16) : -1;
      int low = i + 2 < name.length() ? Character.digit(name.charAt(i + 2), 16) : -1;
      if (name.charAt(i) == '%' && high >= 0 && low >= 0) {
        text.append((char) (high << 4 | low));
        i += 2;
      } else {
        text.append(name.charAt(i));
      }
    }
    return text.toString();
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || ESCAPED.indexOf(c) >= 0) {
        escaped.append(String.format("%%%02X", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
