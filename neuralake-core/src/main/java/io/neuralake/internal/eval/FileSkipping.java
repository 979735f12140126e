package io.neuralake.internal.eval;

import io.delta.kernel.types.DataType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Binary;
import io.neuralake.expr.Expr.Comparator;
import io.neuralake.expr.Expr.Operator;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.PartFilter;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides from partition values and statistics whether rows of a file, or of a part of it, can
 * match a condition. What is not certain counts as possible. Statements about all rows that the
 * file ever had hold for the rows that a deletion vector leaves, so bounds that are not tight serve
 * as well. Where evaluating the condition would fail in a row (an overflow, say), that row counts
 * as neither matching nor not, and no failure is reported. Immutable and thread-safe.
 */
public final class FileSkipping {
  private final BoundExpr predicate;
  private final List<String> topColumns;

  /**
   * Skipping by a condition.
   *
   * @param predicate a boolean, from {@link Binder#predicate}
   */
  public FileSkipping(BoundExpr predicate) {
    this.predicate = predicate;
    this.topColumns =
        predicate.columns().stream()
            .filter(path -> path.size() == 1)
            .map(path -> path.get(0))
            .toList();
  }

  /**
   * The answer for a file.
   *
   * @param mayMatch false only if it is certain that no row matches
   * @param allMatch true only if it is certain that every row matches
   */
  public record Verdict(boolean mayMatch, boolean allMatch) {}

  /**
   * Judges a file.
   *
   * @param partitionValues canonical values, null for null, by logical column name
   * @param stats the file's statistics, or null if it has none
   * @param physicalPath gives the path in the statistics of a column's logical path, or null
   * @return the verdict
   */
  public Verdict judge(
      Map<String, ? extends @Nullable Object> partitionValues,
      @Nullable FileStats stats,
      Function<List<String>, @Nullable List<String>> physicalPath) {
    if (stats != null && stats.numRecords() == 0) {
      return new Verdict(false, true);
    }
    Bounds bounds =
        new Analysis(new FileEvidence(stats, physicalPath)).bounds(residual(partitionValues));
    return new Verdict(bounds.mayBeTrue(), !bounds.mayBeFalse() && !bounds.mayBeNull());
  }

  private BoundExpr residual(Map<String, ? extends @Nullable Object> partitionValues) {
    boolean partitioned = topColumns.stream().anyMatch(partitionValues::containsKey);
    return partitioned ? new Substitution(partitionValues).apply(predicate) : predicate;
  }

  /**
   * The condition as it is asked of the parts of a file.
   *
   * @param partitionValues canonical values, null for null, by logical column name
   */
  public PartFilter within(Map<String, ? extends @Nullable Object> partitionValues) {
    BoundExpr residual = residual(partitionValues);
    Set<List<String>> columns = residual.columns();
    return new PartFilter() {
      @Override
      public Set<List<String>> columns() {
        return columns;
      }

      @Override
      public boolean mayMatch(Part part) {
        return new Analysis(new PartEvidence(part)).bounds(residual).mayBeTrue();
      }
    };
  }

  /** What is known of the values of columns. */
  private interface Evidence {
    Bounds bounds(BoundExpr.Column column);

    /** Whether a column may have a value that is equal to a held one. */
    boolean mayContain(BoundExpr.Column column, Object value);
  }

  private record FileEvidence(
      @Nullable FileStats stats, Function<List<String>, @Nullable List<String>> physicalPath)
      implements Evidence {

    @Override
    public Bounds bounds(BoundExpr.Column column) {
      List<String> path = stats == null ? null : physicalPath.apply(column.path());
      FileStats.Column found = stats == null || path == null ? null : stats.columns().get(path);
      return stats == null || found == null
          ? Bounds.UNKNOWN
          : ColumnBounds.of(stats, found, column.type());
    }

    @Override
    public boolean mayContain(BoundExpr.Column column, Object value) {
      return true;
    }
  }

  private record PartEvidence(PartFilter.Part part) implements Evidence {

    @Override
    public Bounds bounds(BoundExpr.Column column) {
      PartFilter.Range range = part.range(column.path());
      return range == null
          ? Bounds.UNKNOWN
          : new Bounds(range.min(), range.max(), range.mayBeNull(), range.mayBeValue());
    }

    @Override
    public boolean mayContain(BoundExpr.Column column, Object value) {
      return part.mayContain(column.path(), value);
    }
  }

  private record Analysis(Evidence evidence) {

    Bounds bounds(BoundExpr expr) {
      if (expr instanceof BoundExpr.Literal literal) {
        return Bounds.constant(literal.value());
      }
      if (expr instanceof BoundExpr.Column column) {
        return evidence.bounds(column);
      }
      if (expr instanceof BoundExpr.Compare compare) {
        return compare(compare.comparator(), compare.left(), compare.right());
      }
      if (expr instanceof BoundExpr.Logic logic) {
        return logic(logic.and(), logic.children().stream().map(this::bounds).toList());
      }
      if (expr instanceof BoundExpr.Not not) {
        Bounds operand = bounds(not.operand());
        return Bounds.condition(
            /* mayBeTrue= */ operand.mayBeFalse(),
            /* mayBeFalse= */ operand.mayBeTrue(),
            operand.mayBeNull());
      }
      if (expr instanceof BoundExpr.IsNull isNull) {
        Bounds operand = bounds(isNull.operand());
        return Bounds.condition(operand.mayBeNull(), operand.mayBeValue(), false);
      }
      if (expr instanceof BoundExpr.In in) {
        return logic(
            false, in.options().stream().map(o -> compare(Comparator.EQ, in.value(), o)).toList());
      }
      if (expr instanceof BoundExpr.Like like) {
        return like(bounds(like.value()), like.pattern());
      }
      if (expr instanceof BoundExpr.Cast cast) {
        return cast(bounds(cast.value()), cast.value().type(), cast.type());
      }
      if (expr instanceof BoundExpr.Negate negate) {
        Bounds operand = bounds(negate.operand());
        return Kind.of(expr.type()) == Kind.DOUBLE ? operand.withoutRange() : negated(operand);
      }
      return expr instanceof BoundExpr.Arithmetic arithmetic
          ? arithmetic(arithmetic)
          : Bounds.UNKNOWN;
    }

    private Bounds compare(Comparator comparator, BoundExpr left, BoundExpr right) {
      Bounds l = bounds(left);
      Bounds r = bounds(right);
      boolean mayBeEqual = l.mayBeEqual(r) && mayContain(left, r) && mayContain(right, l);
      return FileSkipping.compare(comparator, l, r, mayBeEqual);
    }

    /** Whether an operand may have the other's value, if that is one. */
    private boolean mayContain(BoundExpr operand, Bounds other) {
      BoundExpr plain = operand;
      while (plain instanceof BoundExpr.Cast cast
          && Casts.isWidening(cast.value().type(), cast.type())) {
        plain = cast.value();
      }
      Object value = other.min();
      return value == null
          || !value.equals(other.max())
          || !(plain instanceof BoundExpr.Column column)
          || evidence.mayContain(column, value);
    }

    /** Sums and differences of integers: a row either has the exact result or fails. */
    private Bounds arithmetic(BoundExpr.Arithmetic expr) {
      Bounds left = bounds(expr.left());
      Bounds right = bounds(expr.right());
      boolean mayBeNull = left.mayBeNull() || right.mayBeNull();
      boolean mayBeValue = left.mayBeValue() && right.mayBeValue();
      if (Kind.of(expr.type()) != Kind.LONG
          || (expr.operator() != Operator.PLUS && expr.operator() != Operator.MINUS)) {
        return new Bounds(null, null, mayBeNull, mayBeValue);
      }
      Bounds other = expr.operator() == Operator.PLUS ? right : negated(right);
      return new Bounds(
          sum(left.min(), other.min()), sum(left.max(), other.max()), mayBeNull, mayBeValue);
    }
  }

  private static @Nullable Object sum(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return null;
    }
    try {
      return Math.addExact((Long) left, (Long) right);
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static Bounds negated(Bounds bounds) {
    return new Bounds(
        opposite(bounds.max()), opposite(bounds.min()), bounds.mayBeNull(), bounds.mayBeValue());
  }

  private static @Nullable Object opposite(@Nullable Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal.negate();
    }
    return value instanceof Long number && number != Long.MIN_VALUE ? (Object) (-number) : null;
  }

  private static Bounds compare(
      Comparator comparator, Bounds left, Bounds right, boolean mayBeEqual) {
    boolean values = left.mayBeValue() && right.mayBeValue();
    boolean equal = values && mayBeEqual;
    boolean less = values && left.mayBeLess(right);
    boolean greater = values && left.mayBeGreater(right);
    boolean nulls = left.mayBeNull() || right.mayBeNull();
    return switch (comparator) {
      case EQ -> Bounds.condition(equal, less || greater, nulls);
      case NE -> Bounds.condition(less || greater, equal, nulls);
      case LT -> Bounds.condition(less, equal || greater, nulls);
      case LE -> Bounds.condition(less || equal, greater, nulls);
      case GT -> Bounds.condition(greater, less || equal, nulls);
      case GE -> Bounds.condition(greater || equal, less, nulls);
      case EQ_NULL_SAFE -> {
        boolean bothNull = left.mayBeNull() && right.mayBeNull();
        boolean oneNull =
            left.mayBeNull() && right.mayBeValue() || left.mayBeValue() && right.mayBeNull();
        yield Bounds.condition(equal || bothNull, less || greater || oneNull, false);
      }
    };
  }

  private static Bounds logic(boolean and, List<Bounds> operands) {
    boolean anyTrue = false;
    boolean anyFalse = false;
    boolean anyNull = false;
    boolean allTrue = true;
    boolean allFalse = true;
    for (Bounds operand : operands) {
      boolean certain = and ? !operand.mayBeTrue() : !operand.mayBeFalse();
      boolean decides = certain && !operand.mayBeNull();
      if (decides) {
        return Bounds.constant(!and);
      }
      anyTrue |= operand.mayBeTrue();
      anyFalse |= operand.mayBeFalse();
      anyNull |= operand.mayBeNull();
      allTrue &= operand.mayBeTrue();
      allFalse &= operand.mayBeFalse();
    }
    return and
        ? Bounds.condition(allTrue, anyFalse, anyNull)
        : Bounds.condition(anyTrue, allFalse, anyNull);
  }

  private static Bounds like(Bounds value, LikePattern pattern) {
    Binary prefix = pattern.prefix();
    if (pattern.isExact()) {
      Bounds exact = Bounds.constant(prefix);
      return compare(Comparator.EQ, value, exact, value.mayBeEqual(exact));
    }
    boolean below = value.max() instanceof Binary max && max.compareTo(prefix) < 0;
    boolean above =
        value.min() instanceof Binary min && min.compareTo(prefix) > 0 && !startsWith(min, prefix);
    // Everything between two strings with a common prefix has that prefix.
    boolean all =
        pattern.isPrefix()
            && (prefix.length() == 0
                || value.min() instanceof Binary low
                    && value.max() instanceof Binary high
                    && startsWith(low, prefix)
                    && startsWith(high, prefix));
    boolean values = value.mayBeValue();
    return Bounds.condition(values && !below && !above, values && !all, value.mayBeNull());
  }

  private static boolean startsWith(Binary value, Binary prefix) {
    return value.length() >= prefix.length()
        && Arrays.equals(
            value.toByteArray(), 0, prefix.length(), prefix.toByteArray(), 0, prefix.length());
  }

  private static Bounds cast(Bounds value, DataType from, DataType to) {
    return isMonotone(from, to)
        ? new Bounds(
            converted(value.min(), from, to),
            converted(value.max(), from, to),
            value.mayBeNull(),
            value.mayBeValue())
        : value.withoutRange();
  }

  /** Whether a greater value never converts to a lesser one. */
  private static boolean isMonotone(DataType from, DataType to) {
    Kind source = Kind.of(from);
    if (Kind.isTemporal(from) && Kind.isTemporal(to)) {
      return true;
    }
    return Casts.isWidening(from, to)
        || (Kind.isIntegral(from) || source == Kind.DECIMAL) && Kind.isNumeric(to);
  }

  private static @Nullable Object converted(@Nullable Object value, DataType from, DataType to) {
    if (value == null) {
      return null;
    }
    try {
      return Casts.value(value, from, to);
    } catch (InvalidRequestException e) {
      return null;
    }
  }
}
