package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * Reads JSON scalars as Kernel holds values: dates as {@link Integer} days and timestamps as {@link
 * Long} microseconds since the epoch, the others as the Java type of their name.
 */
final class JsonScalar {

  private JsonScalar() {}

  /** The value at the parser's token. */
  static Object read(JsonParser parser, DataType type) throws IOException {
    if (type instanceof StringType) {
      return text(parser, "a string");
    } else if (type instanceof BooleanType) {
      if (!parser.currentToken().isBoolean()) {
        throw JsonShape.mismatch(parser, "a boolean");
      }
      return parser.getBooleanValue();
    } else if (type instanceof LongType) {
      return integral(parser, Long.MIN_VALUE, Long.MAX_VALUE);
    } else if (type instanceof IntegerType) {
      return (int) integral(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (type instanceof ShortType) {
      return (short) integral(parser, Short.MIN_VALUE, Short.MAX_VALUE);
    } else if (type instanceof ByteType) {
      return (byte) integral(parser, Byte.MIN_VALUE, Byte.MAX_VALUE);
    } else if (type instanceof DoubleType) {
      return floating(parser);
    } else if (type instanceof FloatType) {
      double value = floating(parser);
      if (Double.isFinite(value) && Float.isInfinite((float) value)) {
        throw JsonShape.mismatch(parser, "a float");
      }
      return (float) value;
    } else if (type instanceof DecimalType) {
      if (!parser.currentToken().isNumeric()) {
        throw JsonShape.mismatch(parser, "a decimal");
      }
      return parser.getDecimalValue();
    }
    return time(parser, type);
  }

  private static String text(JsonParser parser, String wanted) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw JsonShape.mismatch(parser, wanted);
    }
    return parser.getText();
  }

  private static long integral(JsonParser parser, long min, long max) throws IOException {
    boolean fits =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
            && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    if (!fits || parser.getLongValue() < min || parser.getLongValue() > max) {
      throw JsonShape.mismatch(parser, "a whole number from " + min + " to " + max);
    }
    return parser.getLongValue();
  }

  private static double floating(JsonParser parser) throws IOException {
    if (parser.currentToken().isNumeric()) {
      double value = parser.getDoubleValue();
      if (!Double.isInfinite(value)) {
        return value;
      }
    } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
      switch (parser.getText()) {
        case "NaN":
          return Double.NaN;
        case "+INF", "+Infinity", "Infinity":
          return Double.POSITIVE_INFINITY;
        case "-INF", "-Infinity":
          return Double.NEGATIVE_INFINITY;
        default:
      }
    }
    throw JsonShape.mismatch(parser, "a floating-point number");
  }

  private static Object time(JsonParser parser, DataType type) throws IOException {
    String text = text(parser, "a text for " + type);
    try {
      if (type instanceof DateType) {
        return Math.toIntExact(LocalDate.parse(text).toEpochDay());
      } else if (type instanceof TimestampType) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, OffsetDateTime.parse(text).toInstant());
      } else if (type instanceof TimestampNTZType) {
        Instant utc = LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        return ChronoUnit.MICROS.between(Instant.EPOCH, utc);
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw JsonShape.mismatch(parser, "a " + type);
    }
    throw new UnsupportedOperationException("JSON values of type " + type + " cannot be read");
  }
}
