package io.neuralake.benchmarks.maintenance;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.maintain.Vacuum;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.EmbeddedS3;
import io.neuralake.testkit.fixture.S3Bucket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What a vacuum of many removed files asks of S3, by the server's own account. */
final class VacuumOnS3Row implements Row {

  record Named(long id) {}

  /** The embedded server looks at all files for each page of a listing: 100,000 take minutes. */
  private static final int FILES_OF_A_FILE = 40;
  private static final int WRITERS = 8;
  private static final double PAGE = 1000;

  @Override
  public void measure(Stage stage) throws Exception {
    int files = stage.options().files() * FILES_OF_A_FILE;
    String work = "vacuum of " + files + " removed files on S3";
    System.out.println("Measuring " + work);
    try (EmbeddedS3 server = EmbeddedS3.builder().start();
        HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(server.endpoint())) {
      S3Bucket bucket = server.createBucket("vacuum");
      try (S3Client s3 = bucket.newClient();
          NeuralLake lake =
              NeuralLake.builder()
                  .storage(bucket.through(proxy.endpoint()).connection().storage())
                  .build()) {
        NeuralTable table = lake.table(bucket.location("t"));
        table.create(Named.class).commit();
        table.append(List.of(new Named(1))).commit();
        stage(s3, bucket.name(), files);
        Vacuum vacuum = table.vacuum().retain(Duration.ZERO).allowShortRetention();
        while (vacuum.dryRun().filesDeleted() < files) {
          Thread.onSpinWait(); // the server dates in whole seconds: the last files are too young
        }
        proxy.reset();
        long begun = System.nanoTime();
        long deleted = vacuum.run().filesDeleted();
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (deleted != files) {
          throw new IllegalStateException(deleted + " files were deleted");
        }
        report(stage, work, files, proxy, seconds);
      }
    }
  }

  private static void report(
      Stage stage, String work, int files, HttpFaultProxy proxy, double seconds) {
    long all = proxy.requests().size();
    long deletes = proxy.count("POST", ".*[?&]delete.*");
    long listings = proxy.count("GET", ".*list-type=2.*");
    double batches = Math.ceil(files / PAGE);
    stage
        .results()
        .add(Result.smaller(work, "one per 1,000 files", "deletes", (double) deletes, batches, 1));
    // The listing's pages, a few more where it is cut in parts, and the log's.
    stage
        .results()
        .add(Result.smaller(work, "pages, and 12", "listings", (double) listings, batches + 12, 1));
    stage
        .results()
        .add(
            Result.smaller(
                work, "a handful", "others", (double) (all - deletes - listings), 40, 1));
    stage.notes().add(new Note(work, "neuralake", "s", seconds));
  }

  /** Small files, and a commit that removes them. */
  private static void stage(S3Client s3, String bucket, int files) throws Exception {
    StringBuilder commit = new StringBuilder("{\"commitInfo\":{\"operation\":\"DELETE\"}}\n");
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<?>> parts = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int first = writer;
        parts.add(
            writers.submit(
                () -> {
                  for (int i = first; i < files; i += WRITERS) {
                    String key = "t/" + name(i);
                    s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString("x"));
                  }
                }));
      }
      for (int i = 0; i < files; i++) {
        commit
            .append("{\"remove\":{\"path\":\"")
            .append(name(i))
            .append("\",\"deletionTimestamp\":1,\"dataChange\":true,\"size\":1}}\n");
      }
      for (Future<?> part : parts) {
        part.get();
      }
    } finally {
      writers.shutdown();
    }
    s3.putObject(
        r -> r.bucket(bucket).key("t/_delta_log/00000000000000000002.json"),
        RequestBody.fromBytes(commit.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static String name(int number) {
    return "part-%06d.parquet".formatted(number);
  }
}
