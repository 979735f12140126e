package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An append to S3 beside the two PUTs that it needs at least. */
final class S3Rows {
  private S3Rows() {}

  static List<Result> measure(
      Options options, S3Bucket bucket, List<NeuralSignal> rows, Map<String, double[]> times)
      throws Exception {
    Times append = new Times(options.appends());
    Times puts = new Times(options.appends());
    try (NeuralLake lake = bucket.newLake();
        S3Client client = bucket.newClient()) {
      NeuralTable table = CommitComparison.create(lake.table(bucket.location("latency")));
      table.append(rows).commit();
      byte[] data = newest(client, bucket, "latency/part-");
      byte[] log = newest(client, bucket, "latency/_delta_log/0");
      for (int i = 0; i < options.longWarmUps() + options.appends(); i++) {
        String name = "bare/" + i;
        Times.Step ours = () -> table.append(rows).commit();
        Times.Step bare =
            () -> {
              client.putObject(
                  b -> b.bucket(bucket.name()).key(name + ".parquet"), RequestBody.fromBytes(data));
              client.putObject(
                  b -> b.bucket(bucket.name()).key(name + ".json").ifNoneMatch("*"),
                  RequestBody.fromBytes(log));
            };
        if (i < options.longWarmUps()) {
          ours.run();
          bare.run();
        } else {
          append.measure(ours);
          puts.measure(bare);
        }
      }
    }
    times.put("S3 append/neuralake", append.millis());
    times.put("S3 append/two PUTs", puts.millis());
    double p99 = append.quantile(0.99);
    return List.of(
        Result.smaller(
            "append to S3, p50", "two PUTs", "ms", append.median(), puts.median(), 1 / 1.5),
        Result.smaller("append to S3, p99", "two PUTs", "ms", p99, puts.quantile(0.99), 1 / 3.0),
        Result.smaller("append to S3, p99", "limit", "ms", p99, 250, 1));
  }

  private static byte[] newest(S3Client client, S3Bucket bucket, String prefix) {
    List<S3Object> all =
        client.listObjectsV2(b -> b.bucket(bucket.name()).prefix(prefix)).contents();
    String key = all.get(all.size() - 1).key();
    return client.getObjectAsBytes(b -> b.bucket(bucket.name()).key(key)).asByteArray();
  }
}
