package io.neuralake.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.read.Rows;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every example does what it says. */
class ExamplesIT {
  private static final Path SAMPLES = Path.of("src/main/resources/io/neuralake/examples");

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private interface Example {
    int run(List<String> args, PrintStream out, PrintStream err);
  }

  private int run(Example example, String... args) {
    out.reset();
    err.reset();
    return example.run(
        List.of(args),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String table() {
    return folder.resolve("table").toString();
  }

  private void check(Consumer<NeuralTable> assertions) {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      assertions.accept(lake.table(table()));
    }
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  @Test
  void firstTableHoldsWhatTheReadmeSays() {
    assertThat(run(FirstTable::run, table())).as(err()).isZero();
    assertThat(out())
        .contains("Signal[neuron_id=7, region=V1, ts=2026-11-20T12:00:00.001Z, voltage=31.5")
        .contains("0 rows before the first append, 3 now");
    assertThat(run(FirstTable::run, table())).as(err()).isZero();
    assertThat(out()).contains("6 now");
  }

  @Test
  void quickstartOnS3AgreesWithTheIndependentReader() {
    assertThat(run(Quickstart::run)).as(err()).isZero();
    assertThat(out())
        .contains("s3://lab/signals, partitioned by region")
        .contains("read 2 of 16 files: 12 skipped by region, 2 by the smallest and largest ts")
        .contains("version 2 had 40,960 rows")
        .containsPattern(
            "neuralake +(sees version 4 with 81,920 rows, [1-9]\\d* of them spikes)"
                + "(?s).*Standalone +\\1");
  }

  @Test
  void quickstartRunsInAFolder() {
    assertThat(run(Quickstart::run, "--local", folder.toString())).as(err()).isZero();
    assertThat(out()).containsPattern("Standalone +sees version 4 with 81,920 rows");
    assertThat(folder.resolve("signals/_delta_log/00000000000000000004.json")).exists();
  }

  @Test
  void quickstartDoesNotOverwriteATable() {
    run(Quickstart::run, "--local", folder.toString());

    assertThat(run(Quickstart::run, "--local", folder.toString())).isEqualTo(Program.FAILED);
    assertThat(err()).contains("a table exists here already").doesNotContain("\tat ");
  }

  @Test
  void unknownArgumentsGetTheUsage() {
    assertThat(run(Quickstart::run, "--loco")).isEqualTo(Program.BAD_ARGUMENTS);
    assertThat(err()).contains("Unknown arguments: --loco").contains("Usage: Quickstart");
    assertThat(run(TimeTravelAndEvolution::run)).isEqualTo(Program.BAD_ARGUMENTS);
    assertThat(err()).contains("location of a table").contains("Usage: TimeTravelAndEvolution");
    assertThat(run(ArrowInAndOut::run)).isEqualTo(Program.BAD_ARGUMENTS);
    assertThat(err()).contains("location of a table").contains("Usage: ArrowInAndOut");
    assertThat(run(IngestFile::run, "a.xlsx", "t")).isEqualTo(Program.BAD_ARGUMENTS);
    assertThat(err()).contains("format 'xlsx' is not known").contains("Usage: IngestFile");
  }

  @Test
  void rowsAreStreamedOnceOverARestart() {
    assertThat(run(StreamRows::run, table())).as(err()).isZero();
    assertThat(out()).contains("goes on at 0", "goes on at 11000", "22 rows", "21956 rows");
  }

  @Test
  void rowsAreChangedWhereTheyAre() {
    assertThat(run(ChangeRows::run, table())).as(err()).isZero();
    assertThat(out())
        .contains("81 rows, in 4 marked files")
        .contains("10 rows")
        .contains("files, unopened")
        .contains("1 deleted, 1 updated, 1 inserted");
    check(table -> assertThat(table.scan().where("region = 'V3'").count()).isEqualTo(1));
  }

  @Test
  void timeTravelAndEvolutionKeepThePast() {
    assertThat(run(TimeTravelAndEvolution::run, table())).as(err()).isZero();
    assertThat(out())
        .contains("version 2 had 4 rows")
        .contains("the first append made version 1: 3 rows")
        .contains("[neuron_id, ts, millivolts, probe]")
        .contains("2 rows with millivolts > 0")
        .contains("version 1 keeps its columns: [neuron_id, ts, voltage, quality]");
    check(
        table -> {
          assertThat(table.version()).isEqualTo(6);
          assertThat(table.scan().where("neuron_id = 5000000000").count()).isEqualTo(1);
        });
  }

  @Test
  void arrowGoesInAndComesOut() {
    assertThat(run(ArrowInAndOut::run, table())).as(err()).isZero();
    check(
        table -> {
          assertThat(table.count()).isEqualTo(3 * 10 * 1024);
          for (String region : List.of("HPC", "M1", "PFC", "V1")) {
            long spikes = table.scan().where("spike AND region = '" + region + "'").count();
            assertThat(spikes).isPositive();
            assertThat(out()).containsPattern(region + " +" + spikes);
          }
        });
  }

  @Test
  void ndjsonIsIngestedWithGuessedColumns() {
    String file = SAMPLES.resolve("signals.ndjson").toString();
    assertThat(run(IngestFile::run, file, table(), "--partition-by", "region")).as(err()).isZero();
    assertThat(out()).contains("version 1: 40 rows in 4 files");
    check(
        table -> {
          assertThat(table.schema().fieldNames())
              .containsExactly(
                  "neuron_id",
                  "region",
                  "ts",
                  "voltage",
                  "spike",
                  "quality",
                  "position",
                  "waveform");
          assertThat(
                  table
                      .scan()
                      .where("spike AND ts >= TIMESTAMP '2025-06-19 00:00:00.014Z'")
                      .count())
              .isEqualTo(4);
          assertThat(table.scan().where("position.x BETWEEN 0 AND 1").count()).isEqualTo(40);
          assertThat(table.latest().partitionColumns()).containsExactly("region");
        });
    // A second file joins the table, with its columns.
    assertThat(run(IngestFile::run, file, table())).as(err()).isZero();
    check(table -> assertThat(table.count()).isEqualTo(80));
  }

  @Test
  void csvIsIngestedWithGuessedColumns() {
    String file = SAMPLES.resolve("signals.csv").toString();
    assertThat(run(IngestFile::run, file, table())).as(err()).isZero();
    check(
        table -> {
          assertThat(table.count()).isEqualTo(40);
          assertThat(table.scan().where("note = 'artefact, checked'").count()).isEqualTo(1);
          assertThat(table.scan().where("quality IS NULL").count()).isEqualTo(8);
          try (Rows<Map<String, Object>> rows = table.scan().where("neuron_id = 0").maps()) {
            Map<String, Object> row = rows.iterator().next();
            assertThat(row)
                .containsEntry("ts", Instant.parse("2025-06-19T00:00:00Z"))
                .containsEntry("voltage", 28.7)
                .containsEntry("spike", true);
          }
        });
  }

  @Test
  void givenColumnsRule() throws IOException {
    Path file = file("prices.csv", "id,price,day\n007,12.50,2026-11-20\n");
    String schema = "id string not null, price decimal(10, 2), day date";
    assertThat(run(IngestFile::run, file.toString(), table(), "--schema", schema))
        .as(err())
        .isZero();
    check(
        table -> {
          assertThat(table.schema().get("id").isNullable()).isFalse();
          assertThat(
                  table
                      .scan()
                      .where("id = '007' AND price = 12.5 AND day = DATE '2026-11-20'")
                      .count())
              .isEqualTo(1);
        });
  }

  @Test
  void badSchemaSaysWhatIsKnown() throws IOException {
    Path file = file("a.csv", "id\n1\n");
    assertThat(run(IngestFile::run, file.toString(), table(), "--schema", "id serial"))
        .isEqualTo(Program.FAILED);
    assertThat(err()).contains("SERIAL").contains("BIGINT");
    assertThat(run(IngestFile::run, file.toString(), table(), "--schema", "id"))
        .isEqualTo(Program.BAD_ARGUMENTS);
    assertThat(err()).contains("'id' is not a column");
  }

  @Test
  void badNdjsonLineIsNamedAndNothingIsWritten() throws IOException {
    String schema = "id long, name string";
    String[][] cases = {
      {"{\"id\": 1}\n{\"id\": 2\n", "line 2: not JSON"},
      {"{\"id\": 1}\n\n{\"id\": \"x\"}\n", "line 3: column 'id' is long, but the value is \"x\""},
      {"{\"id\": 1, \"nam\": \"a\"}\n", "line 1: 'nam' is no column; the columns are [id, name]"},
      {"[1]\n", "line 1: a JSON object is expected"},
    };
    for (String[] bad : cases) {
      Path file = file("bad.ndjson", bad[0]);
      assertThat(run(IngestFile::run, file.toString(), table(), "--schema", schema))
          .isEqualTo(Program.FAILED);
      assertThat(err()).contains(bad[1]).contains("Nothing was written").doesNotContain("\tat ");
    }
    check(table -> assertThat(table.version()).isZero());
  }

  @Test
  void badCsvLineIsNamedAndNothingIsWritten() throws IOException {
    String schema = "id long, name string";
    String[][] cases = {
      {"id,name\n1,a\n2,\"b\nc\"\nx,d\n", "line 5: column 'id' is long, but the value is \"x\""},
      {"id,name\n1,a\n2,b,c\n", "line 3: "},
      {"id,name\n1,a\n2\n", "line 3: "},
      {"id,nam\n1,a\n", "line 2: 'nam' is no column"},
    };
    for (String[] bad : cases) {
      Path file = file("bad.csv", bad[0]);
      assertThat(run(IngestFile::run, file.toString(), table(), "--schema", schema))
          .isEqualTo(Program.FAILED);
      assertThat(err()).contains(bad[1]).contains("Nothing was written").doesNotContain("\tat ");
    }
    check(table -> assertThat(table.version()).isZero());
  }
}
