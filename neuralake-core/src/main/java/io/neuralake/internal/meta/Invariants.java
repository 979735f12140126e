package io.neuralake.internal.meta;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.CorruptTableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that every written row has to satisfy (Delta protocol, sections "Column
 * Invariants" and "CHECK Constraints"). NOT NULL is not among them: it is part of the schema.
 */
public final class Invariants {
  /** Key of a column's invariant in the metadata of its field. */
  static final String METADATA_KEY = "delta.invariants";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * One condition.
   *
   * @param name the constraint's name, or for a column invariant the path of its column
   * @param sql the condition, as SQL text over the table's columns
   */
  public record Condition(String name, String sql) {}

  private Invariants() {}

  /**
   * Collects all conditions: column invariants in the order of the schema, then constraints by
   * name.
   *
   * @param metadata the table
   * @param location the table, for messages
   * @throws CorruptTableException if an invariant is not in the form of the Delta protocol
   */
  public static List<Condition> of(TableMetadata metadata, String location) {
    List<Condition> all = new ArrayList<>(ofColumns(metadata.schema(), location));
    all.addAll(constraints(metadata.configuration()));
    return List.copyOf(all);
  }

  /**
   * The invariants of columns.
   *
   * @throws CorruptTableException if an invariant is not in the form of the Delta protocol
   */
  public static List<Condition> ofColumns(StructType schema, String location) {
    List<Condition> found = new ArrayList<>();
    SchemaTree.forEach(
        schema,
        (path, field) -> {
          Object text = field.getMetadata().get(METADATA_KEY);
          if (text != null) {
            found.add(new Condition(path.toString(), sql(text, path, location)));
          }
        });
    return found;
  }

  private static String sql(Object text, ColumnPath path, String location) {
    if (text instanceof String json) {
      try {
        JsonNode sql = MAPPER.readTree(json).path("expression").path("expression");
        if (sql.isTextual()) {
          return sql.textValue();
        }
      } catch (JsonProcessingException e) {
        throw damaged(path, location, e);
      }
    }
    throw damaged(path, location, null);
  }

  private static CorruptTableException damaged(
      ColumnPath path, String location, @Nullable Throwable cause) {
    return new CorruptTableException(
        location
            + ": the invariant of column "
            + path
            + " is not of the form {\"expression\": {\"expression\": \"<SQL>\"}}. Correct '"
            + METADATA_KEY
            + "' in the schema with the engine that wrote it.",
        cause);
  }

  /** The CHECK constraints among the properties, ordered by name. */
  public static List<Condition> constraints(Map<String, String> configuration) {
    Map<String, String> byName = new TreeMap<>();
    configuration.forEach(
        (key, value) -> {
          if (isConstraint(key)) {
            byName.put(key.substring(PropertyRules.CONSTRAINT_PREFIX.length()), value);
          }
        });
    List<Condition> found = new ArrayList<>();
    byName.forEach((name, sql) -> found.add(new Condition(name, sql)));
    return found;
  }

  static boolean isConstraint(String key) {
    return key.toLowerCase(Locale.ROOT).startsWith(PropertyRules.CONSTRAINT_PREFIX);
  }

  static boolean hasInvariant(StructField field) {
    return field.getMetadata().contains(METADATA_KEY);
  }

  /**
   * What depends on a column: conditions and generated columns whose SQL text has the column's name
   * in it. The text is not parsed, so that a function or a field of the same name counts too: a
   * change is refused rather than a condition broken.
   *
   * @param dropping whether what belongs to the column itself goes away with it
   * @return descriptions for a message; empty if nothing depends on the column
   */
  static List<String> dependents(
      TableMetadata metadata, ColumnPath column, boolean dropping, String location) {
    List<String> found = new ArrayList<>();
    for (Condition condition : constraints(metadata.configuration())) {
      if (mentions(condition.sql(), column.leaf())) {
        found.add("constraint '" + condition.name() + "' (" + condition.sql() + ")");
      }
    }
    SchemaTree.forEach(
        metadata.schema(),
        (path, field) -> {
          if (dropping && path.isWithin(column)) {
            return;
          }
          Object invariant = field.getMetadata().get(METADATA_KEY);
          if (invariant != null && mentions(sql(invariant, path, location), column.leaf())) {
            found.add("the invariant of column " + path);
          }
          if (field.getMetadata().get(ComputedColumns.GENERATION_KEY) instanceof String sql
              && (path.sameAs(column) || mentions(sql, column.leaf()))) {
            found.add("generated column " + path + " (" + sql + ")");
          }
        });
    return found;
  }

  /** Whether SQL text has the name as an identifier, bare or in backticks, outside of strings. */
  static boolean mentions(String sql, String name) {
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      int end = at + 1;
      if (c == '\'' || c == '"') {
        while (end < sql.length() && sql.charAt(end) != c) {
          end += sql.charAt(end) == '\\' ? 2 : 1;
        }
        // Double quotes enclose strings or, in ANSI SQL, names.
        if (c == '"' && sql.substring(at + 1, Math.min(end, sql.length())).equalsIgnoreCase(name)) {
          return true;
        }
        at = end + 1;
        continue;
      }
      if (c == '`') {
        StringBuilder quoted = new StringBuilder();
        while (end < sql.length()) {
          if (sql.charAt(end) == '`') {
            if (end + 1 == sql.length() || sql.charAt(end + 1) != '`') {
              break;
            }
            end++;
          }
          quoted.append(sql.charAt(end++));
        }
        if (quoted.toString().equalsIgnoreCase(name)) {
          return true;
        }
        at = end + 1;
        continue;
      }
      if (Character.isLetterOrDigit(c) || c == '_') {
        while (end < sql.length()
            && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '_')) {
          end++;
        }
        if (sql.substring(at, end).equalsIgnoreCase(name)) {
          return true;
        }
      }
      at = end;
    }
    return false;
  }
}
