package io.neuralake.expr;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes expressions as SQL text; every operand that is itself an operation goes in parentheses.
 */
final class SqlPrinter {
  private final StringBuilder out = new StringBuilder();

  private SqlPrinter() {}

  static String print(Expr expr) {
    ExprDepth.check(expr);
    SqlPrinter printer = new SqlPrinter();
    printer.write(expr);
    return printer.out.toString();
  }

  private void write(Expr expr) {
    if (expr instanceof Expr.Column column) {
      out.append(column.path().stream().map(ColumnNames::quote).collect(Collectors.joining(".")));
    } else if (expr instanceof Expr.Literal literal) {
      out.append(SqlLiterals.print(literal.value()));
    } else if (expr instanceof Expr.Comparison comparison) {
      infix(comparison.left(), comparison.comparator().symbol(), comparison.right());
    } else if (expr instanceof Expr.Arithmetic arithmetic) {
      infix(arithmetic.left(), arithmetic.operator().symbol(), arithmetic.right());
    } else if (expr instanceof Expr.And and) {
      chain(and.operands(), " AND ");
    } else if (expr instanceof Expr.Or or) {
      chain(or.operands(), " OR ");
    } else if (expr instanceof Expr.Negate negate) {
      call("-", List.of(negate.operand()));
    } else if (expr instanceof Expr.Not not) {
      writeNot(not.operand());
    } else if (expr instanceof Expr.IsNull isNull) {
      operand(isNull.operand());
      out.append(" IS NULL");
    } else if (expr instanceof Expr.In in) {
      operand(in.value());
      call(" IN ", in.options());
    } else if (expr instanceof Expr.Like like) {
      writeLike(like);
    } else if (expr instanceof Expr.Cast cast) {
      out.append("CAST(");
      write(cast.value());
      out.append(" AS ").append(cast.typeName()).append(')');
    } else if (expr instanceof Expr.Call call) {
      call(call.function().name(), call.arguments());
    } else if (expr instanceof Expr.Case caseWhen) {
      writeCase(caseWhen);
    }
  }

  private void writeNot(Expr operand) {
    if (operand instanceof Expr.IsNull isNull) {
      operand(isNull.operand());
      out.append(" IS NOT NULL");
    } else {
      out.append("NOT ");
      operand(operand);
    }
  }

  private void writeLike(Expr.Like like) {
    operand(like.value());
    out.append(" LIKE ").append(SqlLiterals.quote(like.pattern()));
    if (like.escape() != '\\') {
      out.append(" ESCAPE ").append(SqlLiterals.quote(String.valueOf(like.escape())));
    }
  }

  private void writeCase(Expr.Case caseWhen) {
    out.append("CASE");
    for (Expr.Branch branch : caseWhen.branches()) {
      out.append(" WHEN ");
      write(branch.condition());
      out.append(" THEN ");
      write(branch.result());
    }
    Expr otherwise = caseWhen.otherwise();
    if (otherwise != null) {
      out.append(" ELSE ");
      write(otherwise);
    }
    out.append(" END");
  }

  private void infix(Expr left, String symbol, Expr right) {
    operand(left);
    out.append(' ').append(symbol).append(' ');
    operand(right);
  }

  /** Comparisons bind closer than AND and OR, so they need no parentheses there. */
  private void chain(List<Expr> operands, String separator) {
    Iterator<Expr> all = operands.iterator();
    while (all.hasNext()) {
      Expr next = all.next();
      if (next instanceof Expr.Comparison
          || next instanceof Expr.In
          || next instanceof Expr.Like
          || next instanceof Expr.IsNull
          || next instanceof Expr.Not) {
        write(next);
      } else {
        operand(next);
      }
      out.append(all.hasNext() ? separator : "");
    }
  }

  private void call(String name, List<Expr> arguments) {
    out.append(name).append('(');
    Iterator<Expr> all = arguments.iterator();
    while (all.hasNext()) {
      write(all.next());
      out.append(all.hasNext() ? ", " : "");
    }
    out.append(')');
  }

  private void operand(Expr expr) {
    if (expr instanceof Expr.Column
        || expr instanceof Expr.Literal
        || expr instanceof Expr.Cast
        || expr instanceof Expr.Call
        || expr instanceof Expr.Case) {
      write(expr);
    } else {
      out.append('(');
      write(expr);
      out.append(')');
    }
  }
}
