package io.neuralake.it.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import io.neuralake.read.ScanReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that Spark's statistics rule out are not opened, and no row is lost by that. */
class GoldenSkippingIT {

  private static NeuralLake lake;

  /**
   * A predicate and its meaning.
   *
   * @param skipped how many files the statistics rule out
   */
  private record Case(String sql, int skipped, Predicate<Map<String, Object>> meaning) {
    @Override
    public String toString() {
      return sql;
    }
  }

  private static final List<Case> ALL_TYPES =
      List.of(
          new Case("as_int = 0", 0, row -> row.get("as_int").equals(0)),
          new Case("as_int > 0", 1, row -> (int) row.get("as_int") > 0),
          new Case("as_long < 0", 1, row -> (long) row.get("as_long") < 0),
          new Case("as_byte >= 0 AND as_short <= 0", 0, row -> true),
          new Case("as_byte >= 0 AND as_short < 0", 1, row -> (short) row.get("as_short") < 0),
          // NaN is greater than all, and statistics do not tell of it: no maximum can be trusted.
          new Case("as_float > 0.5", 0, row -> (float) row.get("as_float") > 0.5),
          new Case("as_float < -0.5", 1, row -> (float) row.get("as_float") < -0.5),
          new Case("as_double = 0.0", 0, row -> (double) row.get("as_double") == 0),
          new Case("as_string = '0'", 0, row -> row.get("as_string").equals("0")),
          new Case("as_string > 'a'", 1, row -> row.get("as_string").toString().compareTo("a") > 0),
          new Case(
              "as_date = DATE '2000-01-01'",
              0,
              row -> row.get("as_date").equals(LocalDate.of(2000, 1, 1))),
          new Case(
              "as_date < DATE '2000-01-01'",
              1,
              row -> ((LocalDate) row.get("as_date")).isBefore(LocalDate.of(2000, 1, 1))),
          new Case(
              "as_timestamp = TIMESTAMP '2000-01-01T08:00:00Z'",
              0,
              row -> row.get("as_timestamp").equals(Instant.parse("2000-01-01T08:00:00Z"))),
          new Case(
              "as_timestamp > TIMESTAMP '2000-01-01T08:00:01Z'",
              1,
              row ->
                  ((Instant) row.get("as_timestamp"))
                      .isAfter(Instant.parse("2000-01-01T08:00:01Z"))),
          new Case(
              "as_big_decimal <> 0",
              1,
              row -> ((BigDecimal) row.get("as_big_decimal")).signum() != 0),
          new Case("as_int IS NULL", 1, row -> row.get("as_int") == null),
          new Case("as_int IS NOT NULL", 0, row -> row.get("as_int") != null),
          new Case("NOT (as_int = 0)", 1, row -> !row.get("as_int").equals(0)),
          new Case("as_int IN (1, 2)", 1, row -> List.of(1, 2).contains(row.get("as_int"))),
          new Case("as_int = 1 OR as_long = 0", 0, row -> row.get("as_long").equals(0L)));

  /** One file has statistics of both columns, one of the first, one of none. */
  private static final List<Case> CHANGING =
      List.of(
          new Case("col1 = 0", 0, row -> row.get("col1").equals(0)),
          new Case("col1 > 0", 2, row -> (int) row.get("col1") > 0),
          new Case("col2 > 0", 1, row -> (int) row.get("col2") > 0),
          new Case("col2 IS NULL", 1, row -> row.get("col2") == null),
          new Case("col1 = 1 AND col2 = 0", 2, row -> row.get("col1").equals(1)));

  /** One file for each of (0, 0), (0, 1), (1, 0), (1, 1). */
  private static final List<Case> TWO_COLUMNS =
      List.of(
          new Case("part = 1", 2, row -> row.get("part").equals(1)),
          new Case(
              "part = 1 AND id = 1",
              3,
              row -> row.get("part").equals(1) && row.get("id").equals(1)),
          new Case(
              "part = 1 OR id = 0", 1, row -> row.get("part").equals(1) || row.get("id").equals(0)),
          new Case("id IN (1) AND NOT part = 0", 3, row -> row.equals(Map.of("part", 1, "id", 1))),
          new Case("part < id", 3, row -> (int) row.get("part") < (int) row.get("id")));

  static Stream<Arguments> cases() {
    return Stream.of(
            Map.entry("data-skipping-basic-stats-all-types", ALL_TYPES),
            Map.entry("data-skipping-basic-stats-all-types-checkpoint", ALL_TYPES),
            Map.entry("data-skipping-basic-stats-all-types-columnmapping-id", ALL_TYPES),
            Map.entry("data-skipping-basic-stats-all-types-columnmapping-name", ALL_TYPES),
            Map.entry("data-skipping-change-stats-collected-across-versions", CHANGING),
            Map.entry("data-skipping-partition-and-data-column", TWO_COLUMNS))
        .flatMap(
            entry -> entry.getValue().stream().map(test -> Arguments.of(entry.getKey(), test)));
  }

  @BeforeAll
  static void open() {
    GoldenTable.assumePresent();
    lake = NeuralLake.builder().build();
  }

  @AfterAll
  static void close() {
    if (lake != null) {
      lake.close();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void skippingLosesNoRow(String name, Case test) {
    GoldenTable golden = GoldenTable.named(name);
    NeuralTable table = lake.table(golden.delta());
    RowBag expected = new RowBag();
    ParquetRows.inFolder(
        golden.expected(),
        table.schema(),
        row -> {
          if (test.meaning().test(row)) {
            expected.add(row);
          }
        });
    Scan scan = table.scan().where(test.sql());
    RowBag actual = new RowBag();
    try (Rows<Map<String, Object>> rows = scan.maps()) {
      rows.forEach(actual::add);
      ScanReport report = rows.report();
      assertThat(report.filesRead() + report.filesSkipped()).isEqualTo(report.filesTotal());
      assertThat(report.rowsReturned()).isEqualTo(actual.count());
    }
    Golden.assertSameRows(actual, expected);
    assertThat(scan.count()).isEqualTo(expected.count());
    assertThat(scan.plan().filesSkippedByStatistics()).isEqualTo(test.skipped());
  }
}
