package io.neuralake.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.exec.ProgressListener.Progress;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, in this process, as a new user would try them. */
@NeuralLakeTest
class CliIT {

  record Row(int id, String name) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private record Answer(int code, String out, String err) {
    JsonNode json() throws IOException {
      return JSON.readTree(out);
    }
  }

  private static Answer run(Map<String, String> environment, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Output output = new Output(new PrintWriter(out), new PrintWriter(err), false);
    int code = Cli.run(environment, output, args);
    return new Answer(code, out.toString(), err.toString());
  }

  private static Answer run(String... args) {
    return run(Map.of(), args);
  }

  private String table() throws IOException {
    Path path = folder.resolve("my table");
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(path);
      table.create(Row.class).commit();
      for (int i = 0; i < 4; i++) {
        table.append(List.of(new Row(i, "name" + i))).commit();
      }
    }
    return path.toString();
  }

  private Path config(String text) throws IOException {
    return Files.writeString(folder.resolve("neuralake.properties"), text);
  }

  @Test
  void showsWhatATableIsAndHolds() throws IOException {
    String table = table();
    assertThat(run("history", table, "-n", "2").out())
        .contains("version", "WRITE", "4 ")
        .doesNotContain("CREATE TABLE");
    assertThat(run("history", table, "-n", "1", "--json").json().get("operation").asText())
        .isEqualTo("WRITE");
    assertThat(run("detail", table).out()).contains("file://", "4 of ", "column", "name string");
    JsonNode detail = run("detail", table, "--json").json();
    assertThat(detail.get("files").asInt()).isEqualTo(4);
    assertThat(detail.get("columns").get("id").asText()).isEqualTo("integer");
    assertThat(run("read", table, "--where", "id > 1", "--select", "name").out())
        .contains("name2", "name3")
        .doesNotContain("name1");
    assertThat(run("read", table, "--where", "id = 2", "--json").json())
        .isEqualTo(JSON.readTree("{\"id\":2,\"name\":\"name2\"}"));
    assertThat(run("read", table, "--count").out().strip()).isEqualTo("4");
    assertThat(run("read", table, "--count", "--version", "2", "--json").json())
        .isEqualTo(JSON.readTree("{\"count\":2}"));
    assertThat(run("read", table, "--where", "id > 9").out()).contains("(no rows)");
    assertThat(run("audit", table).code()).isZero();
    assertThat(run("audit", table, "--json").out()).contains("{\"consistent\":true}");
  }

  @Test
  void compactsAndVacuums() throws IOException {
    String table = table();
    assertThat(run("compact", table).out()).contains("4 files became 1");
    assertThat(run("compact", table).out()).contains("Nothing to do");
    Answer refused = run("vacuum", table, "--retain", "0s");
    assertThat(refused.code()).isEqualTo(Cli.FAILED);
    assertThat(refused.err()).contains("--allow-short-retention").doesNotContain("\tat ");
    assertThat(run("vacuum", table).out()).contains("Deleted 0 files");

    String[] short0 = {"vacuum", table, "--retain", "0s", "--allow-short-retention", "--dry-run"};
    Answer listed = run(short0[0], short0[1], short0[2], short0[3], short0[4], short0[5], "--list");
    assertThat(listed.out()).contains("Would delete 4 files").contains("part-");
    Path settings = config("vacuum.retention = 0s\nvacuum.deletes-per-second = 100\n");
    Answer done =
        run("vacuum", table, "-c", settings.toString(), "--allow-short-retention", "--json");
    assertThat(done.json().get("filesDeleted").asInt()).isEqualTo(4);
    assertThat(done.err()).contains("vacuum: 4 of 4 files");
    assertThat(run("read", table, "--count").out().strip()).isEqualTo("4");

    Path file = Path.of(table);
    Path live;
    try (var files = Files.list(file)) {
      live = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.setLastModifiedTime(live, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
    assertThat(run("vacuum", table).out()).contains("Deleted 0 files");
    Files.delete(live);
    assertThat(run("audit", table).code()).isEqualTo(Cli.FAILED);
  }

  @Test
  void mistakesAreExplained() throws IOException {
    String table = table();
    assertThat(run().code()).isEqualTo(Cli.USAGE);
    assertThat(run().err()).contains("A command is missing", "vacuum", "Exit codes");
    assertThat(run("histroy", table).err()).contains("Unmatched argument").contains("history");
    assertThat(run("history").err()).contains("Missing required parameter: 'TABLE'");
    assertThat(run("history", table, "-n", "many").code()).isEqualTo(Cli.USAGE);
    Answer nothing = run("read", folder.resolve("nowhere").toString());
    assertThat(nothing.code()).isEqualTo(Cli.FAILED);
    assertThat(nothing.err()).contains("there is no Delta table here").doesNotContain("\tat ");
    assertThat(run("audit", folder.resolve("nowhere").toString()).code()).isEqualTo(Cli.FAILED);
    assertThat(run("read", table, "--where", "idd = 1").err()).contains("idd");
    assertThat(run("read", table, "--version", "99").err()).contains("Versions 0 to 4 exist");
    assertThat(run("read", table, "--version", "1", "--at", "2026-01-01").code())
        .isEqualTo(Cli.USAGE);
    assertThat(run("vacuum", table, "--retain", "soon").err()).contains("Write 90s, 30m, 168h");
    assertThat(run("vacuum", table, "--list").code()).isEqualTo(Cli.USAGE);
    assertThat(run("compact", table, "--target", "much").err()).contains("is not a size");
    assertThat(run("read", table, "-c", folder.resolve("none").toString()).err())
        .contains("cannot be read");
    assertThat(run("read", table, "-c", config("profil = LOCAL").toString()).err())
        .contains("there is no setting 'profil'", "s3.endpoint");
  }

  @Test
  void helpShowsExamplesAndSettings() {
    Answer help = run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("s3.endpoint", "PRODUCTION", "Examples:", "Exit codes:");
    for (String command : List.of("history", "detail", "read", "compact", "vacuum", "audit")) {
      Answer one = run(command, "--help");
      assertThat(one.code()).isZero();
      assertThat(one.out()).contains("TABLE", "neuralake " + command, "Example");
      assertThat(help.out()).contains(command);
    }
  }

  @Test
  void productionRefusesPlainHttpAndAnonymousAccess() throws IOException {
    String table = table();
    for (String bad :
        List.of(
            "s3.endpoint = http://localhost:9000\ns3.allow-http = true",
            "s3.allow-http = true",
            "s3.anonymous = true")) {
      Answer refused = run("read", table, "-c", config("profile = PRODUCTION\n" + bad).toString());
      assertThat(refused.code()).as(bad).isEqualTo(Cli.USAGE);
      assertThat(refused.err()).contains("Profile PRODUCTION refuses");
      assertThat(run("read", table, "-c", config("profile = local\n" + bad).toString()).code())
          .isZero();
    }
    Path production = config("profile = PRODUCTION\ns3.region = eu-central-1\n");
    assertThat(run("read", table, "-c", production.toString()).code()).isZero();
    Answer fromEnvironment =
        run(Map.of("AWS_SKIP_SIGNATURE", "true"), "read", table, "-c", production.toString());
    assertThat(fromEnvironment.code()).isEqualTo(Cli.USAGE);
  }

  @Test
  void reachesS3(S3Bucket bucket) throws IOException {
    String table = bucket.location("t");
    try (NeuralLake lake = bucket.newLake()) {
      lake.table(table).create(Row.class).commit();
      lake.table(table).append(List.of(new Row(1, "a"))).commit();
    }
    Map<String, String> environment = new HashMap<>(bucket.env());
    assertThat(run(environment, "read", table, "--count").out().strip()).isEqualTo("1");
    assertThat(run(environment, "audit", table).code()).isZero();
    String endpoint = bucket.endpoint().toString();
    var keys = bucket.connection().credentials();
    Path settings =
        config(
            "s3.endpoint = %s\ns3.allow-http = true\ns3.access-key-id = %s\ns3.secret-access-key = %s\n"
                .formatted(endpoint, keys.accessKeyId(), keys.secretAccessKey()));
    Answer vacuum = run("vacuum", table, "-c", settings.toString(), "--lite", "--json");
    assertThat(vacuum.json().get("filesDeleted").asInt()).isZero();
  }

  @Test
  void progressIsABarOnTerminalsAndLinesElsewhere() {
    StringWriter bar = new StringWriter();
    StringWriter lines = new StringWriter();
    PrintWriter out = new PrintWriter(new StringWriter());
    try (ProgressBar onTerminal =
            new ProgressBar("x", new Output(out, new PrintWriter(bar), true));
        ProgressBar elsewhere =
            new ProgressBar("x", new Output(out, new PrintWriter(lines), false))) {
      for (int i = 0; i <= 100; i++) {
        onTerminal.progress(new Progress(i, 100, 0, 2048L * i));
        elsewhere.progress(new Progress(i, 100, 0, 2048L * i));
      }
    }
    assertThat(bar.toString()).contains("\rx [###############...............] 50 of 100 files").endsWith("KiB\n");
    assertThat(lines.toString().lines()).hasSize(10).contains("x: 50 of 100 files, 100.0 KiB");
  }
}
