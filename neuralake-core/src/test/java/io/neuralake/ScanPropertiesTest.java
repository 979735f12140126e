package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import io.neuralake.read.ScanReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Scans with random predicates return what a filter in memory does, and account for it. */
class ScanPropertiesTest {

  record Item(String part, Integer number, String text, Double real) {}

  /** A predicate as SQL, and its meaning in SQL's logic: true, false, or null for unknown. */
  record Condition(String sql, Function<Item, Boolean> meaning) {
    boolean holds(Item item) {
      return Boolean.TRUE.equals(meaning.apply(item));
    }

    @Override
    public String toString() {
      return sql;
    }
  }

  @Property(tries = 60)
  void scanReturnsWhatMatches(
      @ForAll("mappings") String mapping,
      @ForAll("files") List<List<Item>> files,
      @ForAll("conditions") Condition condition)
      throws IOException {
    Path folder = Files.createTempDirectory("scan");
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(folder.resolve("items"));
      table
          .create(Item.class)
          .partitionedBy("part")
          .property("delta.columnMapping.mode", mapping)
          .commit();
      files.forEach(rows -> table.append(rows).commit());
      check(table.scan().where(condition.sql()), expected(files, condition));
    } finally {
      delete(folder);
    }
  }

  private static void check(Scan scan, List<String> expected) {
    ScanReport report;
    List<String> actual;
    try (Rows<Item> rows = scan.as(Item.class)) {
      List<Item> items = new ArrayList<>();
      rows.forEach(items::add);
      actual = items.stream().map(Item::toString).sorted().toList();
      report = rows.report();
    }
    assertThat(actual).isEqualTo(expected);
    assertThat(scan.count()).isEqualTo(expected.size());
    assertThat(report.rowsReturned()).isEqualTo(expected.size());
    assertThat(report.rowsRead()).isGreaterThanOrEqualTo(report.rowsReturned());
    assertThat(report.filesRead() + report.filesSkipped()).isEqualTo(report.filesTotal());
    ScanReport plan = scan.plan();
    assertThat(plan)
        .isEqualTo(
            new ScanReport(
                report.version(),
                report.filesTotal(),
                report.filesSkippedByPartition(),
                report.filesSkippedByStatistics(),
                report.filesRead(),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0));
  }

  private static List<String> expected(List<List<Item>> files, Condition condition) {
    return files.stream()
        .flatMap(List::stream)
        .filter(condition::holds)
        .map(Item::toString)
        .sorted()
        .toList();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  // ---- tables

  @Provide
  Arbitrary<String> mappings() {
    return Arbitraries.of("none", "name", "id");
  }

  @Provide
  Arbitrary<List<List<Item>>> files() {
    return items().list().ofMinSize(1).ofMaxSize(5).list().ofMinSize(1).ofMaxSize(4);
  }

  private static Arbitrary<Item> items() {
    return Combinators.combine(
            Arbitraries.of("x", "y", "a/b =%41").injectNull(0.2),
            Arbitraries.integers().between(-2, 3).injectNull(0.2),
            Arbitraries.of("", "a", "ab", "b", "\u00e4", "\ud83d\ude00").injectNull(0.2),
            Arbitraries.of(-1.5, 0.0, 2.5, Double.NaN).injectNull(0.2))
        .as(Item::new);
  }

  // ---- predicates

  @Provide
  Arbitrary<Condition> conditions() {
    return conditions(3);
  }

  private static Arbitrary<Condition> conditions(int depth) {
    Arbitrary<Condition> simple =
        Arbitraries.oneOf(
            simple("part", Item::part, Arbitraries.of("x", "y", "a/b =%41", "z"), true),
            simple("number", Item::number, Arbitraries.integers().between(-3, 4), false),
            simple("text", Item::text, Arbitraries.of("", "a", "ab", "b", "\u00e4"), true),
            simple("real", Item::real, Arbitraries.of(-2.0, -1.5, 0.0, 2.5, 3.0), false));
    if (depth == 0) {
      return simple;
    }
    Arbitrary<Condition> inner = conditions(depth - 1);
    return Arbitraries.oneOf(
        simple,
        inner.map(
            c -> new Condition("NOT (" + c.sql() + ")", item -> not(c.meaning().apply(item)))),
        Combinators.combine(inner, inner).as(ScanPropertiesTest::and),
        Combinators.combine(inner, inner).as(ScanPropertiesTest::or));
  }

  private static <T extends Comparable<T>> Arbitrary<Condition> simple(
      String column, Function<Item, T> value, Arbitrary<T> literals, boolean quoted) {
    Function<T, String> sql = literal -> quoted ? "'" + literal + "'" : String.valueOf(literal);
    Arbitrary<Condition> comparison =
        Combinators.combine(Arbitraries.of("=", "<>", "<", "<=", ">", ">="), literals)
            .as(
                (operator, literal) ->
                    new Condition(
                        column + " " + operator + " " + sql.apply(literal),
                        item -> compare(value.apply(item), operator, literal)));
    Arbitrary<Condition> in =
        literals
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(
                options ->
                    new Condition(
                        column
                            + " IN ("
                            + String.join(", ", options.stream().map(sql).toList())
                            + ")",
                        item ->
                            value.apply(item) == null
                                ? null
                                : options.contains(value.apply(item))));
    Arbitrary<Condition> isNull =
        Arbitraries.of(true, false)
            .map(
                wanted ->
                    new Condition(
                        column + (wanted ? " IS NULL" : " IS NOT NULL"),
                        item -> (value.apply(item) == null) == wanted));
    return Arbitraries.frequencyOf(Tuple.of(4, comparison), Tuple.of(1, in), Tuple.of(1, isNull));
  }

  /**
   * Text is compared by code points, which here is the order of Java's strings; NaN is greatest.
   */
  private static <T extends Comparable<T>> Boolean compare(T value, String operator, T literal) {
    if (value == null) {
      return null;
    }
    int order = value.compareTo(literal);
    return switch (operator) {
      case "=" -> order == 0;
      case "<>" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      case ">=" -> order >= 0;
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static Boolean not(Boolean operand) {
    return operand == null ? null : (Boolean) !operand;
  }

  private static Condition and(Condition left, Condition right) {
    return new Condition(
        "(" + left.sql() + " AND " + right.sql() + ")",
        item -> {
          Boolean a = left.meaning().apply(item);
          Boolean b = right.meaning().apply(item);
          if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) {
            return false;
          }
          return a == null || b == null ? null : (Boolean) true;
        });
  }

  private static Condition or(Condition left, Condition right) {
    Condition neither =
        and(
            new Condition("", item -> not(left.meaning().apply(item))),
            new Condition("", item -> not(right.meaning().apply(item))));
    return new Condition(
        "(" + left.sql() + " OR " + right.sql() + ")", item -> not(neither.meaning().apply(item)));
  }
}
