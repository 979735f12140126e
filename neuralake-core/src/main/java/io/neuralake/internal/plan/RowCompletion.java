package io.neuralake.internal.plan;

import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.expr.Binary;
import io.neuralake.expr.Expr;
import io.neuralake.internal.eval.BatchEvaluator;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.eval.RowEvaluator;
import io.neuralake.internal.eval.Selection;
import io.neuralake.internal.meta.ComputedColumns;
import io.neuralake.internal.meta.ComputedColumns.Formula;
import io.neuralake.internal.meta.ComputedColumns.Identity;
import io.neuralake.internal.meta.SchemaTree;
import io.neuralake.internal.meta.TableMetadata;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Gives rows the values that they lack: defaults where the rows do not have the column, numbers and
 * generated values where the column is missing or null. Generated values that rows bring are
 * checked. Not thread-safe.
 */
final class RowCompletion {

  /** A column and what computes it. */
  private record Computed(
      String column,
      Set<List<String>> reads,
      BatchEvaluator values,
      @Nullable BatchEvaluator check) {}

  private final StructType schema;
  private final List<Computed> defaults;
  private final Map<String, @Nullable Object> defaultValues;
  private final List<Computed> generated;
  private List<Identity> identities;
  private boolean broughtNumbers;
  private final Map<String, Long> last = new LinkedHashMap<>();
  private final Set<String> recomputed = new HashSet<>();

  private RowCompletion(
      StructType schema,
      List<Computed> defaults,
      Map<String, @Nullable Object> defaultValues,
      List<Computed> generated,
      List<Identity> identities) {
    this.schema = schema;
    this.defaults = defaults;
    this.defaultValues = defaultValues;
    this.generated = generated;
    this.identities = identities;
  }

  /**
   * What a table asks to be completed.
   *
   * @param rows the columns that the rows have, null if each row has its own
   * @throws UnsupportedTableException if an expression cannot be evaluated, so that rows must not
   *     be written
   */
  static RowCompletion of(
      TableMetadata metadata, @Nullable StructType rows, Clock clock, String table) {
    StructType schema = metadata.schema();
    ComputedColumns.All all = ComputedColumns.of(schema, table);
    List<Computed> defaults = new ArrayList<>();
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Formula formula : all.defaults()) {
      Expr time = constant(formula.sql(), clock.instant());
      BoundExpr value = bound(formula, time, new StructType(), table);
      Object constant = constantOf(value);
      if (constant == null) {
        continue; // as without a default
      }
      if (rows == null) {
        values.put(formula.column(), constant);
      } else if (SchemaTree.child(rows, formula.column()).isEmpty()) {
        defaults.add(new Computed(formula.column(), Set.of(), new BatchEvaluator(value), null));
      }
    }
    List<Computed> generated = generated(schema, table);
    for (Identity identity : all.identities()) {
      if (metadata.partitionColumns().contains(identity.column())) {
        throw new UnsupportedTableException(
            table
                + ": neuralake cannot write a table that is partitioned by the identity column '"
                + identity.column()
                + "'. Write with an engine that can.");
      }
    }
    return new RowCompletion(schema, defaults, values, generated, all.identities());
  }

  /**
   * What an update has to compute again, because it reads columns that are set, and to check,
   * because it is set itself. Numbers and defaults stay what they were.
   *
   * @param set columns that get other values
   */
  static RowCompletion afterUpdate(TableMetadata metadata, Set<String> set, String table) {
    List<Computed> generated =
        generated(metadata.schema(), table).stream()
            .filter(
                c ->
                    set.contains(c.column())
                        || c.reads().stream().anyMatch(path -> set.contains(path.get(0))))
            .toList();
    RowCompletion completion =
        new RowCompletion(metadata.schema(), List.of(), Map.of(), generated, List.of());
    generated.stream()
        .map(Computed::column)
        .filter(column -> !set.contains(column))
        .forEach(completion.recomputed::add);
    return completion;
  }

  /** Whether rows come with no value of the column, for it to be computed. */
  boolean recomputes(String column) {
    return recomputed.contains(column);
  }

  /**
   * Checks that rows of a table could be completed, where a change touches what that depends on.
   *
   * @param before the table as it was, null for a new one
   * @throws InvalidRequestException naming column and expression
   */
  static void validate(
      @Nullable TableMetadata before, TableMetadata after, Clock clock, String table) {
    if (before == null || !before.schemaString().equals(after.schemaString())) {
      try {
        of(after, null, clock, table);
      } catch (UnsupportedTableException e) {
        throw new InvalidRequestException(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static BoundExpr bound(
      Formula formula, @Nullable Expr known, StructType schema, String table) {
    try {
      Expr expr = known == null ? Expr.sql(formula.sql()) : known;
      return Binder.of(schema).bindAs(expr, formula.type());
    } catch (NeuralLakeException e) {
      throw new UnsupportedTableException(
          table
              + ": neuralake cannot compute column '"
              + formula.column()
              + "' ("
              + formula.sql()
              + "): "
              + e.getMessage()
              + " Write with an engine that can, or change the column.",
          e);
    }
  }

  private static List<Computed> generated(StructType schema, String table) {
    List<Computed> generated = new ArrayList<>();
    for (Formula formula : ComputedColumns.of(schema, table).generated()) {
      BoundExpr value = bound(formula, null, schema, table);
      BoundExpr column = new BoundExpr.Column(List.of(formula.column()), formula.type());
      BoundExpr same = new BoundExpr.Compare(Expr.Comparator.EQ_NULL_SAFE, column, value);
      generated.add(
          new Computed(
              formula.column(),
              Set.copyOf(value.columns()),
              new BatchEvaluator(value),
              new BatchEvaluator(same)));
    }
    return generated;
  }

  /** The functions that stand for the time, which is the same for all rows of a write. */
  private static @Nullable Expr constant(String sql, Instant now) {
    return switch (sql.strip().toLowerCase(Locale.ROOT)) {
      case "current_timestamp", "current_timestamp()", "now()" ->
          new Expr.Literal(now.truncatedTo(ChronoUnit.MICROS));
      case "current_date", "current_date()", "curdate()" ->
          new Expr.Literal(LocalDate.ofInstant(now, ZoneOffset.UTC));
      default -> null;
    };
  }

  private static @Nullable Object constantOf(BoundExpr value) {
    Object constant = new RowEvaluator(value).evaluate(Map.of());
    return constant instanceof Binary binary ? binary.toByteArray() : constant;
  }

  /** Whether rows are numbered, one after the other. */
  boolean numbersRows() {
    return !identities.isEmpty();
  }

  /** What rows without a schema of their own get where they do not have the column. */
  Map<String, @Nullable Object> defaultValues() {
    return defaultValues;
  }

  /** The columns as rows have to bring them: what is computed may be missing. */
  StructType incoming() {
    if (isEmpty()) {
      return schema;
    }
    Set<String> computed = new HashSet<>(names(identities));
    defaults.forEach(c -> computed.add(c.column()));
    generated.forEach(c -> computed.add(c.column()));
    List<StructField> fields = new ArrayList<>();
    for (StructField field : schema.fields()) {
      fields.add(
          computed.contains(field.getName())
              ? new StructField(field.getName(), field.getDataType(), true, field.getMetadata())
              : field);
    }
    return new StructType(fields);
  }

  /** Columns that get their default, because rows do not have them. */
  Set<String> defaulted() {
    Set<String> columns = new HashSet<>();
    defaults.forEach(c -> columns.add(c.column()));
    return columns;
  }

  /** Whether values are computed from those of the row, or compared with them. */
  boolean generates() {
    return !generated.isEmpty();
  }

  /** The last number given to a row of this write, by identity column. */
  Map<String, Long> lastNumbers() {
    return last;
  }

  /**
   * Whether no one else has given out numbers of the columns in which this write has done so.
   *
   * @param now the table as it is now
   */
  boolean numbersAreFree(TableMetadata now, String table) {
    List<Identity> current = ComputedColumns.of(now.schema(), table).identities();
    return identities.stream()
        .allMatch(identity -> !last.containsKey(identity.column()) || current.contains(identity));
  }

  /**
   * Goes on to the numbers that are free now.
   *
   * @return by how much the numbers of all rows move, by column; null if they cannot move, because
   *     rows brought some of them, generated columns depend on them, or there are not enough
   */
  @Nullable Map<String, Long> renumber(TableMetadata now, String table) {
    Map<String, Long> shifts = new LinkedHashMap<>();
    List<Identity> current = ComputedColumns.of(now.schema(), table).identities();
    for (Identity before : identities) {
      Long end = last.get(before.column());
      if (end == null || current.contains(before)) {
        continue;
      }
      Identity after =
          current.stream().filter(i -> i.column().equals(before.column())).findFirst().orElse(null);
      boolean used = generated.stream().anyMatch(c -> c.reads().contains(List.of(before.column())));
      if (after == null || after.step() != before.step() || broughtNumbers || used) {
        return null;
      }
      try {
        long shift = Math.subtractExact(after.next(), before.next());
        shifts.put(before.column(), shift);
        last.put(before.column(), Math.addExact(end, shift));
      } catch (ArithmeticException e) {
        return null;
      }
    }
    identities = current;
    return shifts;
  }

  /** The batches, completed. */
  RowSource.BatchSource complete(RowSource.BatchSource batches, BufferAllocator allocator) {
    if (isEmpty()) {
      return batches;
    }
    return new RowSource.BatchSource() {
      private long row;

      @Override
      public @Nullable VectorSchemaRoot next() {
        VectorSchemaRoot batch = batches.next();
        if (batch == null) {
          return null;
        }
        int rows = batch.getRowCount();
        VectorSchemaRoot whole = complete(batch, row, allocator);
        row += rows;
        return whole;
      }
    };
  }

  private boolean isEmpty() {
    return defaults.isEmpty() && generated.isEmpty() && identities.isEmpty();
  }

  /**
   * Completes a batch in canonical mapping, which is taken over.
   *
   * @param firstRow number of its first row among all rows of the write
   * @throws InvalidRequestException if a row brings a value that it must not
   */
  VectorSchemaRoot complete(VectorSchemaRoot batch, long firstRow, BufferAllocator allocator) {
    VectorSchemaRoot whole = batch;
    try {
      for (Computed column : defaults) {
        whole = filled(whole, column, allocator);
      }
      for (Identity identity : identities) {
        whole = numbered(whole, identity, firstRow, allocator);
      }
      for (Computed column : generated) {
        whole = generated(whole, column, firstRow, allocator);
      }
      return whole;
    } catch (RuntimeException | Error e) {
      whole.close();
      throw e;
    }
  }

  private VectorSchemaRoot numbered(
      VectorSchemaRoot batch, Identity identity, long firstRow, BufferAllocator allocator) {
    FieldVector given = batch.getVector(identity.column());
    int rows = batch.getRowCount();
    BigIntVector numbers = new BigIntVector(identity.column(), allocator);
    try {
      numbers.allocateNew(rows);
      for (int row = 0; row < rows; row++) {
        if (given.isNull(row)) {
          Long previous = last.get(identity.column());
          long next = previous == null ? identity.next() : identity.after(previous);
          numbers.set(row, next);
          last.put(identity.column(), next);
        } else if (!identity.explicit()) {
          throw new InvalidRequestException(
              "row "
                  + (firstRow + row)
                  + " has a value for the identity column '"
                  + identity.column()
                  + "', which is always generated; leave it out, or null");
        } else {
          broughtNumbers = true;
        }
      }
      numbers.setValueCount(rows);
    } catch (RuntimeException e) {
      numbers.close();
      throw e;
    }
    return filled(batch, identity.column(), numbers, allocator);
  }

  private VectorSchemaRoot filled(
      VectorSchemaRoot batch, Computed column, BufferAllocator allocator) {
    FieldVector values = column.values().evaluate(batch, column.column(), allocator);
    return filled(batch, column.column(), values, allocator);
  }

  private VectorSchemaRoot generated(
      VectorSchemaRoot batch, Computed column, long firstRow, BufferAllocator allocator) {
    FieldVector given = batch.getVector(column.column());
    boolean brought = given.getNullCount() < batch.getRowCount();
    VectorSchemaRoot whole = given.getNullCount() == 0 ? batch : filled(batch, column, allocator);
    if (brought && column.check() != null) {
      Selection same = column.check().filter(whole);
      if (!same.isAll()) {
        if (whole != batch) {
          whole.close();
        }
        throw new InvalidRequestException(
            "row "
                + (firstRow + RowRules.firstUnselected(same))
                + " has a value for the generated column '"
                + column.column()
                + "' that is not the one of its expression; leave it out, or null");
      }
    }
    return whole;
  }

  /** The batch with the values of a column where it is null; takes both over. */
  private VectorSchemaRoot filled(
      VectorSchemaRoot batch, String column, FieldVector values, BufferAllocator allocator) {
    int at = schema.indexOf(column);
    List<FieldVector> vectors = new ArrayList<>(batch.getFieldVectors());
    FieldVector given = vectors.get(at);
    int rows = batch.getRowCount();
    FieldVector whole = values;
    if (given.getNullCount() < rows) {
      try (values) {
        whole = values.getField().createVector(allocator);
        whole.allocateNew();
        for (int row = 0; row < rows; row++) {
          whole.copyFromSafe(row, row, given.isNull(row) ? values : given);
        }
        whole.setValueCount(rows);
      } catch (RuntimeException | Error e) {
        whole.close();
        throw e;
      }
    }
    vectors.set(at, whole);
    given.close();
    return new VectorSchemaRoot(
        vectors.stream().map(FieldVector::getField).toList(), vectors, rows);
  }

  /** Whether two schemas compute the same values, and number the same columns. */
  static boolean sameRules(StructType written, StructType wanted, String table) {
    ComputedColumns.All one = ComputedColumns.of(written, table);
    ComputedColumns.All other = ComputedColumns.of(wanted, table);
    return one.generated().equals(other.generated())
        && one.defaults().equals(other.defaults())
        && names(one.identities()).equals(names(other.identities()));
  }

  private static List<String> names(List<Identity> identities) {
    return identities.stream().map(Identity::column).toList();
  }
}
