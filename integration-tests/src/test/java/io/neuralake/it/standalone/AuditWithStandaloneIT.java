package io.neuralake.it.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.testkit.audit.AuditReport;
import io.neuralake.testkit.audit.DeltaLogAudit;
import io.neuralake.testkit.audit.IndependentReader;
import io.neuralake.testkit.audit.TableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit that compares what Delta Standalone reads, which shares no code with neuralake. */
class AuditWithStandaloneIT {
  @TempDir private Path folder;

  record Reading(long id, String region, Double voltage) {}

  private static List<Reading> readings(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> new Reading(i, i % 2 == 0 ? "V1" : "M1", i % 5 == 0 ? null : i / 4.0))
        .toList();
  }

  @Test
  void standaloneReadsTheSameRows() throws IOException {
    try (NeuralLake lake = NeuralLake.builder().background(Runnable::run).build()) {
      NeuralTable table = lake.table(folder.resolve("t"));
      table
          .create(Reading.class)
          .partitionedBy("region")
          .property("delta.checkpointInterval", "3")
          .commit();
      table.append(readings(0, 40)).commit();
      table.delete().where("id % 3 = 0").commit();
      table.update().set("voltage", "voltage * 2D").where("id > 20").commit();
      table.append(readings(40, 50)).commit();
      AuditReport report =
          DeltaLogAudit.of(TableFiles.local(folder.resolve("t")))
              .comparing(
                  IndependentReader.of(
                      "neuralake", () -> ScanContent.of(table.scan()).rows().stream()),
                  IndependentReader.of(
                      "Delta Standalone",
                      () -> new StandaloneReader().read(folder.resolve("t")).rows().stream()))
              .run();
      assertThat(report.findings()).as("%s", report).isEmpty();
      assertThat(report.looked().readers()).isEqualTo(2);
      assertThat(report.rows()).isEqualTo(table.count());
    }
  }
}
