package io.neuralake.expr;

import static io.neuralake.expr.Expr.abs;
import static io.neuralake.expr.Expr.coalesce;
import static io.neuralake.expr.Expr.col;
import static io.neuralake.expr.Expr.length;
import static io.neuralake.expr.Expr.lit;
import static io.neuralake.expr.Expr.sql;
import static io.neuralake.expr.Expr.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.TimestampNTZType;
import io.neuralake.error.InvalidRequestException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SqlExpressionsTest {

  @TestFactory
  Stream<DynamicTest> readsSparkSql() {
    return Stream.of(
            read("a.b.c = 1", Expr.column(List.of("a", "b", "c")).eq(1)),
            read("`a.b`.`c``d` = 'it''s'", Expr.column(List.of("a.b", "c`d")).eq("it's")),
            read("a == 1L", col("a").eq(1L)),
            read("a != 1Y AND a <> 2S", col("a").ne((byte) 1).and(col("a").ne((short) 2))),
            read("a <=> NULL", col("a").eqNullSafe(null)),
            read("a IS DISTINCT FROM 2", col("a").eqNullSafe(2).not()),
            read("x in (1, 2) or not y", col("x").in(1, 2).or(col("y").not())),
            read("x not in ('a')", col("x").in("a").not()),
            read(
                "x between 1 and 2 and y", new Expr.And(List.of(col("x").between(1, 2), col("y")))),
            read("x is not null", col("x").isNotNull()),
            read("x like 'a!%%' escape '!'", col("x").like("a!%%", '!')),
            read("x like 'a\\_%'", col("x").like("a\\_%")),
            read("1 + 2 * -x % 3", lit(1).plus(lit(2).times(col("x").negate()).mod(3))),
            read("a - -1", col("a").minus(-1)),
            read("- - 5", lit(-5).negate()),
            read("-9223372036854775808L", lit(Long.MIN_VALUE)),
            read("3000000000", lit(3_000_000_000L)),
            read("99999999999999999999", lit(new BigDecimal("99999999999999999999"))),
            read("1.50", lit(new BigDecimal("1.50"))),
            read("1e3", lit(1000.0)),
            read("1.5D + 1.5F", lit(1.5).plus(1.5f)),
            read("cast(a as decimal(10,2))", col("a").cast(new DecimalType(10, 2))),
            read("CAST(a AS timestamp_ntz)", col("a").cast(TimestampNTZType.TIMESTAMP_NTZ)),
            read("coalesce(a = 1, b)", coalesce(col("a").eq(1), col("b"))),
            read("abs(length(a))", abs(length(col("a")))),
            read("case when a then 1 else 2 end", when(col("a"), 1).otherwise(2)),
            read("case a when 1 then b end", when(col("a").eq(1), col("b"))),
            read("date '2025-06-19' = date", lit(LocalDate.of(2025, 6, 19)).eq(col("date"))),
            read(
                "timestamp '2025-06-19 10:00:00.5+02:00'",
                lit(Instant.parse("2025-06-19T08:00:00.500Z"))),
            read("timestamp_ntz '2025-06-19T10:00'", lit(LocalDateTime.of(2025, 6, 19, 10, 0))),
            read("X'0aFf'", lit(new byte[] {10, -1})),
            read("a = b = c", col("a").eq(col("b")).eq(col("c"))),
            read("((a))/* c */ > 1 -- end", col("a").gt(1)),
            read("'a\\'b\\\\\\n\\u0041'", lit("a'b\\\nA")),
            read("\"text\" = key", lit("text").eq(col("key"))),
            read("not not not a", col("a").not().not().not()))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.text(), () -> assertThat(sql(c.text())).isEqualTo(c.expr())));
  }

  @TestFactory
  Stream<DynamicTest> refusesWithPositionAndReason() {
    return Stream.of(
            List.of("", "position 1", "is empty"),
            List.of("a = 'x", "position 5", "the string has no end"),
            List.of("`a", "position 1", "the name has no end"),
            List.of("a /* b", "position 3", "comment has no end"),
            List.of("a = 1; DROP", "position 6", "';' is not supported"),
            List.of("a = 1 b", "position 7", "'b' is not supported"),
            List.of("a in ()", "position 7", "at least one value"),
            List.of("a in (select 1)", "position 7", "keyword"),
            List.of("rand() > 1", "position 1", "function rand is not supported"),
            List.of("a < b and", "position 10", "ends where a value"),
            List.of("a like b", "position 8", "string literal"),
            List.of("a rlike 'b'", "position 3", "'rlike' is not supported"),
            List.of("cast(a as array<int>)", "position 11", "not supported"),
            List.of("date '2025-13-01'", "position 6", "not a DATE literal"),
            List.of("300Y", "position 1", "out of its range"),
            List.of("1e999", "position 1", "out of its range"),
            List.of("1e999999999BD", "position 1", "out of its range"),
            List.of("a::int", "position 2", "not supported here"),
            List.of("count(*)", "position 1", "not supported"),
            List.of("lower(a, b)", "position 1", "one argument"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    "refuses " + c.get(0),
                    () ->
                        assertThatThrownBy(() -> sql(c.get(0)))
                            .isInstanceOf(InvalidRequestException.class)
                            .hasMessageContaining(c.get(1))
                            .hasMessageContaining(c.get(2))));
  }

  @TestFactory
  Stream<DynamicTest> hostileTextFailsAtOnce() {
    String nestedBetween = "(".repeat(60) + "a" + " between 1 and 2)".repeat(60);
    return Stream.of(
            List.of("(".repeat(1_000_000), "1000000 characters"),
            List.of("(".repeat(99_000), "levels deep"),
            List.of("not ".repeat(20_000) + "a", "levels deep"),
            List.of("- ".repeat(40_000) + "a", "levels deep"),
            List.of("case when ".repeat(9_000), "levels deep"),
            List.of("coalesce(".repeat(10_000), "levels deep"),
            List.of("1" + "+1".repeat(40_000), "levels deep"),
            List.of("cast(".repeat(19_000), "levels deep"),
            List.of("'" + "a".repeat(99_000), "has no end"),
            List.of("9".repeat(99_000), "out of its range"),
            List.of("cast(a as " + "(".repeat(50_000), "is expected"),
            List.of(nestedBetween, "parts"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get(0).substring(0, 20),
                    () ->
                        Assertions.assertTimeoutPreemptively(
                            Duration.ofSeconds(10),
                            () ->
                                assertThatThrownBy(() -> sql(c.get(0)))
                                    .isInstanceOf(InvalidRequestException.class)
                                    .hasMessageContaining(c.get(1))
                                    .message()
                                    .hasSizeLessThan(500))));
  }

  @Test
  void longChainsAreOneLevel() {
    String text = "a = 1" + " or a = 2".repeat(10_000);
    assertThat(sql(text))
        .isInstanceOfSatisfying(Expr.Or.class, or -> assertThat(or.operands()).hasSize(10_001));
  }

  @Property(tries = 2000)
  void printedTextReadsBack(@ForAll("exprs") Expr expr) {
    assertThat(sql(expr.toSql())).as(expr.toSql()).isEqualTo(expr);
  }

  @Property(tries = 100)
  void serializes(@ForAll("exprs") Expr expr) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(expr);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(expr);
    }
  }

  @Test
  void printsReadableText() {
    Expr expr = col("region").in("V1", "V2").and(col("`my col`.v").gt(3.5).or(col("x").isNull()));
    assertThat(expr.toSql())
        .isEqualTo("region IN ('V1', 'V2') AND (`my col`.v > 3.5D OR x IS NULL)");
  }

  @Test
  void refusesBadNamesAndValues() {
    assertThatThrownBy(() -> col("a..b"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("'a..b' is not a column name");
    assertThatThrownBy(() -> col("`a"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("backticks do not match");
    assertThatThrownBy(() -> lit(new Object()))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("class java.lang.Object cannot be a literal");
    assertThatThrownBy(() -> lit(new BigDecimal("1e40")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("more than 38 digits");
  }

  @Provide
  Arbitrary<Expr> exprs() {
    return Exprs.any(3);
  }

  private record Case(String text, Expr expr) {}

  private static Case read(String text, Expr expr) {
    return new Case(text, expr);
  }
}
