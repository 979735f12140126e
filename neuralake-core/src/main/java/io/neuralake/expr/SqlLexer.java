package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;

/** Cuts SQL text into tokens in one pass. */
final class SqlLexer {
  enum Kind {
    WORD,
    QUOTED_NAME,
    STRING,
    NUMBER,
    SYMBOL,
    END
  }

  /**
   * A token.
   *
   * @param kind what it is
   * @param text the text, without quotes and with escapes resolved
   * @param start its offset
   * @param end the offset behind it
   */
  record Token(Kind kind, String text, int start, int end) {}

  private static final String[] SYMBOLS = {
    "<=>", "<=", ">=", "<>", "!=", "==", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", ",", ".",
    "!"
  };

  private final String sql;
  private int at;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  static List<Token> tokens(String sql) {
    SqlLexer lexer = new SqlLexer(sql);
    List<Token> tokens = new ArrayList<>();
    Token token;
    do {
      token = lexer.next();
      tokens.add(token);
    } while (token.kind() != Kind.END);
    return tokens;
  }

  /** An error at an offset, with the text around it. */
  static InvalidRequestException error(String sql, int offset, String problem) {
    int from = Math.max(0, offset - 30);
    int to = Math.min(sql.length(), offset + 30);
    String near =
        (from > 0 ? "..." : "") + sql.substring(from, to) + (to < sql.length() ? "..." : "");
    String brief = problem.length() <= 200 ? problem : problem.substring(0, 200) + "...";
    return new InvalidRequestException(
        "SQL expression, position " + (offset + 1) + ": " + brief + " Near: " + near);
  }

  private Token next() {
    skipBlanks();
    int start = at;
    if (at == sql.length()) {
      return new Token(Kind.END, "", start, start);
    }
    char c = sql.charAt(at);
    if (c == '\'' || c == '"') {
      return new Token(Kind.STRING, string(c), start, at);
    }
    if (c == '`') {
      return new Token(Kind.QUOTED_NAME, quotedName(), start, at);
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)) && !followsName())) {
      number();
      return new Token(Kind.NUMBER, sql.substring(start, at), start, at);
    }
    if (isWordPart(c)) {
      while (at < sql.length() && isWordPart(sql.charAt(at))) {
        at++;
      }
      return new Token(Kind.WORD, sql.substring(start, at), start, at);
    }
    for (String symbol : SYMBOLS) {
      if (sql.startsWith(symbol, at)) {
        at += symbol.length();
        return new Token(Kind.SYMBOL, symbol, start, at);
      }
    }
    throw error(sql, start, "the character " + printable(c) + " is not supported here.");
  }

  private void skipBlanks() {
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        if (end < 0) {
          throw error(sql, at, "the comment has no end; close it with */.");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private String string(char quote) {
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c == quote) {
        if (peek(0) != quote) {
          return out.toString();
        }
        at++;
        out.append(quote);
      } else if (c == '\\' && at < sql.length()) {
        escape(out);
      } else {
        out.append(c);
      }
    }
    throw error(sql, start, "the string has no end; close it with " + quote + ".");
  }

  /** Resolves what follows a backslash as Spark does; LIKE patterns keep theirs before % and _. */
  private void escape(StringBuilder out) {
    char c = sql.charAt(at++);
    switch (c) {
      case '0' -> out.append('\0');
      case 'b' -> out.append('\b');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'Z' -> out.append('\u001A');
      case '%', '_' -> out.append('\\').append(c);
      case 'u' -> {
        int code = hex(4);
        if (code < 0) {
          out.append('u');
        } else {
          out.append((char) code);
          at += 4;
        }
      }
      default -> out.append(c);
    }
  }

  private int hex(int digits) {
    if (at + digits > sql.length()) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(sql.charAt(at + i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  private String quotedName() {
    int start = at++;
    StringBuilder out = new StringBuilder();
    while (at < sql.length()) {
      char c = sql.charAt(at++);
      if (c != '`') {
        out.append(c);
      } else if (peek(0) == '`') {
        at++;
        out.append('`');
      } else if (out.isEmpty()) {
        throw error(sql, start, "the name in backticks is empty.");
      } else {
        return out.toString();
      }
    }
    throw error(sql, start, "the name has no end; close it with a backtick.");
  }

  private void number() {
    digits();
    if (peek(0) == '.') {
      at++;
      digits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (isDigit(peek(1 + sign))) {
        at += 1 + sign;
        digits();
      }
    }
    while (at < sql.length() && isWordPart(sql.charAt(at))) {
      at++;
    }
  }

  private void digits() {
    while (isDigit(peek(0))) {
      at++;
    }
  }

  private boolean followsName() {
    return at > 0 && (isWordPart(sql.charAt(at - 1)) || sql.charAt(at - 1) == '`');
  }

  private char peek(int ahead) {
    return at + ahead < sql.length() ? sql.charAt(at + ahead) : '\0';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return c == '_' || Character.isLetterOrDigit(c) || Character.isSurrogate(c);
  }

  private static String printable(char c) {
    return c < ' ' || c > '~' ? String.format("U+%04X", (int) c) : "'" + c + "'";
  }
}
