package io.neuralake.internal.eval;

import io.delta.kernel.types.StringType;
import io.neuralake.expr.Binary;
import io.neuralake.expr.Expr.Comparator;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a bound expression for all rows of a batch, operation by operation. AND, OR, CASE and
 * COALESCE ask for a later operand only in the rows that need it, so that an error there does not
 * stop rows that never come to it. Confined to one evaluation.
 */
final class LaneEvaluator {
  /** Gives the values of columns. */
  interface Source {
    Lane column(BoundExpr.Column column);
  }

  private final int rows;
  private final Source source;

  LaneEvaluator(int rows, Source source) {
    this.rows = rows;
    this.source = source;
  }

  Lane evaluate(BoundExpr expr) {
    return evaluate(expr, null);
  }

  /**
   * Evaluates an expression.
   *
   * @param active the rows that count, null for all; values of other rows are arbitrary
   */
  private Lane evaluate(BoundExpr expr, boolean @Nullable [] active) {
    if (expr instanceof BoundExpr.Column column) {
      return source.column(column);
    }
    if (expr instanceof BoundExpr.Literal literal) {
      return Lane.of(Kind.of(literal.type()), new Object[] {literal.value()}, true);
    }
    if (expr instanceof BoundExpr.Compare compare) {
      Lane left = evaluate(compare.left(), active);
      Lane right = evaluate(compare.right(), active);
      if (left.isConstant() && !right.isConstant()) {
        return Comparisons.compare(flip(compare.comparator()), right, left, rows);
      }
      return Comparisons.compare(compare.comparator(), left, right, rows);
    }
    if (expr instanceof BoundExpr.Logic logic) {
      return logic(logic, active);
    }
    if (expr instanceof BoundExpr.Not not) {
      Lane.Bools operand = (Lane.Bools) evaluate(not.operand(), active);
      boolean[] out = new boolean[operand.values.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = !operand.values[i];
      }
      return new Lane.Bools(out, operand.nulls(), operand.isConstant());
    }
    if (expr instanceof BoundExpr.IsNull isNull) {
      Lane operand = evaluate(isNull.operand(), active);
      boolean[] out = new boolean[rows];
      for (int i = 0; i < rows; i++) {
        out[i] = operand.isNull(i);
      }
      return new Lane.Bools(out, null, false);
    }
    if (expr instanceof BoundExpr.Arithmetic arithmetic) {
      Lane left = evaluate(arithmetic.left(), active);
      return ArithmeticOps.apply(
          arithmetic, left, evaluate(arithmetic.right(), active), rows, active);
    }
    return evaluateRare(expr, active);
  }

  private Lane evaluateRare(BoundExpr expr, boolean @Nullable [] active) {
    if (expr instanceof BoundExpr.Cast cast) {
      return Casts.apply(
          evaluate(cast.value(), active), cast.value().type(), cast.type(), rows, active);
    }
    if (expr instanceof BoundExpr.Negate negate) {
      return ArithmeticOps.negate(
          evaluate(negate.operand(), active), negate.type(), false, rows, active);
    }
    if (expr instanceof BoundExpr.Abs abs) {
      return ArithmeticOps.negate(evaluate(abs.operand(), active), abs.type(), true, rows, active);
    }
    if (expr instanceof BoundExpr.In in) {
      return in(in, active);
    }
    if (expr instanceof BoundExpr.Like like) {
      Lane.Bytes value = (Lane.Bytes) evaluate(like.value(), active);
      boolean[] out = new boolean[value.offsets.length - 1];
      for (int i = 0; i < out.length; i++) {
        out[i] = like.pattern().matches(value.data, value.offsets[i], value.offsets[i + 1]);
      }
      return new Lane.Bools(out, value.nulls(), value.isConstant());
    }
    if (expr instanceof BoundExpr.Coalesce coalesce) {
      return coalesce(coalesce, active);
    }
    if (expr instanceof BoundExpr.Case caseWhen) {
      return caseWhen(caseWhen, active);
    }
    if (expr instanceof BoundExpr.Length length) {
      return length(length, active);
    }
    if (expr instanceof BoundExpr.DatePart date) {
      return datePart(date, active);
    }
    BoundExpr.ChangeCase change = (BoundExpr.ChangeCase) expr;
    Lane value = evaluate(change.value(), active);
    Object[] out = new Object[rows];
    for (int i = 0; i < rows; i++) {
      if (value.get(i) instanceof Binary bytes) {
        String text = Values.text(bytes);
        out[i] =
            Values.utf8(
                change.upper() ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT));
      }
    }
    return Lane.of(Kind.BYTES, out, false);
  }

  private static Comparator flip(Comparator comparator) {
    return switch (comparator) {
      case LT -> Comparator.GT;
      case LE -> Comparator.GE;
      case GT -> Comparator.LT;
      case GE -> Comparator.LE;
      default -> comparator;
    };
  }

  /** AND; OR is the same with true and false exchanged. */
  private Lane logic(BoundExpr.Logic logic, boolean @Nullable [] active) {
    boolean decisive = !logic.and();
    boolean[] decided = new boolean[rows];
    boolean[] unknown = new boolean[rows];
    boolean[] open = new boolean[rows];
    Arrays.fill(open, true);
    if (active != null) {
      System.arraycopy(active, 0, open, 0, rows);
    }
    boolean first = true;
    for (BoundExpr child : logic.children()) {
      Lane.Bools operand = (Lane.Bools) evaluate(child, first ? active : open);
      first = false;
      boolean anyOpen = false;
      for (int i = 0; i < rows; i++) {
        if (open[i]) {
          boolean isNull = operand.isNull(i);
          boolean decides = !isNull && operand.values[operand.at(i)] == decisive;
          unknown[i] |= isNull;
          decided[i] |= decides;
          open[i] = !decides;
          anyOpen |= open[i];
        }
      }
      if (!anyOpen) {
        break;
      }
    }
    for (int i = 0; i < rows; i++) {
      unknown[i] &= !decided[i];
      decided[i] = decided[i] == decisive;
    }
    return new Lane.Bools(decided, unknown, false);
  }

  private Lane in(BoundExpr.In in, boolean @Nullable [] active) {
    Lane value = evaluate(in.value(), active);
    SortedOptions constants = SortedOptions.of(in.options());
    boolean[] found = new boolean[rows];
    boolean[] nulls = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      nulls[i] = value.isNull(i);
      found[i] = !nulls[i] && constants.contains(value, value.at(i));
    }
    for (BoundExpr option : in.options()) {
      if (!(option instanceof BoundExpr.Literal)) {
        Lane other = evaluate(option, active);
        Lane.Bools same = Comparisons.compare(Comparator.EQ, value, other, rows);
        for (int i = 0; i < rows; i++) {
          boolean isNull = same.isNull(i);
          nulls[i] |= isNull;
          found[i] |= !isNull && same.values[i];
        }
      }
    }
    for (int i = 0; i < rows; i++) {
      nulls[i] = !found[i] && (nulls[i] || constants.hasNull());
    }
    return new Lane.Bools(found, nulls, false);
  }

  private Lane coalesce(BoundExpr.Coalesce coalesce, boolean @Nullable [] active) {
    int[] choice = new int[rows];
    Arrays.fill(choice, -1);
    boolean[] open = openRows(active);
    List<Lane> lanes = new ArrayList<>();
    for (BoundExpr child : coalesce.children()) {
      Lane lane = evaluate(child, open);
      for (int i = 0; i < rows; i++) {
        if (open[i] && !lane.isNull(i)) {
          choice[i] = lanes.size();
          open[i] = false;
        }
      }
      lanes.add(lane);
    }
    return pick(Kind.of(coalesce.type()), lanes, choice);
  }

  private Lane caseWhen(BoundExpr.Case expr, boolean @Nullable [] active) {
    int[] choice = new int[rows];
    Arrays.fill(choice, -1);
    boolean[] open = openRows(active);
    List<Lane> lanes = new ArrayList<>();
    for (int branch = 0; branch < expr.results().size(); branch++) {
      boolean[] taken = open;
      if (branch < expr.conditions().size()) {
        Lane.Bools condition = (Lane.Bools) evaluate(expr.conditions().get(branch), open);
        taken = new boolean[rows];
        for (int i = 0; i < rows; i++) {
          taken[i] = open[i] && !condition.isNull(i) && condition.values[condition.at(i)];
        }
      }
      lanes.add(evaluate(expr.results().get(branch), taken));
      boolean[] left = new boolean[rows];
      for (int i = 0; i < rows; i++) {
        choice[i] = taken[i] ? branch : choice[i];
        left[i] = open[i] && !taken[i];
      }
      open = left;
    }
    return pick(Kind.of(expr.type()), lanes, choice);
  }

  private boolean[] openRows(boolean @Nullable [] active) {
    if (active != null) {
      return active.clone();
    }
    boolean[] all = new boolean[rows];
    Arrays.fill(all, true);
    return all;
  }

  private Lane pick(Kind kind, List<Lane> lanes, int[] choice) {
    Object[] out = new Object[rows];
    for (int i = 0; i < rows; i++) {
      out[i] = choice[i] < 0 ? null : lanes.get(choice[i]).get(i);
    }
    return Lane.of(kind, out, false);
  }

  private Lane length(BoundExpr.Length length, boolean @Nullable [] active) {
    Lane.Bytes value = (Lane.Bytes) evaluate(length.value(), active);
    boolean text = length.value().type() instanceof StringType;
    long[] out = new long[value.offsets.length - 1];
    for (int i = 0; i < out.length; i++) {
      int count = value.offsets[i + 1] - value.offsets[i];
      if (text) {
        for (int at = value.offsets[i]; at < value.offsets[i + 1]; at++) {
          // Continuation bytes do not begin a character.
          count -= (value.data[at] & 0xC0) == 0x80 ? 1 : 0;
        }
      }
      out[i] = count;
    }
    return new Lane.Longs(out, value.nulls(), value.isConstant());
  }

  private Lane datePart(BoundExpr.DatePart date, boolean @Nullable [] active) {
    Lane.Longs value = (Lane.Longs) evaluate(date.value(), active);
    long[] out = new long[value.values.length];
    for (int i = 0; i < out.length; i++) {
      if (value.isNull(i)) {
        continue;
      }
      long at = value.values[i];
      out[i] =
          switch (date.part()) {
            case YEAR -> LocalDate.ofEpochDay(at).getYear();
            case MONTH -> LocalDate.ofEpochDay(at).getMonthValue();
            case DAY -> LocalDate.ofEpochDay(at).getDayOfMonth();
            default -> TimeUnit.MICROSECONDS.toHours(Math.floorMod(at, TimeUnit.DAYS.toMicros(1)));
          };
    }
    return new Lane.Longs(out, value.nulls(), value.isConstant());
  }

  /** The constants of an IN list, sorted for binary search. */
  private record SortedOptions(List<Object> sorted, boolean hasNull) {
    static SortedOptions of(List<BoundExpr> options) {
      List<Object> values = new ArrayList<>();
      boolean hasNull = false;
      for (BoundExpr option : options) {
        if (option instanceof BoundExpr.Literal literal) {
          Object value = literal.value();
          if (value == null) {
            hasNull = true;
          } else {
            values.add(value);
          }
        }
      }
      values.sort(Values::compare);
      return new SortedOptions(values, hasNull);
    }

    boolean contains(Lane lane, int position) {
      int low = 0;
      int high = sorted.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = compare(sorted.get(middle), lane, position);
        if (order == 0) {
          return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order > 0 ? middle - 1 : high;
      }
      return false;
    }

    private static int compare(Object option, Lane lane, int position) {
      if (lane instanceof Lane.Longs longs) {
        return Long.compare((Long) option, longs.values[position]);
      }
      if (lane instanceof Lane.Doubles doubles) {
        return Values.compare(((Double) option).doubleValue(), doubles.values[position]);
      }
      if (lane instanceof Lane.Decimals decimals) {
        return ((BigDecimal) option).compareTo(decimals.values[position]);
      }
      if (lane instanceof Lane.Bytes bytes) {
        return ((Binary) option)
            .compareTo(bytes.data, bytes.offsets[position], bytes.offsets[position + 1]);
      }
      return Values.compare(option, lane.boxed(position));
    }
  }
}
