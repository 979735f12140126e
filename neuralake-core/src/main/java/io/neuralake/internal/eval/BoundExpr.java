package io.neuralake.internal.eval;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.neuralake.expr.Expr.Comparator;
import io.neuralake.expr.Expr.Function;
import io.neuralake.expr.Expr.Operator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression whose columns are resolved and whose operands have the types that their operation
 * needs: conversions are explicit casts. Made by {@link Binder}. Immutable and thread-safe.
 */
public sealed interface BoundExpr {

  /** The type of the result. */
  DataType type();

  /** The operands. */
  List<BoundExpr> children();

  /** The columns that are read, each once: paths of logical names as the schema spells them. */
  default Set<List<String>> columns() {
    Set<List<String>> found = new LinkedHashSet<>();
    collect(this, found);
    return found;
  }

  private static void collect(BoundExpr expr, Set<List<String>> found) {
    if (expr instanceof Column column) {
      found.add(column.path());
    }
    expr.children().forEach(child -> collect(child, found));
  }

  /**
   * A column or a field in a struct.
   *
   * @param path logical names from the root
   * @param type its type
   */
  record Column(List<String> path, DataType type) implements BoundExpr {
    public Column {
      path = List.copyOf(path);
    }

    @Override
    public List<BoundExpr> children() {
      return List.of();
    }
  }

  /**
   * A constant.
   *
   * @param value a value as {@link Kind} says, or null
   * @param type its type
   * @param untyped whether it is a bare NULL, which takes any type
   */
  record Literal(@Nullable Object value, DataType type, boolean untyped) implements BoundExpr {
    @Override
    public List<BoundExpr> children() {
      return List.of();
    }
  }

  /** Operands of the same kind. */
  record Compare(Comparator comparator, BoundExpr left, BoundExpr right) implements BoundExpr {
    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(left, right);
    }
  }

  /** Operands of the kind of the result. */
  record Arithmetic(Operator operator, BoundExpr left, BoundExpr right, DataType type)
      implements BoundExpr {
    @Override
    public List<BoundExpr> children() {
      return List.of(left, right);
    }
  }

  /** The opposite number. */
  record Negate(BoundExpr operand) implements BoundExpr {
    @Override
    public DataType type() {
      return operand.type();
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(operand);
    }
  }

  /** The absolute value. */
  record Abs(BoundExpr operand) implements BoundExpr {
    @Override
    public DataType type() {
      return operand.type();
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(operand);
    }
  }

  /** Conjunction, or disjunction. */
  record Logic(boolean and, List<BoundExpr> children) implements BoundExpr {
    public Logic {
      children = List.copyOf(children);
    }

    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }
  }

  /** Negation. */
  record Not(BoundExpr operand) implements BoundExpr {
    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(operand);
    }
  }

  /** Null test. */
  record IsNull(BoundExpr operand) implements BoundExpr {
    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(operand);
    }
  }

  /** Membership; value and options are of the same kind. */
  record In(BoundExpr value, List<BoundExpr> options) implements BoundExpr {
    public In {
      options = List.copyOf(options);
    }

    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }

    @Override
    public List<BoundExpr> children() {
      List<BoundExpr> all = new ArrayList<>(options.size() + 1);
      all.add(value);
      all.addAll(options);
      return all;
    }
  }

  /** Pattern match. */
  record Like(BoundExpr value, LikePattern pattern) implements BoundExpr {
    @Override
    public DataType type() {
      return BooleanType.BOOLEAN;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(value);
    }
  }

  /** Conversion. */
  record Cast(BoundExpr value, DataType type) implements BoundExpr {
    @Override
    public List<BoundExpr> children() {
      return List.of(value);
    }
  }

  /** The first child that is not null; all have the same kind. */
  record Coalesce(List<BoundExpr> children, DataType type) implements BoundExpr {
    public Coalesce {
      children = List.copyOf(children);
    }
  }

  /** Characters of a string, bytes of a binary. */
  record Length(BoundExpr value) implements BoundExpr {
    @Override
    public DataType type() {
      return IntegerType.INTEGER;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(value);
    }
  }

  /**
   * A part of a date, or the hour of a time.
   *
   * @param part YEAR, MONTH, DAY, of a date; or HOUR, of a timestamp
   */
  record DatePart(Function part, BoundExpr value) implements BoundExpr {
    @Override
    public DataType type() {
      return IntegerType.INTEGER;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(value);
    }
  }

  /** Upper or lower case. */
  record ChangeCase(boolean upper, BoundExpr value) implements BoundExpr {
    @Override
    public DataType type() {
      return StringType.STRING;
    }

    @Override
    public List<BoundExpr> children() {
      return List.of(value);
    }
  }

  /**
   * The result of the first condition that is true.
   *
   * @param conditions one per branch
   * @param results one per branch and then one for none
   * @param type the type of all results
   */
  record Case(List<BoundExpr> conditions, List<BoundExpr> results, DataType type)
      implements BoundExpr {
    public Case {
      conditions = List.copyOf(conditions);
      results = List.copyOf(results);
    }

    @Override
    public List<BoundExpr> children() {
      List<BoundExpr> all = new ArrayList<>(conditions);
      all.addAll(results);
      return all;
    }
  }
}
