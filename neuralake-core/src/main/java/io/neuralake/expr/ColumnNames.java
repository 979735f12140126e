package io.neuralake.expr;

import io.neuralake.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Dotted column names with backticks, in and out. */
final class ColumnNames {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Words that begin or go on with something else than a column name. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "AND",
          "OR",
          "NOT",
          "IN",
          "IS",
          "NULL",
          "LIKE",
          "BETWEEN",
          "TRUE",
          "FALSE",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "CAST",
          "ESCAPE",
          "DIV",
          "DISTINCT",
          "EXISTS",
          "SELECT",
          "INTERVAL",
          "FROM",
          "RLIKE",
          "REGEXP",
          "ILIKE");

  private ColumnNames() {}

  static boolean isKeyword(String word) {
    return KEYWORDS.contains(word.toUpperCase(Locale.ROOT));
  }

  static String quote(String name) {
    return PLAIN.matcher(name).matches() && !isKeyword(name)
        ? name
        : "`" + name.replace("`", "``") + "`";
  }

  static List<String> parse(String name) {
    List<String> path = new ArrayList<>();
    int at = 0;
    while (true) {
      int end = at;
      if (at < name.length() && name.charAt(at) == '`') {
        StringBuilder part = new StringBuilder();
        end = quoted(name, at, part);
        path.add(part.toString());
      } else {
        while (end < name.length() && name.charAt(end) != '.') {
          if (name.charAt(end) == '`') {
            throw bad(name);
          }
          end++;
        }
        path.add(name.substring(at, end));
      }
      if (path.get(path.size() - 1).isEmpty()) {
        throw bad(name);
      }
      if (end == name.length()) {
        return path;
      }
      if (name.charAt(end) != '.') {
        throw bad(name);
      }
      at = end + 1;
    }
  }

  /** Reads the part in backticks that starts at the offset; returns the offset behind it. */
  private static int quoted(String name, int start, StringBuilder part) {
    int at = start + 1;
    while (at < name.length()) {
      char c = name.charAt(at++);
      if (c != '`') {
        part.append(c);
      } else if (at < name.length() && name.charAt(at) == '`') {
        part.append('`');
        at++;
      } else {
        return at;
      }
    }
    throw bad(name);
  }

  private static InvalidRequestException bad(String name) {
    return new InvalidRequestException(
        "'"
            + name
            + "' is not a column name: a part is empty or its backticks do not match. Write a.b for"
            + " the field b of a, and `a.b` for a name with a dot.");
  }
}
