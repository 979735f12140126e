package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The text of SQL literals, in and out. */
final class SqlLiterals {
  private static final DateTimeFormatter DATE =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4, 6, SignStyle.NORMAL)
          .appendPattern("-MM-dd")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DATE)
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private SqlLiterals() {}

  /** The value of {@code WORD 'text'}, or null if the text is not of that type. */
  static @Nullable Object typed(String word, String text) {
    try {
      return switch (word) {
        case "X" -> Binary.of(HexFormat.of().parseHex(text.length() % 2 == 0 ? text : "0" + text));
        case "DATE" -> TemporalText.date(text);
        case "TIMESTAMP", "TIMESTAMP_LTZ" -> TemporalText.timestamp(text);
        default -> TemporalText.timestampNtz(text);
      };
    } catch (IllegalArgumentException | DateTimeException e) {
      return null;
    }
  }

  /** The value of a number with its suffix, or null if there is no such number. */
  static @Nullable Object number(String sign, String token) {
    String upper = token.toUpperCase(Locale.ROOT);
    int end = upper.length();
    while (end > 0 && Character.isLetter(upper.charAt(end - 1))) {
      end--;
    }
    String digits = sign + upper.substring(0, end);
    try {
      return switch (upper.substring(end)) {
        case "" -> unsuffixed(digits);
        case "Y" -> Byte.valueOf(digits);
        case "S" -> Short.valueOf(digits);
        case "L" -> Long.valueOf(digits);
        case "F" -> finite(Float.valueOf(digits));
        case "D" -> finite(Double.valueOf(digits));
        case "BD" -> LiteralValues.canonical(new BigDecimal(digits));
        default -> null;
      };
    } catch (NumberFormatException | InvalidRequestException e) {
      return null;
    }
  }

  private static @Nullable Object unsuffixed(String digits) {
    if (digits.indexOf('E') >= 0) {
      return finite(Double.valueOf(digits));
    }
    if (digits.indexOf('.') >= 0) {
      return LiteralValues.canonical(new BigDecimal(digits));
    }
    if (digits.length() > 40) {
      return null;
    }
    BigInteger value = new BigInteger(digits);
    if (value.bitLength() < 32) {
      return value.intValue();
    }
    return value.bitLength() < 64
        ? (Object) value.longValue()
        : LiteralValues.canonical(new BigDecimal(value));
  }

  private static <T extends Number> @Nullable T finite(T value) {
    return Double.isFinite(value.doubleValue()) ? value : null;
  }

  /** SQL text of a canonical value. */
  static String print(@Nullable Object value) {
    if (value == null) {
      return "NULL";
    }
    if (value instanceof Boolean flag) {
      return flag ? "TRUE" : "FALSE";
    }
    if (value instanceof Integer integer) {
      return integer.toString();
    }
    if (value instanceof Byte small) {
      return small + "Y";
    }
    if (value instanceof Short small) {
      return small + "S";
    }
    if (value instanceof Long big) {
      return big + "L";
    }
    if (value instanceof Float real) {
      return Float.isFinite(real) ? real + "F" : "CAST('" + real + "' AS FLOAT)";
    }
    if (value instanceof Double real) {
      return Double.isFinite(real) ? real + "D" : "CAST('" + real + "' AS DOUBLE)";
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString() + "BD";
    }
    if (value instanceof LocalDate date) {
      return "DATE '" + DATE.format(date) + "'";
    }
    if (value instanceof Instant instant) {
      LocalDateTime utc = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
      return "TIMESTAMP '" + DATE_TIME.format(utc) + "Z'";
    }
    if (value instanceof LocalDateTime time) {
      return "TIMESTAMP_NTZ '" + DATE_TIME.format(time) + "'";
    }
    return value instanceof Binary binary ? "X'" + binary + "'" : quote(value.toString());
  }

  /** A string literal that Spark of every version reads back. */
  static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('\'');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\'' -> out.append("\\'");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04X", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('\'').toString();
  }
}
