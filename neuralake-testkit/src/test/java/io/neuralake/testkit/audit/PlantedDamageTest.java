package io.neuralake.testkit.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.lock.CommitName;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A good table is damaged in one way at a time, and the audit says what is wrong. */
class PlantedDamageTest {
  private static final int RUNS = 3;
  private static final long CHECKPOINT = 3;

  @TempDir private Path folder;

  private final List<String> lines = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();

  private interface Damage {
    void to(Path table) throws IOException;
  }

  private Path copy(int run) throws IOException {
    Path good = folder.resolve("good" + run);
    if (!Files.exists(good)) {
      create(good, run);
    }
    Path copy = Files.createTempDirectory(folder, "run");
    try (Stream<Path> files = Files.walk(good)) {
      for (Path file : files.filter(f -> !f.equals(good)).toList()) {
        Files.copy(file, copy.resolve(good.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  /** Five versions: two appends, a delete by vectors with a checkpoint, an update, an append. */
  private static void create(Path place, int run) {
    try (NeuralLake lake = NeuralLake.builder().background(Runnable::run).build()) {
      NeuralTable table = lake.table(place);
      table
          .create(NeuralSignal.class)
          .property("delta.checkpointInterval", Long.toString(CHECKPOINT))
          .property("delta.enableDeletionVectors", "true")
          .property("delta.enableInCommitTimestamps", "true")
          .commit();
      NeuralSignals signals = NeuralSignals.seeded(run);
      table.append(signals.take(60)).transaction("loader", 1).commit();
      table.append(signals.take(40)).commit();
      table.delete().where("neuron_id % 7 = 1").commit();
      table.overwrite(signals.take(30)).commit();
      table.append(signals.take(20)).commit();
    }
  }

  private void hunt(String bug, Rule rule, Damage damage) {
    int found = 0;
    String other = "";
    for (int run = 0; run < RUNS; run++) {
      try {
        Path table = copy(run);
        damage.to(table);
        AuditReport report = DeltaLogAudit.of(TableFiles.local(table)).run();
        if (report.findings(rule).isEmpty()) {
          other = report.toString();
        } else {
          found++;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    lines.add("| %s | DeltaLogAudit %s | %d of %d |".formatted(bug, rule, found, RUNS));
    if (found < RUNS) {
      missed.add(bug + ", expected " + rule + ": " + other);
    }
  }

  private static Path commit(Path table, long version) {
    return table.resolve("_delta_log").resolve(CommitName.of(version));
  }

  private static void edit(Path file, String regex, String with) throws IOException {
    String text = Files.readString(file);
    Matcher match = Pattern.compile(regex).matcher(text);
    assertThat(match.find()).as("%s in %s", regex, text).isTrue();
    Files.writeString(file, match.replaceFirst(with));
  }

  /** Changes a number. */
  private static void add(Path file, String regex, long more) throws IOException {
    Matcher match = Pattern.compile(regex).matcher(Files.readString(file));
    assertThat(match.find()).as("%s in %s", regex, file).isTrue();
    long now = Long.parseLong(match.group(2));
    edit(file, regex, "$1" + (now + more));
  }

  private static Path dataFile(Path table, long version, String action) throws IOException {
    String commit = Files.readString(commit(table, version));
    Matcher path = Pattern.compile("\"" + action + "\":\\{\"path\":\"([^\"]+)\"").matcher(commit);
    assertThat(path.find()).as("%s in %s", action, commit).isTrue();
    return table.resolve(path.group(1));
  }

  private static Path inLog(Path table, String regex) throws IOException {
    try (Stream<Path> files = Files.list(table.resolve("_delta_log"))) {
      return files
          .filter(file -> file.getFileName().toString().matches(regex))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /** What a retry would have written, as the next version. */
  private static void again(Path table, long version) throws IOException {
    Files.copy(commit(table, version), commit(table, 6));
  }

  @Test
  void damageIsFound() throws IOException {
    AuditReport good = DeltaLogAudit.of(TableFiles.local(copy(0))).run();
    assertThat(good.findings()).as("%s", good).isEmpty();
    assertThat(good.looked().checkpoints()).isPositive();
    assertThat(good.looked().checksums()).isPositive();

    String stat = "(\\\\\"%s\\\\\":\\{[^}]*\\\\\"neuron_id\\\\\":)(\\d+)";
    hunt(
        "statistics off by one: minimum",
        Rule.STATISTICS_BOUND,
        t -> add(commit(t, 5), stat.formatted("minValues"), 1));
    hunt(
        "statistics off by one: maximum",
        Rule.STATISTICS_BOUND,
        t -> add(commit(t, 5), stat.formatted("maxValues"), -1));
    hunt(
        "statistics off by one: number of nulls",
        Rule.STATISTICS_BOUND,
        t -> add(commit(t, 5), stat.formatted("nullCount"), 1));
    hunt(
        "statistics off by one: number of rows",
        Rule.ROW_COUNTS,
        t -> add(commit(t, 5), "(\\\\\"numRecords\\\\\":)(\\d+)", -1));
    hunt("recorded size is wrong", Rule.FILE_SIZES, t -> add(commit(t, 5), "(\"size\":)(\\d+)", 1));
    hunt(
        "a live data file is missing",
        Rule.FILES_PRESENT,
        t -> Files.delete(dataFile(t, 5, "add")));
    hunt(
        "vacuum without a look at the log deletes live files",
        Rule.FILES_PRESENT,
        t -> {
          Files.delete(dataFile(t, 4, "add"));
          Files.delete(dataFile(t, 1, "add"));
        });
    hunt(
        "vacuum without a look at tombstones deletes young removed files",
        Rule.REMOVED_FILES_KEPT,
        t -> Files.delete(dataFile(t, 4, "remove")));
    hunt(
        "a data file is cut off",
        Rule.ROW_COUNTS,
        t -> {
          Path file = dataFile(t, 5, "add");
          byte[] content = Files.readAllBytes(file);
          Files.write(file, java.util.Arrays.copyOf(content, content.length / 2));
        });
    hunt(
        "a part of a commit is visible",
        Rule.LOG_READABLE,
        t -> {
          String commit = Files.readString(commit(t, 5));
          Files.writeString(commit(t, 5), commit.substring(0, commit.length() - 40));
        });
    hunt(
        "a commit is created before it is filled",
        Rule.LOG_READABLE,
        t -> Files.writeString(commit(t, 5), ""));
    hunt("a version is missing", Rule.VERSIONS_WITHOUT_GAPS, t -> Files.delete(commit(t, 4)));
    hunt("blind retry: a commit is there twice", Rule.COMMITTED_ONCE, t -> again(t, 5));
    hunt(
        "blind retry with a new id: files are added twice",
        Rule.FILES_ADDED_ONCE,
        t -> {
          again(t, 5);
          edit(commit(t, 6), "\"txnId\":\"[^\"]+\"", "\"txnId\":\"another\"");
        });
    hunt(
        "lost update: two commits remove the same file",
        Rule.REMOVES_MATCH,
        t -> {
          again(t, 4);
          edit(commit(t, 6), "\"txnId\":\"[^\"]+\"", "\"txnId\":\"another\"");
        });
    hunt(
        "a numbered write takes place twice",
        Rule.COMMITTED_ONCE,
        t -> {
          again(t, 1);
          edit(commit(t, 6), "\"txnId\":\"[^\"]+\"", "\"txnId\":\"another\"");
        });
    hunt(
        "a checkpoint forgets files",
        Rule.CHECKPOINTS_AGREE,
        t -> {
          Path checkpoint = inLog(t, ".*checkpoint.*parquet");
          String name = checkpoint.getFileName().toString();
          Files.copy(
              checkpoint,
              checkpoint.resolveSibling(
                  name.replaceFirst("^\\d{20}", CommitName.of(5).substring(0, 20))));
        });
    hunt(
        "a checksum counts wrong",
        Rule.CHECKSUMS_AGREE,
        t -> add(inLog(t, ".*\\.crc"), "(\"numFiles\":)(\\d+)", 1));
    hunt(
        "a deletion vector counts wrong",
        Rule.DELETION_VECTORS,
        t -> {
          Files.delete(commit(t, 4));
          Files.delete(commit(t, 5));
          add(commit(t, 3), "(\"add\":.*\"cardinality\":)(\\d+)", 1);
        });
    hunt(
        "a deletion vector is damaged",
        Rule.DELETION_VECTORS,
        t -> {
          Files.delete(commit(t, 4));
          Files.delete(commit(t, 5));
          edit(commit(t, 3), "(\"add\":.*\"pathOrInlineDv\":\")..", "$100");
        });
    hunt(
        "time goes back",
        Rule.TIMESTAMPS_GROW,
        t -> edit(commit(t, 5), "\"inCommitTimestamp\":\\d+", "\"inCommitTimestamp\":1"));
    hunt(
        "the first commit forgets the schema",
        Rule.PROTOCOL_AND_METADATA,
        t -> edit(commit(t, 0), "\\{\"metaData\":.*\\n", "{}\n"));
    hunt(
        "a crashed writer leaves a data file",
        Rule.NO_ORPHANS,
        t -> Files.copy(dataFile(t, 5, "add"), t.resolve("part-left.parquet")));
    hunt(
        "a crashed writer leaves a temporary file",
        Rule.NO_LEFT_OVERS,
        t -> Files.writeString(t.resolve("_delta_log/.00.json.0123.tmp"), "{"));

    System.out.println(
        "planted bugs, tables\n| bug | found by | in runs |\n|---|---|---|\n"
            + String.join("\n", lines));
    assertThat(missed).as("damage that the audit has not found").isEmpty();
  }
}
