package io.neuralake.internal.eval;

import io.neuralake.expr.Expr;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The semantics written down plainly, row by row, on the expression as the user wrote it. */
final class NaiveInterpreter {
  private NaiveInterpreter() {}

  static @Nullable Object value(Expr expr, Map<String, Object> row) {
    if (expr instanceof Expr.Column column) {
      return row.get(column.path().get(0).toLowerCase(java.util.Locale.ROOT));
    }
    if (expr instanceof Expr.Literal literal) {
      return literal.value();
    }
    if (expr instanceof Expr.Comparison c) {
      return compare(c.comparator(), value(c.left(), row), value(c.right(), row));
    }
    if (expr instanceof Expr.And and) {
      return logic(and.operands(), row, false);
    }
    if (expr instanceof Expr.Or or) {
      return logic(or.operands(), row, true);
    }
    if (expr instanceof Expr.Not not) {
      Object operand = value(not.operand(), row);
      return operand == null ? null : !(Boolean) operand;
    }
    if (expr instanceof Expr.IsNull isNull) {
      return value(isNull.operand(), row) == null;
    }
    if (expr instanceof Expr.In in) {
      return in(in, row);
    }
    if (expr instanceof Expr.Like like) {
      return like(like, row);
    }
    if (expr instanceof Expr.Case c) {
      for (Expr.Branch branch : c.branches()) {
        if (Boolean.TRUE.equals(value(branch.condition(), row))) {
          return value(branch.result(), row);
        }
      }
      return c.otherwise() == null ? null : value(c.otherwise(), row);
    }
    if (expr instanceof Expr.Call call && call.function() == Expr.Function.COALESCE) {
      return call.arguments().stream()
          .map(a -> value(a, row))
          .filter(v -> v != null)
          .findFirst()
          .orElse(null);
    }
    return number(expr, row);
  }

  private static @Nullable Object number(Expr expr, Map<String, Object> row) {
    Object first = value(expr.children().get(0), row);
    if (first == null) {
      return null;
    }
    if (expr instanceof Expr.Arithmetic sum) {
      Object right = value(sum.right(), row);
      long a = ((Number) first).longValue();
      return right == null
          ? null
          : (Object)
              (sum.operator() == Expr.Operator.PLUS
                  ? a + ((Number) right).longValue()
                  : a - ((Number) right).longValue());
    }
    if (expr instanceof Expr.Cast cast) {
      return cast.typeName().equals("DOUBLE")
          ? (Object) ((Number) first).doubleValue()
          : (Object) ((Number) first).longValue();
    }
    boolean negate = expr instanceof Expr.Negate;
    if (isReal(first)) {
      double d = ((Number) first).doubleValue();
      return negate ? -d : Math.abs(d);
    }
    BigDecimal d = new BigDecimal(first.toString());
    return negate ? d.negate() : d.abs();
  }

  private static @Nullable Boolean compare(Expr.Comparator how, Object a, Object b) {
    if (a == null || b == null) {
      return how == Expr.Comparator.EQ_NULL_SAFE ? (Boolean) (a == b) : null;
    }
    int order = order(a, b);
    return switch (how) {
      case EQ, EQ_NULL_SAFE -> order == 0;
      case NE -> order != 0;
      case LT -> order < 0;
      case LE -> order <= 0;
      case GT -> order > 0;
      case GE -> order >= 0;
    };
  }

  @SuppressWarnings("unchecked")
  private static int order(Object a, Object b) {
    if (isReal(a) || isReal(b)) {
      double x = ((Number) a).doubleValue();
      double y = ((Number) b).doubleValue();
      return x == y ? 0 : Double.compare(x, y);
    }
    if (a instanceof Number) {
      return new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString()));
    }
    if (a instanceof String text) {
      return Arrays.compareUnsigned(
          text.getBytes(StandardCharsets.UTF_8), ((String) b).getBytes(StandardCharsets.UTF_8));
    }
    return ((Comparable<Object>) a).compareTo(b);
  }

  private static boolean isReal(Object value) {
    return value instanceof Double || value instanceof Float;
  }

  private static @Nullable Boolean logic(
      Iterable<Expr> operands, Map<String, Object> row, boolean decisive) {
    boolean anyNull = false;
    for (Expr operand : operands) {
      Object value = value(operand, row);
      if (Boolean.valueOf(decisive).equals(value)) {
        return decisive;
      }
      anyNull |= value == null;
    }
    return anyNull ? null : !decisive;
  }

  private static @Nullable Boolean in(Expr.In in, Map<String, Object> row) {
    boolean anyNull = false;
    Object value = value(in.value(), row);
    for (Expr option : in.options()) {
      Boolean same = compare(Expr.Comparator.EQ, value, value(option, row));
      if (Boolean.TRUE.equals(same)) {
        return true;
      }
      anyNull |= same == null;
    }
    return anyNull ? null : false;
  }

  private static @Nullable Boolean like(Expr.Like like, Map<String, Object> row) {
    Object value = value(like.value(), row);
    if (value == null) {
      return null;
    }
    StringBuilder regex = new StringBuilder();
    String pattern = like.pattern();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == like.escape()) {
        regex.append(Pattern.quote(String.valueOf(pattern.charAt(++i))));
      } else {
        regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher((String) value).matches();
  }
}
