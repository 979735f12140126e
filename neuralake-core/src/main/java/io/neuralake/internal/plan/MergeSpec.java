package io.neuralake.internal.plan;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a merge does, as the caller says it. Immutable.
 *
 * @param target the alias of the table
 * @param source the alias of the source
 * @param on when a row of the source matches one of the table, null if not said yet
 * @param clauses in order
 * @param evolve whether columns of the source are added to the table
 */
public record MergeSpec(
    String target, String source, @Nullable Expr on, List<Clause> clauses, boolean evolve)
    implements Serializable {

  /** Aliases {@code t} and {@code s}, nothing said yet. */
  public static final MergeSpec EMPTY = new MergeSpec("t", "s", null, List.of(), false);

  /** The rows that a clause is for. */
  public enum Rows {
    /** Pairs of a row of the table and one of the source. */
    MATCHED("whenMatched"),
    /** Rows of the source without a partner. */
    NOT_MATCHED("whenNotMatched"),
    /** Rows of the table without a partner. */
    NOT_MATCHED_BY_SOURCE("whenNotMatchedBySource");

    private final String method;

    Rows(String method) {
      this.method = method;
    }

    String method() {
      return method;
    }
  }

  /** What becomes of a row; the names are Spark's action types. */
  public enum Action {
    UPDATE,
    DELETE,
    INSERT
  }

  /**
   * A clause.
   *
   * @param rows the rows that it is for
   * @param condition which of them, null for all that are left
   * @param action what becomes of them
   * @param values new values by column name, null for all columns by name
   */
  public record Clause(
      Rows rows, @Nullable Expr condition, Action action, @Nullable Map<String, Expr> values)
      implements Serializable {
    public Clause {
      values = values == null ? null : new LinkedHashMap<>(values); // keeps its order
    }
  }

  public MergeSpec {
    clauses = List.copyOf(clauses);
  }

  public MergeSpec withAliases(String newTarget, String newSource) {
    return new MergeSpec(newTarget, newSource, on, clauses, evolve);
  }

  public MergeSpec withCondition(Expr condition) {
    return new MergeSpec(target, source, condition, clauses, evolve);
  }

  public MergeSpec with(Clause clause) {
    List<Clause> all = new ArrayList<>(clauses);
    all.add(clause);
    return new MergeSpec(target, source, on, all, evolve);
  }

  public MergeSpec evolving() {
    return new MergeSpec(target, source, on, clauses, true);
  }

  List<Clause> clauses(Rows rows) {
    return clauses.stream().filter(clause -> clause.rows() == rows).toList();
  }

  /** Whether a clause sets a column. */
  boolean sets(String column) {
    return clauses.stream()
        .filter(clause -> clause.action() != Action.DELETE)
        .anyMatch(
            clause ->
                clause.values() == null
                    || clause.values().keySet().stream().anyMatch(column::equalsIgnoreCase));
  }

  /** Refuses what can be seen to be wrong before there is a table. */
  void check(String table) {
    if (on == null) {
      throw new InvalidRequestException(
          table + ": a merge needs a condition; call on(..), such as on(\"t.id = s.id\").");
    }
    if (clauses.isEmpty()) {
      throw new InvalidRequestException(
          table + ": a merge needs a clause, such as whenMatched().updateAll().");
    }
    for (Rows rows : Rows.values()) {
      List<Clause> same = clauses(rows);
      for (int i = 0; i + 1 < same.size(); i++) {
        if (same.get(i).condition() == null) {
          throw new InvalidRequestException(
              table
                  + ": a "
                  + rows.method()
                  + " clause without a condition must be the last one of its kind.");
        }
      }
    }
  }
}
