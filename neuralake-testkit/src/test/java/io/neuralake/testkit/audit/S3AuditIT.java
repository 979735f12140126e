package io.neuralake.testkit.audit;

import static io.neuralake.testkit.audit.NeuralTableAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.NeuralTable;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Tables in buckets are looked into as well. */
@NeuralLakeTest
class S3AuditIT {

  @Test
  void tablesOnS3AreAuditedWithTheirLeftOvers(NeuralTable table, S3Bucket bucket)
      throws IOException {
    table.create(NeuralSignal.class).partitionedBy("region").commit();
    table.append(NeuralSignals.seeded(5).take(200)).commit();
    assertThat(table).in(bucket).hasVersion(1).hasRowCount(200).isConsistent().hasNoLeftOvers();
    assertThatThrownBy(() -> assertThat(table).isConsistent())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("say in which bucket it is");
    try (S3Client client = bucket.newClient()) {
      client.putObject(
          r -> r.bucket(bucket.name()).key("table/part-lost.parquet"), RequestBody.fromString("?"));
      String upload =
          client
              .createMultipartUpload(r -> r.bucket(bucket.name()).key("table/part-begun.parquet"))
              .uploadId();
      AuditReport report = DeltaLogAudit.of(TableFiles.s3(client, bucket, table.location())).run();
      assertThat(report.isConsistent()).as("%s", report).isTrue();
      assertThat(report.rows()).isEqualTo(200);
      assertThat(report.findings(Rule.NO_ORPHANS))
          .extracting(Finding::path)
          .containsExactly("part-lost.parquet");
      assertThat(report.findings(Rule.NO_LEFT_OVERS))
          .extracting(Finding::path)
          .containsExactly("part-begun.parquet");
      client.abortMultipartUpload(
          r -> r.bucket(bucket.name()).key("table/part-begun.parquet").uploadId(upload));
      String victim = firstFile(client, bucket);
      client.deleteObject(r -> r.bucket(bucket.name()).key(victim));
    }
    assertThatThrownBy(() -> assertThat(table).in(bucket).isConsistent())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ERROR FILES_PRESENT")
        .hasMessageContaining("else its rows are lost");
  }

  private static String firstFile(S3Client client, S3Bucket bucket) {
    return client
        .listObjectsV2(r -> r.bucket(bucket.name()).prefix("table/region="))
        .contents()
        .stream()
        .findFirst()
        .orElseThrow()
        .key();
  }
}
