package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The one Java class and form per SQL type that a literal may hold. */
final class LiteralValues {
  private static final int MAX_DIGITS = 38;

  private LiteralValues() {}

  static @Nullable Object canonical(@Nullable Object value) {
    if (value == null
        || value instanceof Boolean
        || value instanceof Byte
        || value instanceof Short
        || value instanceof Integer
        || value instanceof Long
        || value instanceof Float
        || value instanceof Double
        || value instanceof String
        || value instanceof Binary
        || value instanceof LocalDate) {
      return value;
    }
    if (value instanceof byte[] bytes) {
      return Binary.of(bytes);
    }
    if (value instanceof Instant instant) {
      return instant.truncatedTo(ChronoUnit.MICROS);
    }
    if (value instanceof LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.MICROS);
    }
    if (value instanceof BigInteger integer) {
      return decimal(new BigDecimal(integer));
    }
    if (value instanceof BigDecimal decimal) {
      return decimal(decimal);
    }
    throw new InvalidRequestException(
        "A value of class "
            + value.getClass().getName()
            + " cannot be a literal. Use Boolean, a number, String, byte[], LocalDate, Instant or"
            + " LocalDateTime.");
  }

  private static BigDecimal decimal(BigDecimal value) {
    long whole = (long) value.precision() - value.scale();
    if (value.scale() > MAX_DIGITS
        || value.precision() > MAX_DIGITS
        || (whole > MAX_DIGITS && value.signum() != 0)) {
      throw new InvalidRequestException(
          "A decimal literal has more than 38 digits. Use a double, or fewer digits.");
    }
    return value.scale() >= 0 ? value : value.signum() == 0 ? BigDecimal.ZERO : value.setScale(0);
  }
}
