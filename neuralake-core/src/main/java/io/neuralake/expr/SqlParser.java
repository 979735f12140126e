package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.SqlLexer.Kind;
import io.neuralake.expr.SqlLexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recursive-descent parser, one method per level of precedence, without backtracking: the time is
 * linear in the number of tokens, and the depth of recursion is bounded.
 */
final class SqlParser {
  private static final Map<String, Expr.Comparator> COMPARATORS =
      Map.of(
          "=", Expr.Comparator.EQ,
          "==", Expr.Comparator.EQ,
          "<>", Expr.Comparator.NE,
          "!=", Expr.Comparator.NE,
          "<", Expr.Comparator.LT,
          "<=", Expr.Comparator.LE,
          ">", Expr.Comparator.GT,
          ">=", Expr.Comparator.GE,
          "<=>", Expr.Comparator.EQ_NULL_SAFE);

  private static final Map<String, Expr.Operator> SUMS =
      Map.of("+", Expr.Operator.PLUS, "-", Expr.Operator.MINUS);

  private static final Map<String, Expr.Operator> PRODUCTS =
      Map.of("*", Expr.Operator.TIMES, "/", Expr.Operator.DIVIDE, "%", Expr.Operator.MOD);

  private final String sql;
  private final List<Token> tokens;
  private int next;
  private int depth;

  SqlParser(String sql, List<Token> tokens) {
    this.sql = sql;
    this.tokens = tokens;
  }

  Expr parse() {
    if (peek().kind() == Kind.END) {
      throw error("the expression is empty.");
    }
    Expr expr = or();
    if (peek().kind() != Kind.END) {
      throw error("'" + peek().text() + "' is not supported or does not belong here.");
    }
    return expr;
  }

  private Expr or() {
    List<Expr> operands = new ArrayList<>(List.of(and()));
    while (acceptWord("OR")) {
      operands.add(and());
    }
    return operands.size() == 1 ? operands.get(0) : new Expr.Or(operands);
  }

  private Expr and() {
    List<Expr> operands = new ArrayList<>(List.of(not()));
    while (acceptWord("AND")) {
      operands.add(not());
    }
    return operands.size() == 1 ? operands.get(0) : new Expr.And(operands);
  }

  private Expr not() {
    if (acceptWord("NOT") || acceptSymbol("!")) {
      enter();
      Expr operand = not();
      depth--;
      return new Expr.Not(operand);
    }
    return predicate();
  }

  private Expr predicate() {
    Expr value = comparison();
    if (acceptWord("IS")) {
      boolean negated = acceptWord("NOT");
      if (acceptWord("DISTINCT")) {
        expectWord("FROM");
        Expr same = new Expr.Comparison(Expr.Comparator.EQ_NULL_SAFE, value, comparison());
        return negated ? same : new Expr.Not(same);
      }
      expectWord("NULL");
      return negate(negated, new Expr.IsNull(value));
    }
    boolean negated = acceptWord("NOT");
    if (acceptWord("IN")) {
      expectSymbol("(");
      return negate(negated, new Expr.In(value, list("IN")));
    }
    if (acceptWord("LIKE")) {
      return negate(negated, like(value));
    }
    if (acceptWord("BETWEEN")) {
      Expr low = comparison();
      expectWord("AND");
      return negate(negated, value.between(low, comparison()));
    }
    if (negated) {
      throw error("after NOT, IN, LIKE or BETWEEN is expected.");
    }
    return value;
  }

  private static Expr negate(boolean negated, Expr expr) {
    return negated ? new Expr.Not(expr) : expr;
  }

  private Expr like(Expr value) {
    String pattern = string("the pattern of LIKE has to be a string literal.");
    if (!acceptWord("ESCAPE")) {
      return value.like(pattern);
    }
    String escape = string("ESCAPE needs a string literal of one character.");
    if (escape.length() != 1) {
      throw errorBefore("ESCAPE needs a string literal of one character.");
    }
    return value.like(pattern, escape.charAt(0));
  }

  private String string(String problem) {
    if (peek().kind() != Kind.STRING) {
      throw error(problem);
    }
    return advance().text();
  }

  private Expr comparison() {
    Expr left = sum();
    Expr.@Nullable Comparator comparator;
    while ((comparator = acceptAny(COMPARATORS)) != null) {
      left = new Expr.Comparison(comparator, left, sum());
    }
    return left;
  }

  private Expr sum() {
    Expr left = product();
    Expr.@Nullable Operator operator;
    while ((operator = acceptAny(SUMS)) != null) {
      left = new Expr.Arithmetic(operator, left, product());
    }
    return left;
  }

  private Expr product() {
    Expr left = signed();
    Expr.@Nullable Operator operator;
    while ((operator = acceptAny(PRODUCTS)) != null) {
      left = new Expr.Arithmetic(operator, left, signed());
    }
    return left;
  }

  private Expr signed() {
    boolean minus = acceptSymbol("-");
    if (!minus && !acceptSymbol("+")) {
      return primary();
    }
    if (peek().kind() == Kind.NUMBER) {
      return number(minus ? "-" : "", advance());
    }
    enter();
    Expr operand = signed();
    depth--;
    return minus ? new Expr.Negate(operand) : operand;
  }

  private Expr primary() {
    Token token = advance();
    switch (token.kind()) {
      case NUMBER:
        return number("", token);
      case STRING:
        return new Expr.Literal(token.text());
      case QUOTED_NAME:
        return column(token);
      case WORD:
        return word(token);
      case SYMBOL:
        if (token.text().equals("(")) {
          enter();
          Expr inner = or();
          depth--;
          expectSymbol(")");
          return inner;
        }
        break;
      case END:
        break;
    }
    next--;
    throw error(
        token.kind() == Kind.END
            ? "the expression ends where a value is expected."
            : "'" + token.text() + "' stands where a value is expected.");
  }

  private Expr word(Token token) {
    String word = token.text().toUpperCase(Locale.ROOT);
    if (peek().kind() == Kind.STRING) {
      String text = peek().text();
      switch (word) {
        case "X", "DATE", "TIMESTAMP", "TIMESTAMP_LTZ", "TIMESTAMP_NTZ" -> {
          Object value = SqlLiterals.typed(word, text);
          if (value == null) {
            throw error("'" + text + "' is not a " + word + " literal.");
          }
          next++;
          return new Expr.Literal(value);
        }
        default -> {}
      }
    }
    switch (word) {
      case "TRUE":
        return new Expr.Literal(true);
      case "FALSE":
        return new Expr.Literal(false);
      case "NULL":
        return new Expr.Literal(null);
      case "CASE":
        return caseWhen();
      default:
        break;
    }
    if (acceptSymbol("(")) {
      return call(token, word);
    }
    if (ColumnNames.isKeyword(word)) {
      next--;
      throw error("'" + token.text() + "' is a keyword; a column of that name needs backticks.");
    }
    return column(token);
  }

  private Expr column(Token first) {
    List<String> path = new ArrayList<>(List.of(first.text()));
    while (acceptSymbol(".")) {
      Token token = advance();
      if (token.kind() != Kind.WORD && token.kind() != Kind.QUOTED_NAME) {
        throw errorBefore("a name is expected after the dot.");
      }
      path.add(token.text());
    }
    return new Expr.Column(path);
  }

  private Expr call(Token token, String name) {
    if (name.equals("CAST")) {
      enter();
      Expr value = or();
      depth--;
      expectWord("AS");
      return cast(value);
    }
    for (Expr.Function function : Expr.Function.values()) {
      if (function.name().equals(name)) {
        List<Expr> arguments = list(name);
        if (function != Expr.Function.COALESCE && arguments.size() != 1) {
          throw SqlLexer.error(sql, token.start(), name + " takes one argument.");
        }
        return new Expr.Call(function, arguments);
      }
    }
    throw SqlLexer.error(
        sql,
        token.start(),
        "the function "
            + token.text()
            + " is not supported; CAST, COALESCE, LENGTH, LOWER, UPPER, ABS, YEAR, MONTH, DAY and HOUR are.");
  }

  private Expr cast(Expr value) {
    int start = peek().start();
    int parentheses = 0;
    while (peek().kind() != Kind.END) {
      if (peek().text().equals("(")) {
        parentheses++;
      } else if (peek().text().equals(")") && parentheses-- == 0) {
        break;
      }
      next++;
    }
    String type = sql.substring(start, peek().start());
    expectSymbol(")");
    try {
      return SqlTypes.cast(value, type);
    } catch (InvalidRequestException e) {
      throw SqlLexer.error(sql, start, String.valueOf(e.getMessage()));
    }
  }

  private Expr caseWhen() {
    enter();
    Expr subject = isWord("WHEN") ? null : or();
    List<Expr.Branch> branches = new ArrayList<>();
    expectWord("WHEN");
    do {
      Expr condition = or();
      expectWord("THEN");
      Expr when = subject == null ? condition : subject.eq(condition);
      branches.add(new Expr.Branch(when, or()));
    } while (acceptWord("WHEN"));
    Expr otherwise = acceptWord("ELSE") ? or() : null;
    expectWord("END");
    depth--;
    return new Expr.Case(branches, otherwise);
  }

  private List<Expr> list(String what) {
    if (peek().text().equals(")") && peek().kind() == Kind.SYMBOL) {
      throw error(what + " needs at least one value.");
    }
    enter();
    List<Expr> values = new ArrayList<>();
    do {
      values.add(or());
    } while (acceptSymbol(","));
    depth--;
    expectSymbol(")");
    return values;
  }

  private Expr number(String sign, Token token) {
    Object value = SqlLiterals.number(sign, token.text());
    if (value == null) {
      throw SqlLexer.error(
          sql, token.start(), "not a number, or out of its range: " + token.text() + ".");
    }
    return new Expr.Literal(value);
  }

  private void enter() {
    if (++depth > SqlExpressions.MAX_DEPTH) {
      throw ExprDepth.tooDeep();
    }
  }

  private Token peek() {
    return tokens.get(next);
  }

  private Token advance() {
    Token token = tokens.get(next);
    next++;
    return token;
  }

  private boolean isWord(String word) {
    return peek().kind() == Kind.WORD && peek().text().equalsIgnoreCase(word);
  }

  private boolean acceptWord(String word) {
    boolean found = isWord(word);
    next += found ? 1 : 0;
    return found;
  }

  private boolean acceptSymbol(String symbol) {
    boolean found = peek().kind() == Kind.SYMBOL && peek().text().equals(symbol);
    next += found ? 1 : 0;
    return found;
  }

  private <T> @Nullable T acceptAny(Map<String, T> symbols) {
    T found = peek().kind() == Kind.SYMBOL ? symbols.get(peek().text()) : null;
    next += found != null ? 1 : 0;
    return found;
  }

  private void expectWord(String word) {
    if (!acceptWord(word)) {
      throw error(word + " is expected.");
    }
  }

  private void expectSymbol(String symbol) {
    if (!acceptSymbol(symbol)) {
      throw error("'" + symbol + "' is expected.");
    }
  }

  private InvalidRequestException error(String problem) {
    return SqlLexer.error(sql, peek().start(), problem);
  }

  private InvalidRequestException errorBefore(String problem) {
    return SqlLexer.error(sql, tokens.get(next - 1).start(), problem);
  }
}
