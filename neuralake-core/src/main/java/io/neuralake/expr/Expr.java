package io.neuralake.expr;

import io.delta.kernel.types.DataType;
import io.neuralake.error.InvalidRequestException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An expression over the columns of a table, with the semantics of Spark SQL (ANSI mode): SQL's
 * three-valued logic, NaN equal to itself and greater than every other number, an error on overflow
 * and on division by zero, time zone UTC.
 *
 * <p>Immutable, thread-safe, serializable, and equal to another expression of the same structure.
 * Names and types are checked when the expression meets a schema, not before.
 *
 * <pre>{@code
 * import static io.neuralake.expr.Expr.*;
 *
 * Expr hot = col("region").in("V1", "V2").and(col("reading.voltage").gt(3.5));
 * Expr same = sql("region IN ('V1', 'V2') AND reading.voltage > 3.5D");
 * }</pre>
 *
 * <p>Where a method takes an {@link Object}, it is another expression or a value that {@link
 * #lit(Object)} accepts.
 */
public sealed interface Expr extends Serializable {

  // ---------------------------------------------------------------- factories

  /**
   * A column, or a field in one: {@code col("a.b")} is the field b of the struct a. A name with
   * other characters than letters, digits and underscores goes in backticks: {@code col("`a.b`")}
   * is a column whose name has a dot; within backticks a backtick is written twice.
   *
   * @param name the dotted name
   * @return the column
   * @throws InvalidRequestException if the name is empty or its backticks do not match
   */
  static Expr col(String name) {
    return new Column(ColumnNames.parse(name));
  }

  /**
   * A column or field by its path; the parts are taken literally.
   *
   * @param path the names from the root of the schema
   * @return the column
   */
  static Expr column(List<String> path) {
    return new Column(path);
  }

  /**
   * A constant: null, {@link Boolean}, {@link Byte}, {@link Short}, {@link Integer}, {@link Long},
   * {@link Float}, {@link Double}, {@link java.math.BigDecimal} or {@link java.math.BigInteger} of
   * up to 38 digits, {@link String}, {@code byte[]} or {@link Binary}, {@link java.time.LocalDate}
   * (date), {@link java.time.Instant} (timestamp), {@link java.time.LocalDateTime} (timestamp_ntz);
   * times are cut to microseconds. An expression is returned as it is.
   *
   * @param value the value
   * @return the constant
   * @throws InvalidRequestException if the class of the value is not one of these
   */
  static Expr lit(@Nullable Object value) {
    return value instanceof Expr expr ? expr : new Literal(value);
  }

  /**
   * Reads an expression from SQL text; see {@link SqlExpressions#parse(String)}.
   *
   * @param text the SQL text
   * @return the expression
   * @throws InvalidRequestException if the text is not an expression that neuralake supports
   */
  static Expr sql(String text) {
    return SqlExpressions.parse(text);
  }

  /**
   * The first argument that is not null.
   *
   * @param first an expression or value
   * @param more further ones
   * @return null where all are null
   */
  static Expr coalesce(Object first, @Nullable Object... more) {
    List<Expr> arguments = new ArrayList<>();
    arguments.add(lit(first));
    for (Object argument : more) {
      arguments.add(lit(argument));
    }
    return new Call(Function.COALESCE, arguments);
  }

  /**
   * The number of characters of a string, or of bytes of a binary.
   *
   * @param value a string or binary
   * @return an integer
   */
  static Expr length(Expr value) {
    return new Call(Function.LENGTH, List.of(value));
  }

  /**
   * The string in lower case, by the rules of the root locale.
   *
   * @param value a string
   * @return a string
   */
  static Expr lower(Expr value) {
    return new Call(Function.LOWER, List.of(value));
  }

  /**
   * The string in upper case, by the rules of the root locale.
   *
   * @param value a string
   * @return a string
   */
  static Expr upper(Expr value) {
    return new Call(Function.UPPER, List.of(value));
  }

  /**
   * The absolute value.
   *
   * @param value a number
   * @return a number of the same type
   */
  static Expr abs(Expr value) {
    return new Call(Function.ABS, List.of(value));
  }

  /**
   * {@code CASE WHEN condition THEN result END}; refine it with {@link Case#when(Expr, Object)} and
   * {@link Case#otherwise(Object)}.
   *
   * @param condition a boolean
   * @param result the result where the condition is true
   * @return null where no condition is true
   */
  static Case when(Expr condition, @Nullable Object result) {
    return new Case(List.of(new Branch(condition, lit(result))), null);
  }

  // ---------------------------------------------------------------- refinements

  /** {@code this = other}. */
  default Expr eq(@Nullable Object other) {
    return new Comparison(Comparator.EQ, this, lit(other));
  }

  /** {@code this <> other}. */
  default Expr ne(@Nullable Object other) {
    return new Comparison(Comparator.NE, this, lit(other));
  }

  /** {@code this < other}. */
  default Expr lt(@Nullable Object other) {
    return new Comparison(Comparator.LT, this, lit(other));
  }

  /** {@code this <= other}. */
  default Expr le(@Nullable Object other) {
    return new Comparison(Comparator.LE, this, lit(other));
  }

  /** {@code this > other}. */
  default Expr gt(@Nullable Object other) {
    return new Comparison(Comparator.GT, this, lit(other));
  }

  /** {@code this >= other}. */
  default Expr ge(@Nullable Object other) {
    return new Comparison(Comparator.GE, this, lit(other));
  }

  /**
   * {@code this <=> other}: like {@link #eq}, but null equals null and the result is never null.
   */
  default Expr eqNullSafe(@Nullable Object other) {
    return new Comparison(Comparator.EQ_NULL_SAFE, this, lit(other));
  }

  /** {@code this AND other}; the second is not evaluated where the first is false. */
  default Expr and(Expr other) {
    List<Expr> operands = new ArrayList<>(this instanceof And and ? and.operands() : List.of(this));
    operands.add(other);
    return new And(operands);
  }

  /** {@code this OR other}; the second is not evaluated where the first is true. */
  default Expr or(Expr other) {
    List<Expr> operands = new ArrayList<>(this instanceof Or or ? or.operands() : List.of(this));
    operands.add(other);
    return new Or(operands);
  }

  /** {@code NOT this}; unknown stays unknown. */
  default Expr not() {
    return new Not(this);
  }

  /** {@code this IN (options)}; null, not false, where nothing is equal and an option is null. */
  default Expr in(@Nullable Object... options) {
    return new In(this, Arrays.stream(options).map(Expr::lit).toList());
  }

  /** {@code this IS NULL}. */
  default Expr isNull() {
    return new IsNull(this);
  }

  /** {@code this IS NOT NULL}. */
  default Expr isNotNull() {
    return new Not(new IsNull(this));
  }

  /**
   * {@code this LIKE pattern}: % for any characters, _ for one, a backslash before % _ or itself.
   */
  default Expr like(String pattern) {
    return new Like(this, pattern, '\\');
  }

  /** {@code this LIKE pattern ESCAPE escape}. */
  default Expr like(String pattern, char escape) {
    return new Like(this, pattern, escape);
  }

  /**
   * {@code this BETWEEN low AND high}, both included; the same as {@code ge(low).and(le(high))}.
   */
  default Expr between(@Nullable Object low, @Nullable Object high) {
    return new And(List.of(ge(low), le(high)));
  }

  /** {@code this + other}. */
  default Expr plus(@Nullable Object other) {
    return new Arithmetic(Operator.PLUS, this, lit(other));
  }

  /** {@code this - other}. */
  default Expr minus(@Nullable Object other) {
    return new Arithmetic(Operator.MINUS, this, lit(other));
  }

  /** {@code this * other}. */
  default Expr times(@Nullable Object other) {
    return new Arithmetic(Operator.TIMES, this, lit(other));
  }

  /** {@code this / other}: a double for integers, a decimal for decimals. */
  default Expr divide(@Nullable Object other) {
    return new Arithmetic(Operator.DIVIDE, this, lit(other));
  }

  /** {@code this % other}, with the sign of this. */
  default Expr mod(@Nullable Object other) {
    return new Arithmetic(Operator.MOD, this, lit(other));
  }

  /** {@code - this}. */
  default Expr negate() {
    return new Negate(this);
  }

  /**
   * {@code CAST(this AS type)}.
   *
   * @param type a type that is not nested
   * @return the converted value; evaluation fails where a value does not fit
   */
  default Expr cast(DataType type) {
    return SqlTypes.cast(this, SqlTypes.name(type));
  }

  /**
   * The operands, in order.
   *
   * @return empty for columns and constants
   */
  List<Expr> children();

  /**
   * SQL text that {@link #sql(String)} reads back to an equal expression and Spark SQL reads with
   * the same meaning.
   *
   * @return the text
   * @throws InvalidRequestException if the expression is nested too deeply
   */
  default String toSql() {
    return SqlPrinter.print(this);
  }

  // ---------------------------------------------------------------- nodes

  /** How two values are compared. */
  enum Comparator {
    /** Equal. */
    EQ("="),
    /** Not equal. */
    NE("<>"),
    /** Less. */
    LT("<"),
    /** Less or equal. */
    LE("<="),
    /** Greater. */
    GT(">"),
    /** Greater or equal. */
    GE(">="),
    /** Equal, where null equals null. */
    EQ_NULL_SAFE("<=>");

    private final String symbol;

    Comparator(String symbol) {
      this.symbol = symbol;
    }

    /** The SQL operator. */
    public String symbol() {
      return symbol;
    }
  }

  /** How two numbers are combined. */
  enum Operator {
    /** Sum. */
    PLUS("+"),
    /** Difference. */
    MINUS("-"),
    /** Product. */
    TIMES("*"),
    /** Quotient. */
    DIVIDE("/"),
    /** Remainder. */
    MOD("%");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** The SQL operator. */
    public String symbol() {
      return symbol;
    }
  }

  /** The functions. */
  enum Function {
    /** First argument that is not null. */
    COALESCE,
    /** Number of characters or bytes. */
    LENGTH,
    /** Lower case. */
    LOWER,
    /** Upper case. */
    UPPER,
    /** Absolute value. */
    ABS,
    /** Year of a date or time. */
    YEAR,
    /** Month of a date or time, from 1. */
    MONTH,
    /** Day of the month of a date or time, from 1. */
    DAY,
    /** Hour of the day of a time, from 0. */
    HOUR
  }

  /**
   * A column or a field in a struct.
   *
   * @param path the names from the root
   */
  record Column(List<String> path) implements Expr {
    /** Copies the path. */
    public Column {
      path = List.copyOf(path);
      if (path.isEmpty() || path.contains("")) {
        throw new InvalidRequestException("A column name is empty. Give the name of a column.");
      }
    }

    @Override
    public List<Expr> children() {
      return List.of();
    }
  }

  /**
   * A constant.
   *
   * @param value null or a value of one of the classes that {@link Expr#lit(Object)} names
   */
  record Literal(@Nullable Object value) implements Expr {
    /** Checks the class and makes the value canonical. */
    public Literal {
      value = LiteralValues.canonical(value);
    }

    @Override
    public List<Expr> children() {
      return List.of();
    }
  }

  /**
   * A comparison.
   *
   * @param comparator how
   * @param left the left operand
   * @param right the right operand
   */
  record Comparison(Comparator comparator, Expr left, Expr right) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(left, right);
    }
  }

  /**
   * Arithmetic on two operands.
   *
   * @param operator how
   * @param left the left operand
   * @param right the right operand
   */
  record Arithmetic(Operator operator, Expr left, Expr right) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(left, right);
    }
  }

  /**
   * The opposite number.
   *
   * @param operand the number
   */
  record Negate(Expr operand) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(operand);
    }
  }

  /**
   * True where all operands are true.
   *
   * @param operands two or more
   */
  record And(List<Expr> operands) implements Expr {
    /** Copies the operands. */
    public And {
      operands = atLeast(2, operands, "AND");
    }

    @Override
    public List<Expr> children() {
      return operands;
    }
  }

  /**
   * True where an operand is true.
   *
   * @param operands two or more
   */
  record Or(List<Expr> operands) implements Expr {
    /** Copies the operands. */
    public Or {
      operands = atLeast(2, operands, "OR");
    }

    @Override
    public List<Expr> children() {
      return operands;
    }
  }

  /**
   * Negation.
   *
   * @param operand a boolean
   */
  record Not(Expr operand) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(operand);
    }
  }

  /**
   * Membership in a list.
   *
   * @param value the value
   * @param options one or more
   */
  record In(Expr value, List<Expr> options) implements Expr {
    /** Copies the options. */
    public In {
      options = atLeast(1, options, "IN");
    }

    @Override
    public List<Expr> children() {
      List<Expr> all = new ArrayList<>(options.size() + 1);
      all.add(value);
      all.addAll(options);
      return all;
    }
  }

  /**
   * Whether a value is null.
   *
   * @param operand the value
   */
  record IsNull(Expr operand) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(operand);
    }
  }

  /**
   * Pattern match.
   *
   * @param value a string
   * @param pattern the pattern
   * @param escape the character that makes a following %, _ or itself literal
   */
  record Like(Expr value, String pattern, char escape) implements Expr {
    @Override
    public List<Expr> children() {
      return List.of(value);
    }
  }

  /**
   * Conversion to a type; made by {@link Expr#cast(DataType)}.
   *
   * @param value the value
   * @param typeName the SQL name of the type in the spelling of {@link Expr#toSql()}
   */
  record Cast(Expr value, String typeName) implements Expr {
    /** Makes the spelling of the type canonical. */
    public Cast {
      typeName = SqlTypes.name(SqlTypes.parse(typeName));
    }

    /**
     * The type.
     *
     * @return the type that the name says
     */
    public DataType type() {
      return SqlTypes.parse(typeName);
    }

    @Override
    public List<Expr> children() {
      return List.of(value);
    }
  }

  /**
   * A function of its arguments.
   *
   * @param function which
   * @param arguments one or more
   */
  record Call(Function function, List<Expr> arguments) implements Expr {
    /** Checks the number of arguments. */
    public Call {
      arguments = atLeast(1, arguments, function.name());
      if (function != Function.COALESCE && arguments.size() != 1) {
        throw new InvalidRequestException(
            function + " takes one argument, not " + arguments.size() + ".");
      }
    }

    @Override
    public List<Expr> children() {
      return arguments;
    }
  }

  /**
   * One alternative of a {@link Case}.
   *
   * @param condition a boolean
   * @param result the result where it is true
   */
  record Branch(Expr condition, Expr result) implements Serializable {}

  /**
   * The result of the first branch whose condition is true.
   *
   * @param branches one or more
   * @param otherwise the result where none is true; null means SQL null
   */
  record Case(List<Branch> branches, @Nullable Expr otherwise) implements Expr {
    /** Copies the branches. */
    public Case {
      branches = List.copyOf(branches);
      if (branches.isEmpty()) {
        throw new InvalidRequestException("CASE needs at least one WHEN.");
      }
    }

    /** Adds a branch behind the others. */
    public Case when(Expr condition, @Nullable Object result) {
      List<Branch> more = new ArrayList<>(branches);
      more.add(new Branch(condition, lit(result)));
      return new Case(more, otherwise);
    }

    /** Sets the result where no condition is true. */
    public Case otherwise(@Nullable Object result) {
      return new Case(branches, lit(result));
    }

    @Override
    public List<Expr> children() {
      List<Expr> all = new ArrayList<>();
      for (Branch branch : branches) {
        all.add(branch.condition());
        all.add(branch.result());
      }
      if (otherwise != null) {
        all.add(otherwise);
      }
      return all;
    }
  }

  private static List<Expr> atLeast(int count, List<Expr> operands, String what) {
    List<Expr> copy = List.copyOf(operands);
    if (copy.size() < count) {
      throw new InvalidRequestException(
          what + " needs at least " + count + " operand(s), not " + copy.size() + ".");
    }
    return copy;
  }
}
