package io.neuralake.internal.eval;

import static io.neuralake.expr.Expr.sql;
import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.expr.Expr;
import io.neuralake.internal.columnar.FileStats;
import io.neuralake.internal.columnar.PartFilter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FileSkippingTest {

  @Property(tries = 4000, edgeCases = EdgeCasesMode.NONE)
  void verdictsHoldForEveryRow(
      @ForAll("rows") List<Map<String, Object>> rows,
      @ForAll("predicates") Expr expr,
      @ForAll boolean withCounts) {
    Map<String, Object> partition = new HashMap<>();
    partition.put("p", rows.get(0).get("p"));
    FileSkipping.Verdict verdict =
        new FileSkipping(Binder.of(SampleTable.SCHEMA).predicate(expr))
            .judge(partition, stats(rows, withCounts), FileSkippingTest::physical);
    long matching =
        rows.stream().filter(row -> Boolean.TRUE.equals(NaiveInterpreter.value(expr, row))).count();
    if (!verdict.mayMatch()) {
      assertThat(matching).as(expr.toSql()).isZero();
    }
    if (verdict.allMatch()) {
      assertThat(matching).as(expr.toSql()).isEqualTo(rows.size());
    }
  }

  @TestFactory
  Stream<DynamicTest> decides() {
    FileStats stats =
        new FileStats(
            10,
            false,
            Map.of(
                physical(List.of("i")), new FileStats.Column(5, 9, 0L),
                physical(List.of("l")), new FileStats.Column(5L, 9L, 2L),
                physical(List.of("d")), new FileStats.Column(5.0, 9.0, 0L),
                physical(List.of("s")), new FileStats.Column("abc", "abd\uFFFD", 0L),
                physical(List.of("b")), new FileStats.Column(null, null, 10L),
                physical(List.of("t")),
                    new FileStats.Column(
                        Instant.parse("2025-06-19T00:00:00Z"),
                        Instant.parse("2025-06-19T12:00:00.123Z"),
                        0L)));
    Map<String, Object> partition = Map.of("p", 3);
    return Stream.of(
            Arrays.asList("i > 9", false, false),
            Arrays.asList("i >= 9", true, false),
            Arrays.asList("i >= 5", true, true),
            Arrays.asList("i <> 4", true, true),
            Arrays.asList("i in (1, 2, 20)", false, false),
            Arrays.asList("i in (1, 7)", true, false),
            Arrays.asList("i not between 5 and 9", false, false),
            Arrays.asList("i + 5 > 9", true, true),
            Arrays.asList("10 - i > 5", false, false),
            Arrays.asList("-i < -9", false, false),
            Arrays.asList("i > 9.5", false, false),
            Arrays.asList("cast(i as double) < 5", false, false),
            Arrays.asList("l >= 5", true, false),
            Arrays.asList("l is null", true, false),
            Arrays.asList("i is null", false, false),
            Arrays.asList("i is not null", true, true),
            Arrays.asList("b is null", true, true),
            Arrays.asList("b", false, false),
            Arrays.asList("b <=> true", false, false),
            Arrays.asList("d > 100", true, false),
            Arrays.asList("d < 5", false, false),
            Arrays.asList("d >= 5", true, true),
            Arrays.asList("s like 'ab%'", true, true),
            Arrays.asList("s like 'x%'", false, false),
            Arrays.asList("s like 'aa%'", false, false),
            Arrays.asList("s like 'ab_e'", true, false),
            Arrays.asList("s > 'abd\uD83D\uDE00'", true, false),
            Arrays.asList("s > 'abe'", false, false),
            Arrays.asList("t > timestamp '2025-06-19 12:00:00.1235Z'", true, false),
            Arrays.asList("t > timestamp '2025-06-19 12:00:00.125Z'", false, false),
            Arrays.asList("t >= '2025-06-19'", true, true),
            Arrays.asList("cast(t as date) = '2025-06-20'", false, false),
            Arrays.asList("p = 3", true, true),
            Arrays.asList("p = 4", false, false),
            Arrays.asList("p % 2 = 1 and i > 0", true, true),
            Arrays.asList("p = 4 or i > 9", false, false),
            Arrays.asList("p = 3 or dec > 9", true, true),
            Arrays.asList("not (p = 3)", false, false),
            Arrays.asList("dec > 1", true, false),
            Arrays.asList("upper(s) = 'X'", true, false),
            Arrays.asList("NULL", false, false))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.get(0).toString(),
                    () ->
                        assertThat(
                                skipping(c.get(0).toString())
                                    .judge(partition, stats, FileSkippingTest::physical))
                            .isEqualTo(
                                new FileSkipping.Verdict((Boolean) c.get(1), (Boolean) c.get(2)))));
  }

  @Test
  void withoutStatisticsOnlyPartitionsDecide() {
    FileSkipping skipping = skipping("i > 9 and p = 1");
    assertThat(skipping.judge(Map.of("p", 1), null, path -> path))
        .isEqualTo(new FileSkipping.Verdict(true, false));
    assertThat(skipping.judge(Map.of("p", 2), null, path -> path))
        .isEqualTo(new FileSkipping.Verdict(false, false));
  }

  @Test
  void valuesThatAPartLacksRuleItOut() {
    PartFilter.Part part =
        new PartFilter.Part() {
          @Override
          public PartFilter.Range range(List<String> column) {
            return null;
          }

          @Override
          public boolean mayContain(List<String> column, Object value) {
            return !value.equals(5L);
          }
        };
    for (String out :
        List.of("i = 5", "5 = i", "l = 5", "i <=> 5", "i in (5)", "i = 5 and p = 3")) {
      assertThat(skipping(out).within(Map.of("p", 3)).mayMatch(part)).as(out).isFalse();
    }
    for (String in :
        List.of(
            "i <> 5",
            "i in (5, 6)",
            "not (i = 5)",
            "i = 5 or i = 6",
            "i + 1 = 5",
            "cast(l as int) = 5", // other values of l may become 5, or fail
            "p = 3 or i = 5")) {
      assertThat(skipping(in).within(Map.of("p", 3)).mayMatch(part)).as(in).isTrue();
    }
    assertThat(skipping("p = 4").within(Map.of("p", 3)).mayMatch(part)).isFalse();
  }

  @Test
  void brokenStatisticsAreNotBelieved() {
    FileStats stats =
        new FileStats(
            10,
            true,
            Map.of(
                List.of("i"), new FileStats.Column("5", 9.0, 99L),
                List.of("d"), new FileStats.Column(Double.NaN, Double.NaN, -1L),
                List.of("s"), new FileStats.Column("a", "b\uD83D", 0L)));
    for (String condition : List.of("i > 9", "i is null", "i is not null", "d < 1", "s > 'c'")) {
      assertThat(skipping(condition).judge(Map.of(), stats, path -> path))
          .as(condition)
          .isEqualTo(new FileSkipping.Verdict(true, false));
    }
    assertThat(skipping("i > 9").judge(Map.of(), new FileStats(0, true, Map.of()), path -> path))
        .isEqualTo(new FileSkipping.Verdict(false, true));
  }

  private static FileSkipping skipping(String condition) {
    return new FileSkipping(Binder.of(SampleTable.SCHEMA).predicate(sql(condition)));
  }

  private static List<String> physical(List<String> path) {
    return path.stream().map(name -> "col-" + name).toList();
  }

  /** Statistics as Delta's writers make them: no NaN, times cut to milliseconds, cut strings. */
  private static FileStats stats(List<Map<String, Object>> rows, boolean withCounts) {
    Map<List<String>, FileStats.Column> columns = new HashMap<>();
    for (String name : List.of("i", "l", "d", "f", "s", "b", "dec", "t", "day")) {
      List<Object> values = new ArrayList<>();
      rows.forEach(row -> values.add(row.get(name)));
      long nulls = values.stream().filter(v -> v == null).count();
      values.removeIf(v -> v == null || v instanceof Number n && Double.isNaN(n.doubleValue()));
      values.sort(
          (a, b) ->
              Boolean.TRUE.equals(NaiveInterpreter.value(Expr.lit(a).lt(b), Map.of()))
                  ? -1
                  : Boolean.TRUE.equals(NaiveInterpreter.value(Expr.lit(a).gt(b), Map.of()))
                      ? 1
                      : 0);
      Object min = values.isEmpty() || name.equals("b") ? null : values.get(0);
      Object max = min == null ? null : values.get(values.size() - 1);
      columns.put(
          physical(List.of(name)),
          new FileStats.Column(cut(min, false), cut(max, true), withCounts ? nulls : null));
    }
    return new FileStats(rows.size(), true, columns);
  }

  private static @Nullable Object cut(@Nullable Object value, boolean max) {
    if (value instanceof Instant instant) {
      return instant.truncatedTo(ChronoUnit.MILLIS);
    }
    if (value instanceof String text && text.length() > 2) {
      return text.substring(0, 2) + (max ? "\uFFFD" : "");
    }
    return value;
  }

  @Provide
  Arbitrary<List<Map<String, Object>>> rows() {
    return SampleTable.rows();
  }

  @Provide
  Arbitrary<Expr> predicates() {
    return SampleTable.predicates(2);
  }
}
