package io.neuralake.internal.eval;

import io.neuralake.expr.Expr.Comparator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Compares lanes. Every order is total (NaN included), so three loops per kind are enough: equal,
 * less, and less or equal; the other operators swap the sides or negate.
 */
final class Comparisons {
  private enum Test {
    EQ,
    LT,
    LE
  }

  private Comparisons() {}

  static Lane.Bools compare(Comparator comparator, Lane left, Lane right, int rows) {
    boolean[] out = new boolean[rows];
    switch (comparator) {
      case EQ, NE, EQ_NULL_SAFE -> test(Test.EQ, left, right, out);
      case LT, GE -> test(Test.LT, left, right, out);
      case LE, GT -> test(Test.LE, left, right, out);
    }
    if (comparator == Comparator.EQ_NULL_SAFE) {
      for (int i = 0; i < rows; i++) {
        boolean leftNull = left.isNull(i);
        boolean rightNull = right.isNull(i);
        out[i] = leftNull || rightNull ? leftNull && rightNull : out[i];
      }
      return new Lane.Bools(out, null, false);
    }
    if (comparator == Comparator.NE || comparator == Comparator.GE || comparator == Comparator.GT) {
      for (int i = 0; i < rows; i++) {
        out[i] = !out[i];
      }
    }
    return new Lane.Bools(out, eitherNull(left, right, rows), false);
  }

  /** The rows in which one of two lanes is null; null if there is none. */
  static boolean @Nullable [] eitherNull(Lane left, Lane right, int rows) {
    if (left.nulls() == null && right.nulls() == null) {
      return null;
    }
    boolean[] nulls = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      nulls[i] = left.isNull(i) || right.isNull(i);
    }
    return nulls;
  }

  private static void test(Test test, Lane left, Lane right, boolean[] out) {
    if (left instanceof Lane.Longs a) {
      Lane.Longs b = (Lane.Longs) right;
      if (b.isConstant() && !a.isConstant()) {
        constant(test, a.values, b.values[0], out);
      } else {
        longs(test, a, b, out);
      }
    } else if (left instanceof Lane.Doubles a) {
      Lane.Doubles b = (Lane.Doubles) right;
      if (b.isConstant() && !a.isConstant() && !Double.isNaN(b.values[0])) {
        constant(test, a.values, b.values[0], out);
      } else {
        doubles(test, a, b, out);
      }
    } else if (left instanceof Lane.Bytes a) {
      bytes(test, a, (Lane.Bytes) right, out);
    } else if (left instanceof Lane.Decimals a) {
      Lane.Decimals b = (Lane.Decimals) right;
      for (int i = 0; i < out.length; i++) {
        out[i] = holds(test, a.values[a.at(i)].compareTo(b.values[b.at(i)]));
      }
    } else {
      Lane.Bools a = (Lane.Bools) left;
      Lane.Bools b = (Lane.Bools) right;
      for (int i = 0; i < out.length; i++) {
        out[i] = holds(test, Boolean.compare(a.values[a.at(i)], b.values[b.at(i)]));
      }
    }
  }

  private static void constant(Test test, long[] values, long constant, boolean[] out) {
    switch (test) {
      case EQ -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] == constant;
        }
      }
      case LT -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] < constant;
        }
      }
      case LE -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] <= constant;
        }
      }
    }
  }

  /** The constant is not NaN, so Java's operators give the right answer for every value. */
  private static void constant(Test test, double[] values, double constant, boolean[] out) {
    switch (test) {
      case EQ -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] == constant;
        }
      }
      case LT -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] < constant;
        }
      }
      case LE -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = values[i] <= constant;
        }
      }
    }
  }

  private static void longs(Test test, Lane.Longs a, Lane.Longs b, boolean[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = holds(test, Long.compare(a.values[a.at(i)], b.values[b.at(i)]));
    }
  }

  private static void doubles(Test test, Lane.Doubles a, Lane.Doubles b, boolean[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = holds(test, Values.compare(a.values[a.at(i)], b.values[b.at(i)]));
    }
  }

  private static void bytes(Test test, Lane.Bytes a, Lane.Bytes b, boolean[] out) {
    for (int i = 0; i < out.length; i++) {
      int x = a.at(i);
      int y = b.at(i);
      if (test == Test.EQ) {
        out[i] =
            Arrays.equals(
                a.data, a.offsets[x], a.offsets[x + 1], b.data, b.offsets[y], b.offsets[y + 1]);
      } else {
        int order =
            Arrays.compareUnsigned(
                a.data, a.offsets[x], a.offsets[x + 1], b.data, b.offsets[y], b.offsets[y + 1]);
        out[i] = holds(test, order);
      }
    }
  }

  private static boolean holds(Test test, int order) {
    return switch (test) {
      case EQ -> order == 0;
      case LT -> order < 0;
      case LE -> order <= 0;
    };
  }
}
