package io.neuralake.internal.eval;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Binary;
import io.neuralake.internal.columnar.Timestamps;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Converts between the canonical Java values of {@link io.neuralake.internal.columnar.FileStats}
 * (binary: {@code byte[]} or {@link Binary}) and the values that {@link Kind} names.
 */
final class Values {
  private Values() {}

  /** The held value of a canonical one; throws if the class does not fit the type. */
  static @Nullable Object held(@Nullable Object value, DataType type) {
    if (value == null) {
      return null;
    }
    Object held =
        switch (Kind.of(type)) {
          case BOOL -> value instanceof Boolean ? value : null;
          case LONG -> heldLong(value, type);
          case DOUBLE ->
              value instanceof Float || value instanceof Double
                  ? (Object) ((Number) value).doubleValue()
                  : null;
          case DECIMAL -> value instanceof BigDecimal ? value : null;
          case BYTES -> heldBytes(value, type);
          case OPAQUE -> value;
        };
    if (held == null) {
      throw new InvalidRequestException(
          "A value of class "
              + value.getClass().getSimpleName()
              + " was given for a column of type "
              + type
              + ". Pass the Java class that belongs to the type.");
    }
    return held;
  }

  private static @Nullable Object heldLong(Object value, DataType type) {
    if (type instanceof DateType) {
      return value instanceof LocalDate date ? (Object) date.toEpochDay() : null;
    }
    if (type instanceof TimestampType) {
      return value instanceof Instant instant ? (Object) micros(instant) : null;
    }
    if (type instanceof TimestampNTZType) {
      return value instanceof LocalDateTime time
          ? (Object) micros(time.toInstant(ZoneOffset.UTC))
          : null;
    }
    return value instanceof Long
            || value instanceof Integer
            || value instanceof Short
            || value instanceof Byte
        ? (Object) ((Number) value).longValue()
        : null;
  }

  private static @Nullable Object heldBytes(Object value, DataType type) {
    if (value instanceof String text) {
      return type instanceof StringType ? utf8(text) : null;
    }
    if (type instanceof StringType) {
      return null;
    }
    return value instanceof byte[] bytes
        ? Binary.of(bytes)
        : value instanceof Binary binary ? binary : null;
  }

  static Binary utf8(String text) {
    return Binary.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(Binary value) {
    return new String(value.toByteArray(), StandardCharsets.UTF_8);
  }

  private static long micros(Instant instant) {
    try {
      return Timestamps.micros(instant);
    } catch (ArithmeticException e) {
      throw new InvalidRequestException(
          "The timestamp " + instant + " is outside the range of microseconds in 64 bits.", e);
    }
  }

  /** The canonical value of a held one; binary becomes {@link Binary}. */
  static @Nullable Object canonical(@Nullable Object held, DataType type) {
    if (held instanceof Long value) {
      if (type instanceof ByteType) {
        return value.byteValue();
      }
      if (type instanceof ShortType) {
        return value.shortValue();
      }
      if (type instanceof IntegerType) {
        return value.intValue();
      }
      if (type instanceof DateType) {
        return LocalDate.ofEpochDay(value);
      }
      if (type instanceof TimestampType) {
        return Instant.EPOCH.plus(value, ChronoUnit.MICROS);
      }
      return type instanceof TimestampNTZType ? localTime(value) : (Object) value;
    }
    if (held instanceof Double value && type instanceof FloatType) {
      return value.floatValue();
    }
    return held instanceof Binary bytes && type instanceof StringType ? text(bytes) : held;
  }

  static LocalDateTime localTime(long micros) {
    return LocalDateTime.ofInstant(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), ZoneOffset.UTC);
  }

  /** Spark's total order: NaN is greatest and equal to itself, -0.0 equals 0.0. */
  static int compare(double left, double right) {
    return left < right ? -1 : left > right ? 1 : left == right ? 0 : nanOrder(left, right);
  }

  private static int nanOrder(double left, double right) {
    return Boolean.compare(Double.isNaN(left), Double.isNaN(right));
  }

  /** Compares held values of the same kind. */
  static int compare(Object left, Object right) {
    if (left instanceof Long value) {
      return Long.compare(value, (Long) right);
    }
    if (left instanceof Double value) {
      return compare(value.doubleValue(), ((Double) right).doubleValue());
    }
    if (left instanceof BigDecimal value) {
      return value.compareTo((BigDecimal) right);
    }
    if (left instanceof Binary value) {
      return value.compareTo((Binary) right);
    }
    return Boolean.compare((Boolean) left, (Boolean) right);
  }
}
