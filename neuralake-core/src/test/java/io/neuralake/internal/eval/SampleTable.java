package io.neuralake.internal.eval;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.expr.Expr;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A table with a column of most types, random rows for it and random conditions on it. */
final class SampleTable {
  static final StructType SCHEMA =
      new StructType()
          .add("i", IntegerType.INTEGER)
          .add("l", LongType.LONG)
          .add("d", DoubleType.DOUBLE)
          .add("f", FloatType.FLOAT)
          .add("s", StringType.STRING)
          .add("b", BooleanType.BOOLEAN)
          .add("dec", new DecimalType(10, 2))
          .add("t", TimestampType.TIMESTAMP)
          .add("day", DateType.DATE)
          .add("p", IntegerType.INTEGER);

  private static final List<Double> DOUBLES =
      List.of(Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0.0, -0.0, 1.5, 2.0);

  private SampleTable() {}

  /** Writes rows into a batch, with the library's own writer of vectors. */
  static VectorSchemaRoot batch(List<Map<String, Object>> rows, BufferAllocator allocator) {
    List<FieldVector> vectors = new ArrayList<>();
    SCHEMA
        .fields()
        .forEach(
            field -> {
              Object[] values =
                  rows.stream()
                      .map(r -> Values.held(r.get(field.getName()), field.getDataType()))
                      .toArray();
              Lane lane = Lane.of(Kind.of(field.getDataType()), values, false);
              vectors.add(
                  ResultVectors.of(
                      lane, field.getDataType(), rows.size(), field.getName(), allocator));
            });
    VectorSchemaRoot root = new VectorSchemaRoot(vectors);
    root.setRowCount(rows.size());
    return root;
  }

  /** Rows of one file: p is the same in all. */
  static Arbitrary<List<Map<String, Object>>> rows() {
    Arbitrary<Integer> p = Arbitraries.integers().between(0, 3).injectNull(0.2);
    Arbitrary<Integer> center = Arbitraries.integers().between(-4, 4);
    return Combinators.combine(p, center, Arbitraries.doubles().between(0, 0.5))
        .flatAs(
            (part, middle, nulls) ->
                row(middle, nulls)
                    .map(
                        row -> {
                          row.put("p", part);
                          return row;
                        })
                    .list()
                    .ofMinSize(1)
                    .ofMaxSize(6));
  }

  private static Arbitrary<Map<String, Object>> row(int middle, double nulls) {
    Arbitrary<Integer> small = Arbitraries.integers().between(middle - 1, middle + 1);
    Map<String, Arbitrary<?>> columns = new HashMap<>();
    columns.put("i", small);
    columns.put("l", small.map(Integer::longValue));
    columns.put("d", Arbitraries.oneOf(small.map(Integer::doubleValue), Arbitraries.of(DOUBLES)));
    columns.put(
        "f",
        Arbitraries.oneOf(small.map(Integer::floatValue), Arbitraries.of(Float.NaN, 0.1f, -0.0f)));
    columns.put("s", strings());
    columns.put("b", Arbitraries.of(true, false));
    columns.put("dec", small.map(n -> new BigDecimal(n).setScale(2)));
    columns.put("t", small.map(SampleTable::instant));
    columns.put("day", small.map(n -> LocalDate.of(1970, 1, 1).plusDays(n)));
    Arbitrary<Map<String, Object>> row = Arbitraries.create(HashMap::new);
    for (Map.Entry<String, Arbitrary<?>> column : columns.entrySet()) {
      row =
          Combinators.combine(row, column.getValue().injectNull(nulls))
              .as(
                  (values, value) -> {
                    Map<String, Object> more = new HashMap<>(values);
                    more.put(column.getKey(), value);
                    return more;
                  });
    }
    return row;
  }

  private static Instant instant(int n) {
    return Instant.EPOCH.plus(n * 700L, ChronoUnit.MICROS);
  }

  private static Arbitrary<String> strings() {
    return Arbitraries.of(
        "", "a", "ab", "abc", "abcd", "abd", "b", "\uFFFD", "ab\uD83D\uDE00", "ab\uFFFD", "é%_");
  }

  static Arbitrary<Expr> predicates(int depth) {
    Arbitrary<Expr> leaf = leaves();
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<Expr> inner = Arbitraries.lazy(() -> predicates(depth - 1));
    return Arbitraries.oneOf(
        leaf,
        leaf,
        Combinators.combine(inner, inner).as(Expr::and),
        Combinators.combine(inner, inner).as(Expr::or),
        inner.map(Expr::not),
        Combinators.combine(inner, inner).as((a, b) -> a.eqNullSafe(b)),
        Combinators.combine(inner, inner, inner).as((a, b, c) -> Expr.when(a, b).otherwise(c)),
        inner.map(Expr::isNull),
        Combinators.combine(inner, inner).as((a, b) -> Expr.coalesce(a, b)));
  }

  private static Arbitrary<Expr> leaves() {
    Arbitrary<Expr> text =
        Arbitraries.oneOf(strings().map(Expr::lit), Arbitraries.just(Expr.col("s")));
    Arbitrary<Expr> time =
        Arbitraries.oneOf(
            Arbitraries.integers().between(-4, 4).map(n -> Expr.lit(instant(n))),
            Arbitraries.just(Expr.col("T")));
    Arbitrary<Expr> day =
        Arbitraries.oneOf(
            Arbitraries.integers()
                .between(-4, 4)
                .map(n -> Expr.lit(LocalDate.of(1970, 1, 1).plusDays(n))),
            Arbitraries.just(Expr.col("day")));
    return Arbitraries.oneOf(
        comparison(numbers()),
        comparison(numbers()),
        comparison(text),
        comparison(time),
        comparison(day),
        Arbitraries.just(Expr.col("b")),
        Arbitraries.of("", "a%", "ab%", "_b%", "abc", "%c", "ab_", "%", "é\\%\\_")
            .map(pattern -> Expr.col("s").like(pattern)),
        Arbitraries.of("i", "d", "s", "p", "t").map(name -> Expr.col(name).isNull()),
        Combinators.combine(numbers(), numbers(), numbers())
            .as((value, a, b) -> value.in(a, b, null)),
        Combinators.combine(numbers(), numbers(), numbers()).as((value, a, b) -> value.in(a, b)),
        Combinators.combine(text, text, text).as((value, a, b) -> value.in(a, b)));
  }

  private static Arbitrary<Expr> comparison(Arbitrary<Expr> operands) {
    return Combinators.combine(
            Arbitraries.of(Expr.Comparator.values()), operands, operands.injectNull(0.05))
        .as((how, a, b) -> new Expr.Comparison(how, a, b == null ? Expr.lit(null) : b));
  }

  private static Arbitrary<Expr> numbers() {
    Arbitrary<Expr> columns = Arbitraries.of("i", "l", "d", "f", "dec", "p", "I").map(Expr::col);
    Arbitrary<Integer> small = Arbitraries.integers().between(-5, 5);
    Arbitrary<Expr> literals =
        Arbitraries.oneOf(
            small.map(Expr::lit),
            small.map(n -> Expr.lit(n.longValue())),
            Arbitraries.of(DOUBLES).map(Expr::lit),
            small.map(n -> Expr.lit(new BigDecimal(n).movePointLeft(1))));
    Arbitrary<Expr> exact = Arbitraries.of("i", "l", "p").map(Expr::col);
    return Arbitraries.oneOf(
        columns,
        columns,
        literals,
        literals,
        Combinators.combine(exact, small).as((c, n) -> c.plus(n)),
        Combinators.combine(exact, small).as((c, n) -> Expr.lit(n).minus(c)),
        columns.map(Expr::negate),
        columns.map(Expr::abs),
        Combinators.combine(exact, small).as((c, n) -> Expr.coalesce(c, n)),
        exact.map(c -> c.cast(LongType.LONG)),
        Arbitraries.of("i", "l", "f", "dec").map(Expr::col).map(c -> c.cast(DoubleType.DOUBLE)));
  }
}
