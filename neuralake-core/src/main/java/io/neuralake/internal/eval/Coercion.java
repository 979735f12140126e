package io.neuralake.internal.eval;

import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.expr.Expr.Operator;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spark's rules (ANSI mode) for the type in which values of two types meet, and for the types of
 * decimal arithmetic.
 */
final class Coercion {
  private static final int MAX_PRECISION = 38;
  private static final int MIN_ADJUSTED_SCALE = 6;

  private static final List<DataType> INTEGRAL =
      List.of(ByteType.BYTE, ShortType.SHORT, IntegerType.INTEGER, LongType.LONG);

  private Coercion() {}

  /** The common type, or null if there is none. */
  static @Nullable DataType common(DataType left, DataType right) {
    if (left.equals(right)) {
      return left;
    }
    if (Kind.isNumeric(left) && Kind.isNumeric(right)) {
      return commonNumeric(left, right);
    }
    if (left instanceof StringType) {
      return withString(right);
    }
    if (right instanceof StringType) {
      return withString(left);
    }
    if (Kind.isTemporal(left) && Kind.isTemporal(right)) {
      boolean zoned = left instanceof TimestampType || right instanceof TimestampType;
      return zoned ? TimestampType.TIMESTAMP : TimestampNTZType.TIMESTAMP_NTZ;
    }
    return null;
  }

  private static @Nullable DataType withString(DataType other) {
    if (Kind.isIntegral(other)) {
      return LongType.LONG;
    }
    if (Kind.isNumeric(other)) {
      return DoubleType.DOUBLE;
    }
    boolean converts =
        other instanceof DateType
            || other instanceof TimestampType
            || other instanceof TimestampNTZType
            || other instanceof BooleanType
            || other instanceof BinaryType;
    return converts ? other : null;
  }

  private static DataType commonNumeric(DataType left, DataType right) {
    if (Kind.isIntegral(left) && Kind.isIntegral(right)) {
      return INTEGRAL.get(Math.max(INTEGRAL.indexOf(left), INTEGRAL.indexOf(right)));
    }
    if (Kind.of(left) == Kind.DOUBLE || Kind.of(right) == Kind.DOUBLE) {
      return DoubleType.DOUBLE;
    }
    DecimalType a = decimalOf(left);
    DecimalType b = decimalOf(right);
    int scale = Math.max(a.getScale(), b.getScale());
    int whole = Math.max(a.getPrecision() - a.getScale(), b.getPrecision() - b.getScale());
    // Beyond 38 digits the fraction gives way, as in Spark 4.
    int kept = Math.max(0, Math.min(scale, MAX_PRECISION - whole));
    return new DecimalType(Math.min(whole + kept, MAX_PRECISION), kept);
  }

  /** The decimal that holds every value of a decimal or integer type. */
  static DecimalType decimalOf(DataType type) {
    if (type instanceof DecimalType decimal) {
      return decimal;
    }
    if (type instanceof ByteType) {
      return new DecimalType(3, 0);
    }
    if (type instanceof ShortType) {
      return new DecimalType(5, 0);
    }
    return new DecimalType(type instanceof IntegerType ? 10 : 20, 0);
  }

  /** The smallest decimal that holds the number. */
  static DecimalType decimalOf(BigDecimal value) {
    return new DecimalType(
        Math.min(MAX_PRECISION, Math.max(1, Math.max(value.precision(), value.scale()))),
        Math.min(MAX_PRECISION, value.scale()));
  }

  /** The type of decimal arithmetic. */
  static DecimalType result(Operator operator, DecimalType left, DecimalType right) {
    int p1 = left.getPrecision();
    int s1 = left.getScale();
    int p2 = right.getPrecision();
    int s2 = right.getScale();
    return switch (operator) {
      case PLUS, MINUS -> {
        int scale = Math.max(s1, s2);
        yield adjusted(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
      }
      case TIMES -> adjusted(p1 + p2 + 1, s1 + s2);
      case DIVIDE -> {
        int scale = Math.max(MIN_ADJUSTED_SCALE, s1 + p2 + 1);
        yield adjusted(p1 - s1 + s2 + scale, scale);
      }
      case MOD -> {
        int scale = Math.max(s1, s2);
        yield adjusted(Math.min(p1 - s1, p2 - s2) + scale, scale);
      }
    };
  }

  private static DecimalType adjusted(int precision, int scale) {
    if (precision <= MAX_PRECISION) {
      return new DecimalType(precision, scale);
    }
    int whole = precision - scale;
    int least = Math.min(scale, MIN_ADJUSTED_SCALE);
    return new DecimalType(MAX_PRECISION, Math.max(MAX_PRECISION - whole, least));
  }
}
