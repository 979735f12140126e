package io.neuralake.internal.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The path of a column from the root of a schema. A step through an array is named {@code element},
 * a step through a map {@code key} or {@code value} (Delta protocol, section "Field Path").
 *
 * <p>As text the parts are joined with dots; a part with anything but letters, digits and
 * underscores stands in backticks, and a backtick within it is doubled.
 *
 * @param parts the names, outermost first; empty for the root of the schema
 */
public record ColumnPath(List<String> parts) {
  static final String ELEMENT = "element";
  static final String KEY = "key";
  static final String VALUE = "value";

  private static final ColumnPath ROOT = new ColumnPath(List.of());

  public ColumnPath {
    parts = List.copyOf(parts);
  }

  /** The root of a schema: the parent of its top-level columns. */
  public static ColumnPath root() {
    return ROOT;
  }

  /**
   * The path with these parts.
   *
   * @param parts the names, outermost first, as they are (not quoted)
   */
  public static ColumnPath of(String... parts) {
    return new ColumnPath(List.of(parts));
  }

  /**
   * Reads {@code a.b.`c.d`}.
   *
   * @throws IllegalArgumentException if a part is empty or a backtick is not closed
   */
  public static ColumnPath parse(String text) {
    List<ColumnPath> paths = parseList(text);
    if (paths.size() != 1) {
      throw new IllegalArgumentException("'" + text + "' names more than one column");
    }
    return paths.get(0);
  }

  /**
   * Reads a list of paths that are separated by commas, as in {@code
   * delta.dataSkippingStatsColumns}.
   *
   * @throws IllegalArgumentException if a part is empty or a backtick is not closed
   */
  public static List<ColumnPath> parseList(String text) {
    List<ColumnPath> paths = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder part = new StringBuilder();
      at = readPart(text, at, part);
      parts.add(part.toString());
      if (at < text.length() && text.charAt(at) == '.') {
        at++;
        continue;
      }
      paths.add(new ColumnPath(parts));
      parts.clear();
      if (at == text.length()) {
        return paths;
      }
      at++;
    }
  }

  /** Reads one part from {@code at}; returns where it ends: at a dot, a comma or the end. */
  private static int readPart(String text, int from, StringBuilder part) {
    int at = skipBlanks(text, from);
    if (at < text.length() && text.charAt(at) == '`') {
      at++;
      while (true) {
        int close = text.indexOf('`', at);
        if (close < 0) {
          throw new IllegalArgumentException("'" + text + "' has a backtick that is not closed");
        }
        part.append(text, at, close);
        at = close + 1;
        if (at == text.length() || text.charAt(at) != '`') {
          break;
        }
        part.append('`');
        at++;
      }
      at = skipBlanks(text, at);
      if (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != ',') {
        throw new IllegalArgumentException(
            "'" + text + "' goes on after a closing backtick at position " + at);
      }
    } else {
      int end = at;
      while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != ',') {
        end++;
      }
      part.append(text.substring(at, end).strip());
      at = end;
    }
    if (part.isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' has an empty column name");
    }
    return at;
  }

  private static int skipBlanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  /** Whether this is the root of the schema. */
  public boolean isRoot() {
    return parts.isEmpty();
  }

  /** Whether this is a top-level column. */
  public boolean isTopLevel() {
    return parts.size() == 1;
  }

  /** The path of a child of this column. */
  public ColumnPath child(String name) {
    List<String> longer = new ArrayList<>(parts.size() + 1);
    longer.addAll(parts);
    longer.add(name);
    return new ColumnPath(longer);
  }

  /**
   * The path of the column that holds this one.
   *
   * @throws IllegalStateException for the root
   */
  public ColumnPath parent() {
    requireNotRoot();
    return new ColumnPath(parts.subList(0, parts.size() - 1));
  }

  /**
   * The last part.
   *
   * @throws IllegalStateException for the root
   */
  public String leaf() {
    requireNotRoot();
    return parts.get(parts.size() - 1);
  }

  /** Whether the two paths name the same column: column names ignore case. */
  public boolean sameAs(ColumnPath other) {
    if (parts.size() != other.parts.size()) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).equalsIgnoreCase(other.parts.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether this path is {@code other} or a column within it, ignoring case. */
  boolean isWithin(ColumnPath other) {
    return parts.size() >= other.parts.size()
        && new ColumnPath(parts.subList(0, other.parts.size())).sameAs(other);
  }

  private void requireNotRoot() {
    if (isRoot()) {
      throw new IllegalStateException("the root of a schema has neither a name nor a parent");
    }
  }

  @Override
  public String toString() {
    return parts.stream().map(ColumnPath::quoted).collect(Collectors.joining("."));
  }

  private static String quoted(String part) {
    boolean plain =
        !part.isEmpty()
            && part.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '_');
    return plain ? part : "`" + part.replace("`", "``") + "`";
  }
}
