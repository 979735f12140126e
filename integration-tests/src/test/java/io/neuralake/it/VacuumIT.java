package io.neuralake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.maintain.Vacuum;
import io.neuralake.maintain.VacuumFile.Kind;
import io.neuralake.maintain.VacuumResult;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What a vacuum asks of S3: batches and listings, never anything for a single file. */
@NeuralLakeTest
@Timeout(120)
class VacuumIT {

  record Row(int id, String region) {}

  private static final int REMOVED = 2_500;
  private static final int ORPHANS = 40;

  private static final String BATCHES = ".*[?&]delete.*";
  private static final String LISTINGS = ".*list-type=2.*";

  @Test
  void requestsAreBatchesAndListings(S3Bucket bucket, HttpFaultProxy proxy) {
    try (NeuralLake lake =
            NeuralLake.builder()
                .storage(bucket.through(proxy.endpoint()).connection().storage())
                .build();
        S3Client s3 = bucket.newClient()) {
      NeuralTable table = lake.table(bucket.location("t"));
      table.create(Row.class).commit();
      table.append(List.of(new Row(1, "a"))).commit();
      put(s3, bucket, "t/_delta_log/00000000000000000002.json", removals());
      NeuralTable fresh = lake.table(bucket.location("t"));
      Vacuum vacuum = fresh.vacuum().retain(Duration.ZERO).allowShortRetention();

      // The storage dates its files in whole seconds: until this one has passed, they are young.
      await(vacuum.lite(), REMOVED);
      proxy.reset();
      VacuumResult lite = vacuum.lite().run();
      assertThat(lite.filesDeleted()).isEqualTo(REMOVED);
      assertThat(lite.bytesDeleted()).isEqualTo(7L * REMOVED);
      assertThat(proxy.count("POST", BATCHES)).isEqualTo(3);
      assertThat(proxy.count("DELETE")).isZero();
      assertThat(proxy.requests()).as(proxy.summary()).hasSizeLessThan(25);

      for (int i = 0; i < ORPHANS; i++) {
        put(s3, bucket, "t/orphan-" + i, "");
      }
      s3.createMultipartUpload(r -> r.bucket(bucket.name()).key("t/part-pending"));
      await(vacuum, ORPHANS);
      proxy.reset();
      VacuumResult full = vacuum.run();
      assertThat(full.deleted()).containsOnlyKeys(Kind.DATA);
      assertThat(full.filesDeleted()).isEqualTo(ORPHANS);
      assertThat(full.filesListed()).isEqualTo(ORPHANS + 1);
      assertThat(full.uploadsDropped()).isEqualTo(1);
      assertThat(proxy.count("POST", BATCHES)).isEqualTo(1);
      assertThat(proxy.count("DELETE")).isEqualTo(1); // the upload
      // The files; the log, where a snapshot begins; the time.
      assertThat(proxy.count("GET", LISTINGS)).as(proxy.summary()).isLessThanOrEqualTo(4);
      assertThat(proxy.requests()).as(proxy.summary()).hasSizeLessThan(20);
      assertThat(fresh.scan().count()).isEqualTo(1);
      assertThat(s3.listMultipartUploads(r -> r.bucket(bucket.name())).uploads()).isEmpty();
    }
  }

  private static void await(Vacuum vacuum, long files) {
    while (vacuum.dryRun().filesDeleted() < files) {
      Thread.onSpinWait();
    }
  }

  private static String removals() {
    StringBuilder commit = new StringBuilder("{\"commitInfo\":{\"operation\":\"DELETE\"}}\n");
    IntStream.range(0, REMOVED)
        .forEach(
            i ->
                commit.append(
                    "{\"remove\":{\"path\":\"part-%d.parquet\",\"deletionTimestamp\":1,"
                            .formatted(i)
                        + "\"dataChange\":true,\"size\":7}}\n"));
    return commit.toString();
  }

  private static void put(S3Client s3, S3Bucket bucket, String key, String content) {
    s3.putObject(
        r -> r.bucket(bucket.name()).key(key),
        RequestBody.fromBytes(content.getBytes(StandardCharsets.UTF_8)));
  }
}
