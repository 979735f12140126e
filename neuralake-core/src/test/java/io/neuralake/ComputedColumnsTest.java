package io.neuralake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delta.kernel.types.DateType;
import io.delta.kernel.types.FieldMetadata;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.UnsupportedTableException;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Rows;
import io.neuralake.write.Append;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated, default and identity columns, and what alter() does to features. */
class ComputedColumnsTest {

  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.123456Z");

  record Spike(Instant at, String label) {}

  record WholeSpike(Long id, Instant at, String label, LocalDate day) {}

  record Eager(long id, String label) {}

  @TempDir Path folder;
  private NeuralLake lake;
  private NeuralTable table;

  @BeforeEach
  void open() {
    lake = NeuralLake.builder().clock(Clock.fixed(NOW, ZoneOffset.UTC)).build();
    table = lake.table(folder.resolve("t"));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private List<Map<String, Object>> rows(String orderBy) {
    try (Rows<Map<String, Object>> rows = table.scan().maps()) {
      List<Map<String, Object>> all = new ArrayList<>();
      rows.forEach(all::add);
      all.sort(Comparator.comparing(row -> String.valueOf(row.get(orderBy))));
      return all;
    }
  }

  private static Map<String, Object> row(Object... keysAndValues) {
    Map<String, Object> row = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      row.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return row;
  }

  private void createSpikes() {
    table
        .create(
            new StructType()
                .add("at", TimestampType.TIMESTAMP)
                .add("label", StringType.STRING)
                .add("day", DateType.DATE)
                .add("tag", StringType.STRING))
        .generatedColumn("day", "CAST(at AS DATE)")
        .generatedColumn("TAG", "COALESCE(LOWER(label), '?')")
        .partitionedBy("day")
        .commit();
  }

  @Test
  void generatedColumnsAreComputedAndCheckedAndPartitionTheTable() {
    createSpikes();
    Instant first = Instant.parse("2025-12-31T23:59:59Z");
    table.append(List.of(new Spike(first, "A"), new Spike(NOW, null))).commit();
    table
        .append(
            List.of(
                row("at", NOW, "label", "xLong", "tag", "xlong"),
                row("at", NOW, "label", "Y", "tag", null)))
        .commit();

    assertThat(rows("tag"))
        .extracting(r -> r.get("tag") + " " + r.get("day"))
        .containsExactly("? 2026-02-03", "a 2025-12-31", "xlong 2026-02-03", "y 2026-02-03");
    assertThat(folder.resolve("t/day=2025-12-31")).isDirectory();
    assertThat(table.scan().where("day = '2025-12-31'").plan().filesRead()).isEqualTo(1);
    assertThatThrownBy(
            () ->
                table
                    .append(
                        List.of(
                            row("at", NOW, "label", "b"),
                            row("at", NOW, "label", "b", "day", LocalDate.EPOCH)))
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 1 has a value for the generated column 'day'")
        .hasMessageContaining("Nothing was written");
    assertThat(table.count()).isEqualTo(4);
  }

  @Test
  void expressionsThatCannotBeComputedAreRefusedByNameBeforeAnythingIsWritten() throws Exception {
    assertThatThrownBy(
            () ->
                table
                    .create(Spike.class)
                    .generatedColumn("label", "date_format(at, 'yyyy')")
                    .commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot compute column 'label' (date_format(at, 'yyyy'))")
        .hasMessageContaining("the function date_format is not supported");
    createSpikes();
    Path log = folder.resolve("t/_delta_log/00000000000000000000.json");
    String spoiled = Files.readString(log).replace("CAST(at AS DATE)", "to_date(at, 'yyyy-MM')");
    Files.writeString(log, spoiled);
    try (NeuralLake other = NeuralLake.builder().build()) {
      assertThatThrownBy(
              () -> other.table(folder.resolve("t")).append(List.of(new Spike(NOW, "a"))).commit())
          .isInstanceOf(UnsupportedTableException.class)
          .hasMessageContaining("cannot compute column 'day' (to_date(at, 'yyyy-MM'))");
    }
    try (var files = Files.list(folder.resolve("t"))) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactly("_delta_log");
    }
  }

  @Test
  void defaultsFillMissingColumnsAndLeaveNulls() {
    table
        .create(
            new StructType()
                .add("id", IntegerType.INTEGER)
                .add("kind", StringType.STRING, false)
                .add("made", TimestampType.TIMESTAMP)
                .add("n", LongType.LONG))
        .defaultValue("kind", "UPPER('raw')")
        .defaultValue("made", "current_timestamp()")
        .commit();
    table.alter().setDefault("n", "2 + 3").commit();
    table.append(List.of(row("id", 1), row("id", 2, "N", null, "kind", "k"))).commit();
    record Bare(int id) {}
    record Full(int id, String kind, Instant made, Long n) {}
    table.append(List.of(new Bare(3))).commit();
    table.append(List.of(new Full(4, "z", null, null))).commit();
    table.alter().dropDefault("n").commit();
    table.append(List.of(new Bare(5))).commit();

    try (Rows<Full> rows = table.scan().as(Full.class)) {
      assertThat(rows.stream().sorted(Comparator.comparingInt(Full::id)))
          .containsExactly(
              new Full(1, "RAW", NOW, 5L),
              new Full(2, "k", NOW, null),
              new Full(3, "RAW", NOW, 5L),
              new Full(4, "z", null, null),
              new Full(5, "RAW", NOW, null));
    }
    assertThat(table.detail().features()).contains("allowColumnDefaults");
    assertThatThrownBy(() -> table.alter().setDefault("n", "id + 1").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("cannot compute column 'n' (id + 1)");
  }

  @Test
  void identityColumnsNumberRowsInOrderAndRefuseNumbersOfTheRows() {
    table
        .create(WholeSpike.class)
        .identityColumn("id", 100, -10)
        .generatedColumn("day", "CAST(at AS DATE)")
        .commit();
    table.append(List.of(new Spike(NOW, "a"), new Spike(NOW, "b"))).commit();
    table.append(List.of(new WholeSpike(null, NOW, "c", null))).commit();
    table.append(List.of(row("at", NOW, "label", "d"))).commit();

    assertThat(rows("label")).extracting(r -> r.get("id")).containsExactly(100L, 90L, 80L, 70L);
    assertThatThrownBy(() -> table.append(List.of(new Eager(1, "e"))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 0 has a value for the identity column 'id'");
    table.overwrite(List.of(new Spike(NOW, "e"))).commit();
    assertThat(rows("label")).extracting(r -> r.get("id")).containsExactly(60L);
    assertThat(table.history(1).get(0).isBlindAppend()).contains(false);
  }

  @Test
  void explicitNumbersAreKeptWhereTheyAreAllowed() {
    FieldMetadata byDefault =
        FieldMetadata.builder()
            .putLong("delta.identity.start", 1)
            .putLong("delta.identity.step", 5)
            .putLong("delta.identity.highWaterMark", 8)
            .putBoolean("delta.identity.allowExplicitInsert", true)
            .build();
    table
        .create(
            new StructType()
                .add("id", LongType.LONG, false, byDefault)
                .add("label", StringType.STRING))
        .commit();
    table
        .append(List.of(row("label", "a"), row("label", "b", "id", 3L), row("label", "c")))
        .commit();
    assertThat(rows("label")).extracting(r -> r.get("id")).containsExactly(11L, 3L, 16L);
  }

  @Test
  void numbersStayUniqueWhereWritersRace() {
    table.create(WholeSpike.class).identityColumn("id", 1, 1).commit();
    IntStream.range(0, 24)
        .parallel()
        .forEach(
            i -> {
              List<Spike> spikes = Arrays.asList(new Spike(NOW, "a" + i), new Spike(NOW, "b" + i));
              if (i % 2 == 0) {
                table.append(spikes).commit();
              } else {
                try (NeuralLake other = NeuralLake.builder().build()) {
                  other.table(folder.resolve("t")).append(spikes).commit();
                }
              }
            });
    assertThat(rows("id").stream().map(r -> (long) r.get("id")).sorted())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 48).mapToObj(Long::valueOf).toList());
  }

  @Test
  void constraintsAreAddedOnceAllRowsSatisfyThem() {
    table.create(Spike.class).commit();
    table.append(List.of(new Spike(NOW, "a"), new Spike(NOW, "bb"), new Spike(NOW, null))).commit();

    assertThatThrownBy(() -> table.alter().addConstraint("Short", "LENGTH(label) < 2").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("constraint 'short' (LENGTH(label) < 2) cannot be added")
        .hasMessageContaining("not true of 2 rows of version 1, such as {at=")
        .hasMessageContaining("label=");
    assertThatThrownBy(() -> table.alter().addConstraint("c", "nothing > 1").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("constraint 'c' (nothing > 1) cannot be added");
    table.alter().addConstraint("Short", "label IS NULL OR LENGTH(label) < 3").commit();
    assertThat(table.detail().features()).contains("checkConstraints");
    assertThatThrownBy(() -> table.append(List.of(new Spike(NOW, "ccc"))).commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 0 breaks the constraint 'short'");
    assertThatThrownBy(() -> table.alter().dropConstraint("other").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("there is no constraint 'other'. The table has [short]");
    assertThatThrownBy(() -> table.alter().dropFeature("checkConstraints").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the schema or the properties make use of it");
    assertThat(table.alter().dropConstraint("other", true).commit().committed()).isFalse();
    table.alter().dropConstraint("SHORT").dropFeature("checkConstraints").commit();
    table.append(List.of(new Spike(NOW, "ccc"))).commit();
    assertThat(table.detail().features()).doesNotContain("checkConstraints");
  }

  /** Runs something else right before the first commit of the lake that has it. */
  private record Overtaken(LockProvider real, Deque<Runnable> winners) implements LockProvider {
    @Override
    public String name() {
      return "overtaken";
    }

    @Override
    public void commit(CommitFiles log, long version, byte[] content) throws IOException {
      if (!winners.isEmpty()) {
        winners.pop().run();
      }
      real.commit(log, version, content);
    }
  }

  private NeuralLake overtakenBy(Runnable winner) {
    return NeuralLake.builder()
        .lock(new Overtaken(LockProviders.automatic(), new ArrayDeque<>(List.of(winner))))
        .build();
  }

  @Test
  void rowsThatLostARaceGetTheNextNumbersInNewFiles() throws Exception {
    table.create(WholeSpike.class).identityColumn("id", 1, 2).partitionedBy("day").commit();
    try (NeuralLake late = overtakenBy(() -> table.append(List.of(new Spike(NOW, "w"))).commit())) {
      late.table(folder.resolve("t"))
          .append(
              List.of(
                  new WholeSpike(null, NOW, "x", LocalDate.EPOCH),
                  new WholeSpike(null, NOW, "y", LocalDate.EPOCH),
                  new WholeSpike(null, NOW, "z", LocalDate.EPOCH.plusDays(1))))
          .commit();
    }
    assertThat(rows("label")).extracting(r -> r.get("id")).containsExactly(1L, 3L, 5L, 7L);
    assertThat(table.scan().where("id >= 7").plan().filesRead()).isEqualTo(1);
    try (var files = Files.walk(folder.resolve("t"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".parquet"))).hasSize(3);
    }
    table.append(List.of(new Spike(NOW, "zz"))).commit();
    assertThat(rows("label").get(4).get("id")).isEqualTo(9L);
  }

  @Test
  void numbersThatCannotMoveAreAConflict() {
    table
        .create(WholeSpike.class)
        .identityColumn("id", 1, 1)
        .generatedColumn("label", "CAST(id AS STRING)")
        .commit();
    record At(Instant at) {}
    try (NeuralLake late = overtakenBy(() -> table.append(List.of(new At(NOW))).commit())) {
      NeuralTable other = late.table(folder.resolve("t"));
      assertThatThrownBy(() -> other.append(List.of(new At(NOW))).commit())
          .isInstanceOf(CommitConflictException.class)
          .hasMessageContaining("has taken the numbers that the rows have in identity columns");
    }
    assertThat(rows("id")).extracting(r -> r.get("label")).containsExactly("1");
  }

  @Test
  void aConstraintLosesAgainstAConcurrentRowThatBreaksIt() {
    table.create(Spike.class).commit();
    table.append(List.of(new Spike(NOW, "a"))).commit();
    try (NeuralLake late =
        overtakenBy(() -> table.append(List.of(new Spike(NOW, "long"))).commit())) {
      NeuralTable other = late.table(folder.resolve("t"));
      assertThatThrownBy(() -> other.alter().addConstraint("c", "LENGTH(label) < 2").commit())
          .isInstanceOf(CommitConflictException.class)
          .hasMessageContaining("concurrent append")
          .hasMessageContaining("constraint 'c' (LENGTH(label) < 2) cannot be added");
    }
    try (NeuralLake late =
        overtakenBy(() -> table.append(List.of(new Spike(NOW, "fair"))).commit())) {
      late.table(folder.resolve("t")).alter().addConstraint("c", "LENGTH(label) < 5").commit();
    }
    assertThat(table.detail().properties())
        .containsEntry("delta.constraints.c", "LENGTH(label) < 5");
  }

  @Test
  void aRowThatAForgottenConstraintRefusedIsTakenTheNextTime() {
    table.create(Spike.class).property("delta.constraints.c", "LENGTH(label) < 2").commit();
    table.append(List.of(new Spike(NOW, "a"))).commit();
    try (NeuralLake other = NeuralLake.builder().build()) {
      other.table(folder.resolve("t")).alter().dropConstraint("c").commit();
    }
    Append append = table.append(List.of(new Spike(NOW, "long")));
    assertThatThrownBy(append::commit)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("row 0 breaks the constraint 'c'");
    table.append(List.of(new Spike(NOW, "long"))).commit();
    assertThat(table.count()).isEqualTo(2);
  }

  @Test
  void arrowRowsAreCompletedToo() throws Exception {
    createSpikes();
    StructType columns =
        new StructType().add("at", TimestampType.TIMESTAMP).add("label", StringType.STRING);
    NeuralTable source = lake.table(folder.resolve("source"));
    source.create(columns).commit();
    source.append(List.of(new Spike(NOW, "Q"), new Spike(Instant.EPOCH, "R"))).commit();
    try (var reader = source.scan().arrow()) {
      table.append(reader).commit();
    }
    assertThat(rows("tag"))
        .extracting(r -> r.get("tag") + " " + r.get("day"))
        .containsExactly("q 2026-02-03", "r 1970-01-01");
  }

  @Test
  void partsOfDatesAndTimesAreComputed() {
    StructType columns = new StructType().add("at", TimestampType.TIMESTAMP);
    for (String part : List.of("y", "m", "d", "h")) {
      columns = columns.add(part, IntegerType.INTEGER);
    }
    table
        .create(columns)
        .generatedColumn("y", "YEAR(at)")
        .generatedColumn("m", "month(CAST(at AS DATE))")
        .generatedColumn("d", "DAY(at)")
        .generatedColumn("h", "hour(at)")
        .partitionedBy("y")
        .commit();
    table
        .append(
            List.of(
                row("at", NOW),
                row("at", Instant.parse("1969-12-31T23:59:59.9Z")),
                row("at", null)))
        .commit();
    assertThat(rows("at"))
        .extracting(r -> r.get("y") + "-" + r.get("m") + "-" + r.get("d") + " " + r.get("h"))
        .containsExactlyInAnyOrder("2026-2-3 4", "1969-12-31 23", "null-null-null null");
    assertThat(table.scan().where("HOUR(at) = 4 AND y = YEAR(DATE '2026-01-01')").count())
        .isEqualTo(1);
  }

  @Test
  void featuresAreEnabledAndDropped() {
    table.create(Spike.class).commit();
    table.alter().enableFeature("domainmetadata").enableFeature("generatedColumns").commit();
    assertThat(table.detail().features()).contains("domainMetadata", "generatedColumns");
    table.alter().dropFeature("generatedcolumns").commit();
    assertThat(table.detail().features()).doesNotContain("generatedColumns");
    assertThatThrownBy(() -> table.alter().dropFeature("domainMetadata").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("takes more than a change of the protocol");
    assertThatThrownBy(() -> table.alter().dropFeature("nonsense").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the table does not have it (it has appendOnly");
    assertThatThrownBy(() -> table.alter().enableFeature("geospatial").commit())
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("geospatial");
  }
}
