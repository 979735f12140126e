package io.neuralake.internal.eval;

import io.delta.kernel.types.BinaryType;
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
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.expr.SqlExpressions;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the columns of an expression and inserts the conversions that Spark SQL (ANSI mode)
 * would: numbers widen, a string beside a date, time, number or boolean becomes one, an integer
 * beside a decimal becomes a decimal. What has no columns is computed here, once.
 *
 * <p>Immutable and thread-safe. All methods throw {@link InvalidRequestException} when the
 * expression does not fit the schema.
 */
public final class Binder {
  private final ColumnResolver resolver;

  public Binder(ColumnResolver resolver) {
    this.resolver = resolver;
  }

  /** A binder for one schema of logical names. */
  public static Binder of(StructType schema) {
    return new Binder(new SchemaResolver(schema));
  }

  /** Binds an expression of any type. A bare NULL becomes a string. */
  public BoundExpr bind(Expr expr) {
    SqlExpressions.requireBounded(expr);
    return convert(expr);
  }

  /** Binds a condition; it has to be a boolean. */
  public BoundExpr predicate(Expr expr) {
    SqlExpressions.requireBounded(expr);
    return condition(expr, "A condition");
  }

  /** Binds an expression and converts its result to a type, as for an assignment to a column. */
  public BoundExpr bindAs(Expr expr, DataType type) {
    BoundExpr bound = bind(expr);
    if (!bound.type().equals(type) && !isUntyped(bound) && !Casts.isSupported(bound.type(), type)) {
      throw new InvalidRequestException(
          describe(expr)
              + " is of type "
              + bound.type()
              + ", which does not convert to "
              + type
              + ". Use a value of that type.");
    }
    return cast(bound, type);
  }

  /**
   * Binds an expression and converts its result to a type, as Spark does by default where rows are
   * stored: numbers become other numbers, dates and times each other, anything text; text becomes
   * nothing else, so that no row fails for what it says.
   */
  public BoundExpr assign(Expr expr, DataType type) {
    BoundExpr bound = bind(expr);
    DataType from = bound.type();
    boolean fits =
        isUntyped(bound)
            || from.equals(type)
            || Casts.isSupported(from, type)
                && (type instanceof StringType
                    || Kind.isNumeric(from) && Kind.isNumeric(type)
                    || Kind.isTemporal(from) && Kind.isTemporal(type));
    if (!fits) {
      throw new InvalidRequestException(
          describe(expr)
              + " is of type "
              + from
              + ", which is not stored as "
              + type
              + ". Use a value of that type, or CAST.");
    }
    return cast(bound, type);
  }

  private BoundExpr convert(Expr expr) {
    if (expr instanceof Expr.Column column) {
      return resolver.resolve(column.path());
    }
    if (expr instanceof Expr.Literal literal) {
      return literal(literal.value());
    }
    return Folding.fold(operation(expr));
  }

  private BoundExpr operation(Expr expr) {
    if (expr instanceof Expr.Comparison comparison) {
      List<BoundExpr> sides =
          comparable(expr, List.of(convert(comparison.left()), convert(comparison.right())));
      return new BoundExpr.Compare(comparison.comparator(), sides.get(0), sides.get(1));
    }
    if (expr instanceof Expr.And and) {
      return new BoundExpr.Logic(true, conditions(and.operands(), "AND"));
    }
    if (expr instanceof Expr.Or or) {
      return new BoundExpr.Logic(false, conditions(or.operands(), "OR"));
    }
    if (expr instanceof Expr.Not not) {
      return new BoundExpr.Not(condition(not.operand(), "NOT"));
    }
    if (expr instanceof Expr.IsNull isNull) {
      return new BoundExpr.IsNull(convert(isNull.operand()));
    }
    if (expr instanceof Expr.In in) {
      List<BoundExpr> all = comparable(expr, in.children().stream().map(this::convert).toList());
      return new BoundExpr.In(all.get(0), all.subList(1, all.size()));
    }
    if (expr instanceof Expr.Like like) {
      return new BoundExpr.Like(
          string(like.value(), "LIKE"), LikePattern.compile(like.pattern(), like.escape()));
    }
    if (expr instanceof Expr.Cast cast) {
      return explicitCast(cast);
    }
    if (expr instanceof Expr.Arithmetic arithmetic) {
      return arithmetic(arithmetic);
    }
    if (expr instanceof Expr.Negate negate) {
      return new BoundExpr.Negate(number(negate.operand(), "-"));
    }
    if (expr instanceof Expr.Call call) {
      return call(call);
    }
    return caseWhen((Expr.Case) expr);
  }

  private BoundExpr explicitCast(Expr.Cast cast) {
    BoundExpr value = convert(cast.value());
    DataType type = cast.type();
    if (!isUntyped(value) && !Casts.isSupported(value.type(), type)) {
      throw new InvalidRequestException(
          describe(cast)
              + ": a value of type "
              + value.type()
              + " does not convert to "
              + type
              + ". Cast to another type.");
    }
    return cast(value, type);
  }

  private BoundExpr call(Expr.Call call) {
    Expr first = call.arguments().get(0);
    return switch (call.function()) {
      case COALESCE -> {
        List<BoundExpr> arguments =
            unify(call, call.arguments().stream().map(this::convert).toList());
        yield new BoundExpr.Coalesce(arguments, arguments.get(0).type());
      }
      case LENGTH -> {
        BoundExpr value = convert(first);
        yield new BoundExpr.Length(
            value.type() instanceof BinaryType ? value : string(first, "LENGTH"));
      }
      case LOWER -> new BoundExpr.ChangeCase(false, string(first, "LOWER"));
      case UPPER -> new BoundExpr.ChangeCase(true, string(first, "UPPER"));
      case ABS -> new BoundExpr.Abs(number(first, "ABS"));
      case YEAR, MONTH, DAY -> datePart(call, DateType.DATE);
      case HOUR -> datePart(call, TimestampType.TIMESTAMP);
    };
  }

  private BoundExpr datePart(Expr.Call call, DataType type) {
    BoundExpr value = convert(call.arguments().get(0));
    if (!isUntyped(value) && !Casts.isSupported(value.type(), type)) {
      throw new InvalidRequestException(
          describe(call) + " needs a date or time, not " + value.type() + ".");
    }
    return new BoundExpr.DatePart(call.function(), cast(value, type));
  }

  private BoundExpr caseWhen(Expr.Case expr) {
    List<BoundExpr> conditions = new ArrayList<>();
    List<BoundExpr> results = new ArrayList<>();
    for (Expr.Branch branch : expr.branches()) {
      conditions.add(condition(branch.condition(), "WHEN"));
      results.add(convert(branch.result()));
    }
    Expr otherwise = expr.otherwise();
    results.add(otherwise == null ? untypedNull() : convert(otherwise));
    List<BoundExpr> unified = unify(expr, results);
    return new BoundExpr.Case(conditions, unified, unified.get(0).type());
  }

  private BoundExpr arithmetic(Expr.Arithmetic expr) {
    BoundExpr left = convert(expr.left());
    BoundExpr right = convert(expr.right());
    boolean strings = left.type() instanceof StringType && right.type() instanceof StringType;
    if (isUntyped(left) && isUntyped(right)) {
      left = cast(left, DoubleType.DOUBLE);
    }
    DataType common = common(left, right);
    if (common == null || !Kind.isNumeric(common) || strings && !hasUntyped(left, right)) {
      throw mismatch(expr, left.type(), right.type(), "numbers");
    }
    if (Kind.isIntegral(common)) {
      if (expr.operator() != Expr.Operator.DIVIDE) {
        return new BoundExpr.Arithmetic(
            expr.operator(), cast(left, common), cast(right, common), common);
      }
      common = DoubleType.DOUBLE;
    }
    if (Kind.of(common) == Kind.DOUBLE) {
      return new BoundExpr.Arithmetic(
          expr.operator(), cast(left, common), cast(right, common), common);
    }
    BoundExpr a = decimal(left);
    BoundExpr b = decimal(right);
    DecimalType type =
        Coercion.result(expr.operator(), (DecimalType) a.type(), (DecimalType) b.type());
    return new BoundExpr.Arithmetic(expr.operator(), a, b, type);
  }

  /** Integers become decimals; constant ones with no more digits than they have. */
  private static BoundExpr decimal(BoundExpr expr) {
    if (expr instanceof BoundExpr.Literal literal && literal.value() instanceof Long value) {
      return cast(expr, Coercion.decimalOf(BigDecimal.valueOf(value)));
    }
    return isUntyped(expr)
        ? cast(expr, new DecimalType(1, 0))
        : cast(expr, Coercion.decimalOf(expr.type()));
  }

  private List<BoundExpr> conditions(List<Expr> exprs, String what) {
    return exprs.stream().map(expr -> condition(expr, what)).toList();
  }

  private BoundExpr condition(Expr expr, String what) {
    BoundExpr bound = convert(expr);
    if (isUntyped(bound)) {
      return cast(bound, BooleanType.BOOLEAN);
    }
    if (!(bound.type() instanceof BooleanType)) {
      throw new InvalidRequestException(
          what
              + " needs a boolean; "
              + describe(expr)
              + " is of type "
              + bound.type()
              + ". Compare it with something.");
    }
    return bound;
  }

  private BoundExpr string(Expr expr, String what) {
    BoundExpr bound = convert(expr);
    if (isUntyped(bound)) {
      return cast(bound, StringType.STRING);
    }
    if (!Casts.isSupported(bound.type(), StringType.STRING)) {
      throw new InvalidRequestException(
          what + " needs a string; " + describe(expr) + " is of type " + bound.type() + ".");
    }
    return cast(bound, StringType.STRING);
  }

  private BoundExpr number(Expr expr, String what) {
    BoundExpr bound = convert(expr);
    if (isUntyped(bound) || bound.type() instanceof StringType) {
      return cast(bound, DoubleType.DOUBLE);
    }
    if (!Kind.isNumeric(bound.type())) {
      throw new InvalidRequestException(
          what + " needs a number; " + describe(expr) + " is of type " + bound.type() + ".");
    }
    return bound;
  }

  /** Operands that can be compared. Decimals keep their scales: comparing needs no common one. */
  private static List<BoundExpr> comparable(Expr expr, List<BoundExpr> operands) {
    DataType common = commonOf(expr, operands);
    if (Kind.of(common) == Kind.OPAQUE) {
      throw new InvalidRequestException(
          describe(expr)
              + " compares values of type "
              + common
              + ". Compare their fields, which are not nested.");
    }
    List<BoundExpr> converted = new ArrayList<>(operands.size());
    for (BoundExpr operand : operands) {
      boolean decimal = common instanceof DecimalType && !isUntyped(operand);
      DataType type = decimal ? Coercion.decimalOf(operand.type()) : common;
      converted.add(cast(operand, type));
    }
    return converted;
  }

  private static List<BoundExpr> unify(Expr expr, List<BoundExpr> operands) {
    DataType common = commonOf(expr, operands);
    if (Kind.of(common) == Kind.OPAQUE) {
      throw new InvalidRequestException(
          describe(expr) + " is of type " + common + "; nested results are not supported.");
    }
    return operands.stream().map(operand -> cast(operand, common)).toList();
  }

  private static DataType commonOf(Expr expr, List<BoundExpr> operands) {
    DataType common = null;
    for (BoundExpr operand : operands) {
      if (isUntyped(operand)) {
        continue;
      }
      DataType wider = common == null ? operand.type() : Coercion.common(common, operand.type());
      if (wider == null) {
        throw mismatch(expr, common, operand.type(), "types that convert into one another");
      }
      common = wider;
    }
    return common == null ? StringType.STRING : common;
  }

  private static @Nullable DataType common(BoundExpr left, BoundExpr right) {
    if (isUntyped(left)) {
      return right.type();
    }
    return isUntyped(right) ? left.type() : Coercion.common(left.type(), right.type());
  }

  private static boolean hasUntyped(BoundExpr left, BoundExpr right) {
    return isUntyped(left) || isUntyped(right);
  }

  private static BoundExpr cast(BoundExpr expr, DataType type) {
    if (isUntyped(expr)) {
      return new BoundExpr.Literal(null, type, false);
    }
    return expr.type().equals(type) ? expr : Folding.fold(new BoundExpr.Cast(expr, type));
  }

  private static boolean isUntyped(BoundExpr expr) {
    return expr instanceof BoundExpr.Literal literal && literal.untyped();
  }

  private static BoundExpr untypedNull() {
    return new BoundExpr.Literal(null, StringType.STRING, true);
  }

  private static BoundExpr literal(@Nullable Object value) {
    if (value == null) {
      return untypedNull();
    }
    DataType type = typeOf(value);
    return new BoundExpr.Literal(Values.held(value, type), type, false);
  }

  private static DataType typeOf(Object value) {
    if (value instanceof Boolean) {
      return BooleanType.BOOLEAN;
    }
    if (value instanceof Byte) {
      return ByteType.BYTE;
    }
    if (value instanceof Short) {
      return ShortType.SHORT;
    }
    if (value instanceof Integer) {
      return IntegerType.INTEGER;
    }
    if (value instanceof Long) {
      return LongType.LONG;
    }
    if (value instanceof Float) {
      return FloatType.FLOAT;
    }
    if (value instanceof Double) {
      return DoubleType.DOUBLE;
    }
    if (value instanceof BigDecimal decimal) {
      return Coercion.decimalOf(decimal);
    }
    if (value instanceof String) {
      return StringType.STRING;
    }
    if (value instanceof LocalDate) {
      return DateType.DATE;
    }
    if (value instanceof Instant) {
      return TimestampType.TIMESTAMP;
    }
    return value instanceof LocalDateTime ? TimestampNTZType.TIMESTAMP_NTZ : BinaryType.BINARY;
  }

  private static InvalidRequestException mismatch(
      Expr expr, @Nullable DataType left, DataType right, String wanted) {
    return new InvalidRequestException(
        describe(expr)
            + " combines "
            + left
            + " and "
            + right
            + ", but needs "
            + wanted
            + ". Use CAST or another value.");
  }

  private static String describe(Expr expr) {
    String sql = expr.toSql();
    return sql.length() <= 200 ? sql : sql.substring(0, 200) + "...";
  }
}
