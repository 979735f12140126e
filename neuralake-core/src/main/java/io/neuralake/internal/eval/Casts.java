package io.neuralake.internal.eval;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Binary;
import io.neuralake.expr.TemporalText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Conversions as Spark's CAST in ANSI mode does them: a value that does not fit is an error. Dates
 * and times without zone are in UTC.
 */
final class Casts {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final Set<String> TRUE = Set.of("t", "true", "y", "yes", "1");
  private static final Set<String> FALSE = Set.of("f", "false", "n", "no", "0");

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(Locale.ROOT);

  private Casts() {}

  static boolean isSupported(DataType from, DataType to) {
    if (from.equals(to)) {
      return true;
    }
    if (Kind.of(from) == Kind.OPAQUE || Kind.of(to) == Kind.OPAQUE) {
      return false;
    }
    boolean numeric = Kind.isNumeric(from) || from instanceof BooleanType;
    if (Kind.isNumeric(to) || to instanceof BooleanType) {
      return numeric || from instanceof StringType;
    }
    if (Kind.isTemporal(to)) {
      return Kind.isTemporal(from) || from instanceof StringType;
    }
    return to instanceof StringType || from instanceof StringType;
  }

  static Lane apply(Lane lane, DataType from, DataType to, int rows, boolean @Nullable [] active) {
    Lane fast = withoutBoxing(lane, from, to, rows);
    if (fast != null) {
      return fast;
    }
    Object[] out = new Object[rows];
    for (int i = 0; i < rows; i++) {
      Object value = active == null || active[i] ? lane.get(i) : null;
      out[i] = value == null ? null : value(value, from, to);
    }
    return Lane.of(Kind.of(to), out, false);
  }

  private static @Nullable Lane withoutBoxing(Lane lane, DataType from, DataType to, int rows) {
    boolean sameKind = Kind.of(from) == Kind.of(to) && from.getClass() == to.getClass();
    if (sameKind && !(to instanceof DecimalType)) {
      return lane;
    }
    if (isWidening(from, to)) {
      return lane;
    }
    if (lane instanceof Lane.Longs longs
        && Kind.isIntegral(from)
        && Kind.of(to) == Kind.DOUBLE
        && !longs.isConstant()) {
      double[] out = new double[rows];
      boolean single = to instanceof FloatType;
      for (int i = 0; i < rows; i++) {
        out[i] = single ? (float) longs.values[i] : longs.values[i];
      }
      return new Lane.Doubles(out, lane.nulls(), false);
    }
    return null;
  }

  /** Whether the held value stays as it is. */
  static boolean isWidening(DataType from, DataType to) {
    if (Kind.isIntegral(from) && Kind.isIntegral(to)) {
      DataType common = Coercion.common(from, to);
      return to.equals(common);
    }
    return from instanceof FloatType && Kind.of(to) == Kind.DOUBLE
        || from instanceof StringType && to instanceof BinaryType;
  }

  /** Converts one held value. */
  static Object value(Object value, DataType from, DataType to) {
    if (from.equals(to) || isWidening(from, to)) {
      return value;
    }
    Object converted;
    try {
      converted = convert(value, from, to);
    } catch (DateTimeException | NumberFormatException e) {
      converted = null;
    }
    if (converted == null) {
      throw new InvalidRequestException(
          "CAST: '"
              + shorten(toText(value, from))
              + "' of type "
              + from
              + " is not a value of type "
              + to
              + ". Correct the value, or cast to another type.");
    }
    return converted;
  }

  private static @Nullable Object convert(Object value, DataType from, DataType to) {
    if (to instanceof StringType) {
      return from instanceof BinaryType ? value : Values.utf8(toText(value, from));
    }
    if (from instanceof StringType) {
      return parse(Values.text((Binary) value).strip(), to);
    }
    if (Kind.isTemporal(to)) {
      return temporal((Long) value, from, to);
    }
    if (from instanceof BooleanType) {
      return number((Boolean) value ? BigDecimal.ONE : BigDecimal.ZERO, to);
    }
    if (to instanceof BooleanType) {
      return value instanceof BigDecimal decimal
          ? decimal.signum() != 0
          : ((Number) value).doubleValue() != 0;
    }
    if (value instanceof Double real) {
      return real(real, to);
    }
    BigDecimal number =
        value instanceof Long integer ? BigDecimal.valueOf(integer) : (BigDecimal) value;
    return number(number, to);
  }

  private static @Nullable Object real(double value, DataType to) {
    if (to instanceof FloatType) {
      return (double) (float) value;
    }
    if (Kind.of(to) == Kind.DOUBLE) {
      return value;
    }
    // Spark reads the shortest text of a double into a decimal.
    return Double.isFinite(value) ? number(new BigDecimal(Double.toString(value)), to) : null;
  }

  private static @Nullable Object number(BigDecimal value, DataType to) {
    if (to instanceof DecimalType type) {
      return ArithmeticOps.fit(value, type);
    }
    if (to instanceof FloatType) {
      return (double) value.floatValue();
    }
    if (Kind.of(to) == Kind.DOUBLE) {
      return value.doubleValue();
    }
    BigDecimal whole = value.setScale(0, RoundingMode.DOWN);
    if (whole.unscaledValue().bitLength() > 63) {
      return null;
    }
    long integer = whole.longValue();
    return ArithmeticOps.fits(integer, to) ? integer : null;
  }

  private static @Nullable Object temporal(long value, DataType from, DataType to) {
    if (from instanceof DateType) {
      return Math.abs(value) > Long.MAX_VALUE / MICROS_PER_DAY ? null : value * MICROS_PER_DAY;
    }
    return to instanceof DateType ? Math.floorDiv(value, MICROS_PER_DAY) : value;
  }

  private static @Nullable Object parse(String text, DataType to) {
    if (to instanceof BinaryType) {
      return Values.utf8(text);
    }
    if (to instanceof BooleanType) {
      String lower = text.toLowerCase(Locale.ROOT);
      return TRUE.contains(lower) ? Boolean.TRUE : FALSE.contains(lower) ? Boolean.FALSE : null;
    }
    if (to instanceof DateType) {
      int time = text.indexOf(' ') >= 0 ? text.indexOf(' ') : text.indexOf('T');
      return TemporalText.date(time < 0 ? text : text.substring(0, time)).toEpochDay();
    }
    if (to instanceof TimestampType) {
      return Values.held(TemporalText.timestamp(text), to);
    }
    if (to instanceof TimestampNTZType) {
      return Values.held(TemporalText.timestampNtz(text), to);
    }
    if (Kind.of(to) == Kind.DOUBLE) {
      double value = real(text);
      return to instanceof FloatType ? (double) (float) value : value;
    }
    return text.length() > 400 ? null : exact(text, to);
  }

  private static @Nullable Object exact(String text, DataType to) {
    if (Kind.isIntegral(to)) {
      long value = Long.parseLong(text);
      return ArithmeticOps.fits(value, to) ? value : null;
    }
    BigDecimal value = new BigDecimal(text);
    // A huge exponent would make rounding allocate as many digits.
    boolean tiny = (long) value.precision() - value.scale() < -40;
    boolean huge = (long) value.precision() - value.scale() > 40 && value.signum() != 0;
    return huge ? null : number(tiny || value.signum() == 0 ? BigDecimal.ZERO : value, to);
  }

  private static double real(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String toText(Object value, DataType type) {
    if (value instanceof Binary bytes) {
      return type instanceof StringType ? Values.text(bytes) : bytes.toString();
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    if (type instanceof DateType) {
      return LocalDate.ofEpochDay((Long) value).toString();
    }
    if (Kind.isTemporal(type)) {
      LocalDateTime time = Values.localTime((Long) value);
      return TIME.format(time);
    }
    return type instanceof FloatType
        ? Float.toString(((Double) value).floatValue())
        : value.toString();
  }

  private static String shorten(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
