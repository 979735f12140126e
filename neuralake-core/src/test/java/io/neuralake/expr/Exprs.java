package io.neuralake.expr;

import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Generates expressions of every structure, whether their types fit or not. */
final class Exprs {
  private Exprs() {}

  static Arbitrary<Expr> any(int depth) {
    Arbitrary<Expr> leaf = Arbitraries.oneOf(literals(), columns());
    if (depth == 0) {
      return leaf;
    }
    Arbitrary<Expr> inner = Arbitraries.lazy(() -> any(depth - 1));
    Arbitrary<List<Expr>> several = inner.list().ofMinSize(2).ofMaxSize(3);
    Arbitrary<DataType> types =
        Arbitraries.of(
            BooleanType.BOOLEAN,
            LongType.LONG,
            DoubleType.DOUBLE,
            StringType.STRING,
            DateType.DATE,
            new DecimalType(10, 2));
    Arbitrary<Expr> pattern =
        Combinators.combine(
                inner,
                Arbitraries.strings().withChars("a%_\\'\"!é").ofMaxLength(6),
                Arbitraries.of('\\', '!', '\''))
            .as(Expr.Like::new);
    Arbitrary<Expr> functions =
        Combinators.combine(
                Arbitraries.of(Expr.Function.LENGTH, Expr.Function.ABS, Expr.Function.UPPER), inner)
            .as((function, argument) -> new Expr.Call(function, List.of(argument)));
    Arbitrary<Expr> cases =
        Combinators.combine(inner, inner, inner.injectNull(0.3))
            .as((c, r, o) -> new Expr.Case(List.of(new Expr.Branch(c, r)), o));
    return Arbitraries.oneOf(
        leaf,
        Combinators.combine(Arbitraries.of(Expr.Comparator.values()), inner, inner)
            .as(Expr.Comparison::new),
        Combinators.combine(Arbitraries.of(Expr.Operator.values()), inner, inner)
            .as(Expr.Arithmetic::new),
        several.map(Expr.And::new),
        several.map(Expr.Or::new),
        inner.map(Expr.Not::new),
        inner.map(Expr.Negate::new),
        inner.map(Expr.IsNull::new),
        Combinators.combine(inner, several).as(Expr.In::new),
        several.map(arguments -> new Expr.Call(Expr.Function.COALESCE, arguments)),
        functions,
        pattern,
        cases,
        Combinators.combine(inner, types).as(Expr::cast));
  }

  private static Arbitrary<Expr> columns() {
    return Arbitraries.oneOf(
            Arbitraries.of("a", "b1", "_x", "AND", "case", "date", "x", "timestamp"),
            Arbitraries.strings().ofMinLength(1).ofMaxLength(4))
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .map(Expr::column);
  }

  private static Arbitrary<Expr> literals() {
    Arbitrary<Instant> instants =
        Arbitraries.longs()
            .between(-62_000_000_000_000_000L, 200_000_000_000_000_000L)
            .map(
                micros ->
                    Instant.EPOCH
                        .plusNanos(0)
                        .plusSeconds(micros / 1_000_000)
                        .plusNanos(Math.floorMod(micros, 1_000_000L) * 1000));
    Arbitrary<LocalDate> dates =
        Arbitraries.longs().between(-719_000, 2_932_000).map(LocalDate::ofEpochDay);
    Arbitrary<LocalDateTime> times =
        instants.map(instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
    Arbitrary<BigDecimal> decimals =
        Combinators.combine(
                Arbitraries.bigIntegers()
                    .between(BigInteger.TEN.pow(37).negate(), BigInteger.TEN.pow(37)),
                Arbitraries.integers().between(0, 38))
            .as(BigDecimal::new);
    return Arbitraries.oneOf(
        Arbitraries.just(new Expr.Literal(null)),
        Arbitraries.of(true, false).map(Expr::lit),
        Arbitraries.bytes().map(Expr::lit),
        Arbitraries.shorts().map(Expr::lit),
        Arbitraries.integers().map(Expr::lit),
        Arbitraries.longs().map(Expr::lit),
        Arbitraries.floats().map(Expr::lit),
        Arbitraries.doubles().map(Expr::lit),
        Arbitraries.of(Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE, Float.NaN)
            .map(Expr::lit),
        Arbitraries.strings().ofMaxLength(8).map(Expr::lit),
        Arbitraries.strings().withChars("'\"\\%_n u0041").ofMaxLength(8).map(Expr::lit),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(5).map(Expr::lit),
        dates.map(Expr::lit),
        instants.map(Expr::lit),
        times.map(Expr::lit),
        decimals.map(Expr::lit));
  }
}
