package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;

/**
 * Reads expressions from SQL text in the flavour of Spark SQL (ANSI mode).
 *
 * <p>Supported: {@code = == <> != < <= > >= <=>}, AND, OR, NOT, {@code !}, [NOT] IN (list), IS
 * [NOT] NULL, [NOT] LIKE with ESCAPE, [NOT] BETWEEN, {@code + - * / %}, CAST, CASE, COALESCE,
 * LENGTH, LOWER, UPPER, ABS, YEAR, MONTH, DAY, HOUR, literals (numbers with the suffixes Y S L F D
 * BD, {@code 'text'} with backslash escapes and doubled quotes, TRUE, FALSE, NULL, {@code X'0AFF'},
 * {@code DATE '..'}, {@code TIMESTAMP '..'}, {@code TIMESTAMP_LTZ '..'}, {@code TIMESTAMP_NTZ
 * '..'}), dotted and backtick-quoted names, comments. A timestamp without a zone is in UTC.
 *
 * <p>The time taken is proportional to the length of the text. Text and nesting are bounded, so
 * that text from untrusted sources does no harm. Stateless and thread-safe.
 */
public final class SqlExpressions {
  /** The greatest length of an expression's text, in characters. */
  public static final int MAX_LENGTH = 100_000;

  /** The greatest depth of an expression. A chain of AND or OR counts as one level. */
  public static final int MAX_DEPTH = 200;

  private SqlExpressions() {}

  /**
   * Reads one expression.
   *
   * @param text the SQL text
   * @return the expression
   * @throws InvalidRequestException if the text is too long, nested too deeply, not SQL or uses
   *     what neuralake does not support; the message has the position, counted from 1
   */
  public static Expr parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidRequestException(
          "The SQL expression has "
              + text.length()
              + " characters; at most "
              + MAX_LENGTH
              + " are read. Shorten it, or build it with io.neuralake.expr.Expr.");
    }
    Expr expr = new SqlParser(text, SqlLexer.tokens(text)).parse();
    ExprDepth.check(expr);
    return expr;
  }

  /**
   * Refuses an expression that is too deep or too large to be worked on safely. {@link #parse} and
   * {@link Expr#toSql()} do this by themselves.
   *
   * @param expr the expression
   * @throws InvalidRequestException if it is deeper than {@link #MAX_DEPTH} or very large
   */
  public static void requireBounded(Expr expr) {
    ExprDepth.check(expr);
  }
}
