package io.neuralake.benchmarks.ingest;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.ingest.Compaction;
import io.neuralake.ingest.StreamSettings;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.TableService;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Batches of 1,000 rows on S3, each durable before the next, while the table is compacted and
 * vacuumed; beside the two PUTs that each needs at least, which take turns with it.
 */
final class DurableRows {
  private static final int ROWS = 1_000;

  private DurableRows() {}

  static List<Result> measure(Options options, S3Bucket bucket, Map<String, double[]> times)
      throws Exception {
    List<NeuralSignal> rows = NeuralSignals.seeded(42).take(ROWS);
    double[] stream = new double[options.appends()];
    double[] puts = new double[options.appends()];
    Compaction often = new Compaction(Duration.ofSeconds(10), 100, Duration.ofSeconds(1));
    try (NeuralLake lake = bucket.newLake();
        S3Client client = bucket.newClient()) {
      NeuralTable table = lake.table(bucket.location("durable"));
      table.create(SignalTable.SCHEMA).commit();
      table.append(rows).commit();
      byte[] data = newest(client, bucket, "durable/part-");
      byte[] log = newest(client, bucket, "durable/_delta_log/0");
      try (TableService service = MaintainingProcess.service(table, often);
          StreamWriter<NeuralSignal> writer =
              StreamWriter.to(table)
                  .of(NeuralSignal.class)
                  .settings(StreamSettings.ofDefaults().withLinger(Duration.ZERO))
                  .open()) {
        for (int i = -2 * options.appends(); i < options.appends(); i++) {
          String name = "bare/" + (i + 2 * options.appends());
          long begun = System.nanoTime();
          writer.write(rows).get();
          long between = System.nanoTime();
          put(client, bucket, name + ".parquet", data, false);
          put(client, bucket, name + ".json", log, true);
          if (i >= 0) {
            stream[i] = (between - begun) / 1e6;
            puts[i] = (System.nanoTime() - between) / 1e6;
          }
        }
        if (!service.health().ok()) {
          throw new IllegalStateException("the service is not well: " + service.health());
        }
      }
    }
    times.put("durable batches/neuralake", stream);
    times.put("durable batches/two PUTs", puts);
    String work = "1,000 rows, durable before the next, maintained meanwhile, ";
    return List.of(
        Result.smaller(
            work + "p50", "two PUTs", "ms", quantile(stream, 0.5), quantile(puts, 0.5), 0.5),
        Result.smaller(work + "p99", "limit", "ms", quantile(stream, 0.99), 250, 1));
  }

  private static void put(
      S3Client client, S3Bucket bucket, String key, byte[] content, boolean ifAbsent) {
    client.putObject(
        b -> b.bucket(bucket.name()).key(key).ifNoneMatch(ifAbsent ? "*" : null),
        RequestBody.fromBytes(content));
  }

  private static byte[] newest(S3Client client, S3Bucket bucket, String prefix) {
    List<S3Object> all =
        client.listObjectsV2(b -> b.bucket(bucket.name()).prefix(prefix)).contents();
    String key = all.get(all.size() - 1).key();
    return client.getObjectAsBytes(b -> b.bucket(bucket.name()).key(key)).asByteArray();
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
