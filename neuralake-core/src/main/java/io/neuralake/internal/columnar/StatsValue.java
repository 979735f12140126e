package io.neuralake.internal.columnar;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import org.jspecify.annotations.Nullable;

/** One value of a file's statistics in JSON, with what its text form does not tell. */
final class StatsValue {
  /** Far more digits than any type has. */
  static final int MAX_NUMBER_CHARS = 400;

  /** What writers cut off behind the milliseconds of an upper bound. */
  private static final long CUT_OFF_NANOS = 999_000;

  private StatsValue() {}

  /** The bound with what its text form does not tell: the other zero, and the float it was. */
  static @Nullable Object lower(StructField field, @Nullable Object min) {
    if (min instanceof Double number) {
      double least = wasFloat(field) ? Math.min(number, number.floatValue()) : number;
      return least == 0 ? -0.0 : least;
    } else if (min instanceof Float number) {
      return number == 0 ? -0.0f : number;
    }
    return min;
  }

  static @Nullable Object upper(StructField field, @Nullable Object max) {
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

  /** The value at the parser's token, null if it is none of the type. */
  static @Nullable Object of(DataType type, JsonParser parser) throws IOException {
    boolean textual =
        type instanceof StringType
            || type instanceof DateType
            || type instanceof TimestampType
            || type instanceof TimestampNTZType;
    try {
      if (!textual) {
        return parser.currentToken().isNumeric() ? number(type, parser.getDecimalValue()) : null;
      }
      return parser.currentToken() == JsonToken.VALUE_STRING ? text(type, parser.getText()) : null;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Object text(DataType type, String text) {
    if (type instanceof DateType) {
      return LocalDate.parse(text);
    } else if (type instanceof TimestampType) {
      return instant(text);
    } else if (type instanceof TimestampNTZType) {
      return LocalDateTime.parse(text.replace(' ', 'T'));
    }
    return text;
  }

  /** The count at the parser's token, null if it is none. */
  static @Nullable Long count(JsonParser parser) throws IOException {
    boolean usable =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
            && parser.getLongValue() >= 0;
    return usable ? (Long) parser.getLongValue() : null;
  }

  /** Whether the parser's token is false, in whatever way a writer may put it. */
  static boolean isFalse(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_FALSE -> true;
      case VALUE_STRING -> parser.getText().trim().equals("false");
      case VALUE_NUMBER_INT -> parser.getDecimalValue().signum() == 0;
      default -> false;
    };
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text.replaceFirst(" ", "T")).toInstant();
  }

  private static @Nullable Object number(DataType type, BigDecimal value) {
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
