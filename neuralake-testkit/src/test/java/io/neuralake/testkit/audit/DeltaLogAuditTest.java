package io.neuralake.testkit.audit;

import static io.neuralake.testkit.audit.NeuralTableAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Good tables, ours and Spark's, are found good. PlantedBugsTest has the others. */
class DeltaLogAuditTest {
  @TempDir private Path folder;

  /** Golden tables of which only a log exists, or a broken one: what the audit says of each. */
  private static final Map<String, Rule> BROKEN =
      Map.ofEntries(
          Map.entry("checkpoint", Rule.FILES_PRESENT),
          Map.entry("data-reader-absolute-paths-escaped-chars", Rule.PROTOCOL_AND_METADATA),
          Map.entry("delete-re-add-same-file-different-transactions", Rule.FILES_PRESENT),
          Map.entry("deltalog-commit-info", Rule.FILES_PRESENT),
          Map.entry("deltalog-invalid-protocol-version", Rule.FILES_PRESENT),
          Map.entry(
              "deltalog-state-reconstruction-from-checkpoint-missing-metadata",
              Rule.CHECKPOINTS_AGREE),
          Map.entry(
              "deltalog-state-reconstruction-from-checkpoint-missing-protocol",
              Rule.CHECKPOINTS_AGREE),
          Map.entry("deltalog-state-reconstruction-without-metadata", Rule.PROTOCOL_AND_METADATA),
          Map.entry("deltalog-state-reconstruction-without-protocol", Rule.PROTOCOL_AND_METADATA),
          Map.entry("hive", Rule.VERSIONS_WITHOUT_GAPS),
          Map.entry("log-replay-special-characters-b", Rule.FILES_PRESENT),
          Map.entry("no-delta-log-folder", Rule.VERSIONS_WITHOUT_GAPS),
          Map.entry("update-deleted-directory", Rule.FILES_PRESENT),
          Map.entry("versions-not-contiguous", Rule.VERSIONS_WITHOUT_GAPS));

  @Test
  void tablesOfSparkAreConsistentAndTheBrokenOnesAreFound() throws IOException {
    Path golden = Path.of(System.getProperty("neuralake.golden", ""));
    Assumptions.assumeTrue(
        !golden.toString().isEmpty() && Files.isDirectory(golden), "no golden tables here");
    long files = 0;
    long statistics = 0;
    try (Stream<Path> tables = Files.list(golden)) {
      for (Path table : tables.map(t -> t.resolve("delta")).filter(Files::exists).toList()) {
        String name = table.getParent().getFileName().toString();
        AuditReport report = DeltaLogAudit.of(TableFiles.local(table)).run();
        if (BROKEN.containsKey(name)) {
          assertThat(report.errors())
              .as("%s: %s", name, report)
              .extracting(Finding::rule)
              .contains(BROKEN.get(name));
        } else {
          assertThat(report.errors()).as("%s", report).isEmpty();
        }
        files += report.looked().dataFiles();
        statistics += report.looked().values();
      }
    }
    System.out.printf("golden tables: %d files, %d statistics compared%n", files, statistics);
    assertThat(statistics).isGreaterThan(500);
  }

  @Test
  void ourTableIsConsistentAfterManyKindsOfWork() throws IOException {
    try (NeuralLake lake = NeuralLake.builder().background(Runnable::run).build()) {
      NeuralTable table = lake.table(folder.resolve("a table"));
      table
          .create(NeuralSignal.class)
          .partitionedBy("region")
          .property("delta.checkpointInterval", "3")
          .property("delta.enableDeletionVectors", "true")
          .property("delta.enableChangeDataFeed", "true")
          .property("delta.enableInCommitTimestamps", "true")
          .commit();
      NeuralSignals signals = NeuralSignals.seeded(24);
      table.append(signals.take(100)).transaction("loader", 1).commit();
      table.append(signals.take(50)).transaction("loader", 2).commit();
      table.delete().where("neuron_id % 3 = 0").commit();
      table.update().set("voltage", "voltage + 1").where("neuron_id % 5 = 0").commit();
      table.overwrite(signals.take(10)).commit();
      table.append(signals.take(20)).commit();
      AuditReport report = DeltaLogAudit.of(TableFiles.local(folder.resolve("a table"))).run();
      assertThat(report.findings()).as("%s", report).isEmpty();
      assertThat(report.looked().commits()).isEqualTo(7);
      assertThat(report.looked().checkpoints()).isEqualTo(2);
      assertThat(report.looked().values()).isPositive();
      assertThat(report.rows()).isEqualTo(30);
      assertThat(table)
          .hasVersion(6)
          .hasRowCount(30)
          .hasFiles(report.files())
          .isConsistent()
          .hasNoLeftOvers();
      assertThatThrownBy(() -> assertThat(table).hasVersion(5))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("newest version of " + table.location());
    }
  }

  record Reading(long id, String region) {}

  @Test
  void rowsAreComparedAndReadersToo() throws IOException {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(folder.resolve("t"));
      table.create(Reading.class).commit();
      table.append(List.of(new Reading(1, "V1"), new Reading(2, "M1"))).commit();
      assertThat(table).hasRows(Reading.class, List.of(new Reading(2, "M1"), new Reading(1, "V1")));
      assertThat(table)
          .hasRows(List.of(Map.of("id", 1L, "region", "V1"), Map.of("id", 2L, "region", "M1")));
      assertThatThrownBy(
              () -> assertThat(table).hasRows(Reading.class, List.of(new Reading(1, "V1"))))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("rows of " + table.location());
      DeltaLogAudit audit = DeltaLogAudit.of(TableFiles.local(folder.resolve("t")));
      IndependentReader right = IndependentReader.of("right", () -> Stream.of("a", "b"));
      IndependentReader wrong = IndependentReader.of("wrong", () -> Stream.of("a", "a"));
      IndependentReader blind = IndependentReader.of("blind", Stream::of);
      assertThat(audit.comparing(right, right).run().findings()).isEmpty();
      assertThat(audit.comparing(right, wrong).run().errors())
          .extracting(Finding::explanation)
          .containsExactly(
              "right reads more often than wrong: b. wrong reads more often than right: a. ");
      Files.writeString(folder.resolve("t/_delta_log/.00.json.1234.tmp"), "{");
      assertThat(DeltaLogAudit.of(withUpload(folder.resolve("t"))).run().findings())
          .extracting(Finding::rule, Finding::path)
          .containsExactly(
              tuple(Rule.NO_LEFT_OVERS, "_delta_log/.00.json.1234.tmp"),
              tuple(Rule.NO_LEFT_OVERS, "part-begun.parquet"));
      assertThat(audit.comparing(blind).run().errors())
          .extracting(Finding::explanation)
          .containsExactly("blind reads 0 rows, the files have 2");
    }
  }

  private static TableFiles withUpload(Path table) {
    TableFiles files = TableFiles.local(table);
    return new TableFiles() {
      @Override
      public String location() {
        return files.location();
      }

      @Override
      public List<StoredFile> list() throws IOException {
        return files.list();
      }

      @Override
      public byte[] read(String path) throws IOException {
        return files.read(path);
      }

      @Override
      public List<String> unfinishedUploads() {
        return List.of("part-begun.parquet");
      }
    };
  }
}
