package io.neuralake.internal.eval;

import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.ShortType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr.Operator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on lanes. Overflow and division by zero are errors in the rows that count: those that
 * are asked for and have no null operand.
 */
final class ArithmeticOps {
  private ArithmeticOps() {}

  static Lane apply(
      BoundExpr.Arithmetic expr, Lane left, Lane right, int rows, boolean @Nullable [] active) {
    boolean[] nulls = Comparisons.eitherNull(left, right, rows);
    if (left instanceof Lane.Longs a) {
      Lane.Longs b = (Lane.Longs) right;
      long[] out = new long[rows];
      for (int i = 0; i < rows; i++) {
        if (counts(i, nulls, active)) {
          out[i] = longs(expr, a.values[a.at(i)], b.values[b.at(i)]);
        }
      }
      return new Lane.Longs(out, nulls, false);
    }
    if (left instanceof Lane.Doubles a) {
      Lane.Doubles b = (Lane.Doubles) right;
      double[] out = new double[rows];
      boolean single = expr.type() instanceof FloatType;
      for (int i = 0; i < rows; i++) {
        if (counts(i, nulls, active)) {
          double value = doubles(expr.operator(), a.values[a.at(i)], b.values[b.at(i)]);
          out[i] = single ? (float) value : value;
        }
      }
      return new Lane.Doubles(out, nulls, false);
    }
    Lane.Decimals a = (Lane.Decimals) left;
    Lane.Decimals b = (Lane.Decimals) right;
    DecimalType type = (DecimalType) expr.type();
    BigDecimal[] out = new BigDecimal[rows];
    for (int i = 0; i < rows; i++) {
      out[i] =
          counts(i, nulls, active)
              ? decimals(expr.operator(), a.values[a.at(i)], b.values[b.at(i)], type)
              : BigDecimal.ZERO;
    }
    return new Lane.Decimals(out, nulls, false);
  }

  /** The opposite, or where {@code abs} only that of negative numbers. */
  static Lane negate(Lane lane, DataType type, boolean abs, int rows, boolean @Nullable [] active) {
    Object[] out = new Object[rows];
    for (int i = 0; i < rows; i++) {
      Object value = active == null || active[i] ? lane.get(i) : null;
      if (value instanceof Long number) {
        boolean keep = abs && number >= 0;
        out[i] = keep ? number : (Object) inRange(Math.subtractExact(0L, guard(number)), type);
      } else if (value instanceof Double number) {
        out[i] = abs ? Math.abs(number) : -number;
      } else if (value instanceof BigDecimal number) {
        out[i] = abs ? number.abs() : number.negate();
      }
    }
    return Lane.of(Kind.of(type), out, false);
  }

  private static long guard(long value) {
    if (value == Long.MIN_VALUE) {
      throw overflow("-", "bigint");
    }
    return value;
  }

  private static boolean counts(int row, boolean @Nullable [] nulls, boolean @Nullable [] active) {
    return (nulls == null || !nulls[row]) && (active == null || active[row]);
  }

  private static long longs(BoundExpr.Arithmetic expr, long a, long b) {
    try {
      long value =
          switch (expr.operator()) {
            case PLUS -> Math.addExact(a, b);
            case MINUS -> Math.subtractExact(a, b);
            case TIMES -> Math.multiplyExact(a, b);
            case DIVIDE -> throw new AssertionError("integers are divided as doubles");
            case MOD -> a % nonZero(b);
          };
      return inRange(value, expr.type());
    } catch (ArithmeticException e) {
      throw overflow(a + " " + expr.operator().symbol() + " " + b, expr.type().toString());
    }
  }

  private static double doubles(Operator operator, double a, double b) {
    return switch (operator) {
      case PLUS -> a + b;
      case MINUS -> a - b;
      case TIMES -> a * b;
      case DIVIDE -> a / nonZero(b);
      case MOD -> a % nonZero(b);
    };
  }

  private static BigDecimal decimals(
      Operator operator, BigDecimal a, BigDecimal b, DecimalType type) {
    BigDecimal value =
        switch (operator) {
          case PLUS -> a.add(b);
          case MINUS -> a.subtract(b);
          case TIMES -> a.multiply(b);
          case DIVIDE -> a.divide(nonZero(b), type.getScale(), RoundingMode.HALF_UP);
          case MOD -> a.remainder(nonZero(b));
        };
    BigDecimal fitted = fit(value, type);
    if (fitted == null) {
      throw overflow(a + " " + operator.symbol() + " " + b, type.toString());
    }
    return fitted;
  }

  /** The number rounded to the scale of a type, or null if it has too many digits. */
  static @Nullable BigDecimal fit(BigDecimal value, DecimalType type) {
    BigDecimal scaled = value.setScale(type.getScale(), RoundingMode.HALF_UP);
    return scaled.precision() <= type.getPrecision() || scaled.signum() == 0 ? scaled : null;
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw divisionByZero();
    }
    return divisor;
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw divisionByZero();
    }
    return divisor;
  }

  private static BigDecimal nonZero(BigDecimal divisor) {
    if (divisor.signum() == 0) {
      throw divisionByZero();
    }
    return divisor;
  }

  private static long inRange(long value, DataType type) {
    if (!fits(value, type)) {
      throw overflow(Long.toString(value), type.toString());
    }
    return value;
  }

  /** Whether an integer type holds a number. */
  static boolean fits(long value, DataType type) {
    if (type instanceof ByteType) {
      return value == (byte) value;
    }
    if (type instanceof ShortType) {
      return value == (short) value;
    }
    return !(type instanceof IntegerType) || value == (int) value;
  }

  private static InvalidRequestException overflow(String what, String type) {
    return new InvalidRequestException(
        "Overflow: " + what + " does not fit in " + type + ". Use CAST to a wider type.");
  }

  private static InvalidRequestException divisionByZero() {
    return new InvalidRequestException(
        "Division by zero. Exclude the rows with a zero divisor by a condition in front, with AND"
            + " or CASE.");
  }
}
