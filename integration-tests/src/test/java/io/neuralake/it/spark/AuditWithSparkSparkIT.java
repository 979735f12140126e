package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.it.canonical.ScanContent;
import io.neuralake.testkit.audit.AuditReport;
import io.neuralake.testkit.audit.DeltaLogAudit;
import io.neuralake.testkit.audit.IndependentReader;
import io.neuralake.testkit.audit.TableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables that Spark makes are consistent, and neuralake and Spark read the same rows. */
@SparkTest
final class AuditWithSparkSparkIT {
  private final SparkProcess spark = SparkProcess.shared();

  @Test
  void tablesOfSparkAreConsistent() throws IOException {
    long values = 0;
    long checksums = 0;
    List<String> wrong = new ArrayList<>();
    try (NeuralLake lake = NeuralLake.builder().build()) {
      for (SparkMadeTable made : SparkMadeTables.all()) {
        Path path = SharedTables.path(made);
        AuditReport report =
            DeltaLogAudit.of(TableFiles.local(path))
                .comparing(
                    IndependentReader.of(
                        "neuralake", () -> ScanContent.of(lake.table(path).scan()).rows().stream()),
                    IndependentReader.of(
                        "Spark", () -> spark.read(path.toString()).content().rows().stream()))
                .run();
        if (!report.isConsistent()) {
          wrong.add(made.name() + ": " + report);
        }
        values += report.looked().values();
        checksums += report.looked().checksums();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(values).as("statistics compared").isPositive();
    assertThat(checksums).as("checksums compared").isPositive();
  }
}
