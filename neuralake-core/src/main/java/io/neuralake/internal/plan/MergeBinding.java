package io.neuralake.internal.plan;

import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.JoinCondition;
import io.neuralake.internal.eval.JoinResolver;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.TableMetadata;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A merge that fits the columns of its table and source. Immutable and thread-safe.
 *
 * @param join when rows match
 * @param matched what becomes of pairs
 * @param notMatched what becomes of rows of the source without a partner
 * @param notMatchedBySource what becomes of rows of the table without a partner
 */
record MergeBinding(
    JoinCondition join,
    List<Clause> matched,
    List<Clause> notMatched,
    List<Clause> notMatchedBySource) {

  /**
   * A clause.
   *
   * @param condition which rows, null for all
   * @param deletes whether they are deleted
   * @param values the new value of each column of the table, in order, of its type; null where the
   *     row keeps what it has. Empty if the rows are deleted
   * @param completion computes what follows from the values of updated rows, null for others
   */
  record Clause(
      @Nullable BoundExpr condition,
      boolean deletes,
      List<@Nullable BoundExpr> values,
      @Nullable RowCompletion completion) {}

  /** Whether a row of the table may match several of the source. */
  boolean allowsManyMatches() {
    return matched.isEmpty()
        || (matched.size() == 1 && matched.get(0).deletes() && matched.get(0).condition() == null);
  }

  /** Columns of the table that tell what becomes of its rows. */
  Set<String> lookedAt() {
    Set<String> columns = new LinkedHashSet<>();
    addTarget(join.whole(), columns);
    for (List<Clause> clauses : List.of(matched, notMatchedBySource)) {
      for (Clause clause : clauses) {
        if (clause.condition() != null) {
          addTarget(clause.condition(), columns);
        }
      }
    }
    return columns;
  }

  private static void addTarget(BoundExpr expr, Set<String> columns) {
    for (List<String> path : expr.columns()) {
      if (!JoinResolver.isSource(path)) {
        columns.add(path.get(0));
      }
    }
  }

  /**
   * Fits a merge to columns.
   *
   * @param spec has a condition
   * @param metadata the table as it will be
   * @param source the columns of the source
   * @param defaults values of columns that inserted rows lack
   * @throws InvalidRequestException if it does not fit
   */
  static MergeBinding of(
      MergeSpec spec,
      TableMetadata metadata,
      StructType source,
      Map<String, @Nullable Object> defaults,
      String table) {
    return new Fitting(spec, metadata, source, defaults, table).bind();
  }

  private static final class Fitting {
    private final MergeSpec spec;
    private final TableMetadata metadata;
    private final String table;
    private final StructType schema;
    private final StructType source;
    private final Map<String, @Nullable Object> defaults;
    private final JoinResolver both;
    private final Set<String> generated = new HashSet<>();
    private final Set<String> identities = new HashSet<>();

    Fitting(
        MergeSpec spec,
        TableMetadata metadata,
        StructType source,
        Map<String, @Nullable Object> defaults,
        String table) {
      this.spec = spec;
      this.metadata = metadata;
      this.table = table;
      this.schema = metadata.schema();
      this.source = source;
      this.defaults = defaults;
      this.both =
          new JoinResolver(
              new JoinResolver.Side(spec.target(), schema, true),
              new JoinResolver.Side(spec.source(), source, true));
      ComputedColumns.All computed = ComputedColumns.of(schema, table);
      computed.generated().forEach(formula -> generated.add(formula.column()));
      computed.identities().forEach(identity -> identities.add(identity.column()));
    }

    MergeBinding bind() {
      Expr on = spec.on() == null ? Expr.lit(false) : spec.on();
      return new MergeBinding(
          JoinCondition.of(new Binder(both).predicate(on)),
          bind(MergeSpec.Rows.MATCHED, both),
          bind(MergeSpec.Rows.NOT_MATCHED, new JoinResolver(both.target().hidden(), both.source())),
          bind(
              MergeSpec.Rows.NOT_MATCHED_BY_SOURCE,
              new JoinResolver(both.target(), both.source().hidden())));
    }

    private List<Clause> bind(MergeSpec.Rows rows, JoinResolver visible) {
      Binder binder = new Binder(visible);
      List<Clause> bound = new ArrayList<>();
      for (MergeSpec.Clause clause : spec.clauses(rows)) {
        BoundExpr condition =
            clause.condition() == null ? null : binder.predicate(clause.condition());
        bound.add(
            clause.action() == MergeSpec.Action.DELETE
                ? new Clause(condition, true, List.of(), null)
                : setting(clause, condition, binder));
      }
      return bound;
    }

    private Clause setting(MergeSpec.Clause clause, @Nullable BoundExpr condition, Binder binder) {
      boolean insert = clause.action() == MergeSpec.Action.INSERT;
      Map<String, Expr> named =
          clause.values() == null ? byName(insert) : named(clause.values(), insert);
      RowCompletion completion =
          insert ? null : RowCompletion.afterUpdate(metadata, spelled(named.keySet()), table);
      List<@Nullable BoundExpr> values = new ArrayList<>();
      for (StructField field : schema.fields()) {
        Expr value = named.get(field.getName().toLowerCase(Locale.ROOT));
        if (value != null) {
          values.add(assigned(field, value, binder));
        } else if (completion == null || completion.recomputes(field.getName())) {
          values.add(missing(field, binder));
        } else {
          values.add(null);
        }
      }
      return new Clause(condition, false, values, completion);
    }

    private static BoundExpr assigned(StructField field, Expr value, Binder binder) {
      try {
        return binder.assign(value, field.getDataType());
      } catch (InvalidRequestException e) {
        throw new InvalidRequestException(
            "column '" + field.getName() + "' cannot be set: " + e.getMessage(), e);
      }
    }

    /** Columns as the table spells them. */
    private Set<String> spelled(Set<String> lowerCase) {
      Set<String> names = new HashSet<>();
      for (String name : schema.fieldNames()) {
        if (lowerCase.contains(name.toLowerCase(Locale.ROOT))) {
          names.add(name);
        }
      }
      return names;
    }

    private BoundExpr missing(StructField field, Binder binder) {
      Object constant = defaults.get(field.getName());
      DataType type = field.getDataType();
      return constant == null || generated.contains(field.getName())
          ? new BoundExpr.Literal(null, type, false)
          : binder.bindAs(Expr.lit(constant), type);
    }

    /** Values by column name in lower case. */
    private Map<String, Expr> named(Map<String, Expr> given, boolean insert) {
      Map<String, Expr> named = new TreeMap<>();
      given.forEach(
          (column, value) -> {
            List<StructField> found =
                schema.fields().stream()
                    .filter(field -> field.getName().equalsIgnoreCase(column))
                    .toList();
            if (found.isEmpty()) {
              throw new InvalidRequestException(
                  "the table has no column '"
                      + column
                      + "', which a clause sets; its columns are "
                      + String.join(", ", schema.fieldNames()));
            }
            if (!insert && identities.contains(found.get(0).getName())) {
              throw new InvalidRequestException(
                  "column '" + column + "' is an identity column, which cannot be updated");
            }
            if (named.put(column.toLowerCase(Locale.ROOT), value) != null) {
              throw new InvalidRequestException(
                  "a clause sets column '" + column + "' twice; column names ignore case");
            }
          });
      return named;
    }

    private Map<String, Expr> byName(boolean insert) {
      Map<String, Expr> named = new TreeMap<>();
      List<String> missing = new ArrayList<>();
      for (StructField field : schema.fields()) {
        String name = field.getName();
        boolean has = source.fieldNames().stream().anyMatch(name::equalsIgnoreCase);
        if (identities.contains(name) && !insert) {
          continue;
        }
        if (has) {
          named.put(name.toLowerCase(Locale.ROOT), Expr.column(List.of(spec.source(), name)));
        } else if (!spec.evolve()
            && !generated.contains(name)
            && !identities.contains(name)
            && !(insert && defaults.containsKey(name))) {
          missing.add(name);
        }
      }
      if (!missing.isEmpty()) {
        throw new InvalidRequestException(
            (insert ? "insertAll" : "updateAll")
                + " needs all columns, but the source lacks "
                + String.join(", ", missing)
                + "; name the columns to set, or call evolveSchema()");
      }
      return named;
    }
  }
}
