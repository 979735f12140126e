package io.neuralake.benchmarks.commit;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.testkit.chaos.HttpFaultProxy;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.signal.NeuralSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/** An append to S3 beside the two PUTs that it needs at least. */
final class S3Rows {
  private S3Rows() {}

  static List<Result> measure(
      Options options,
      S3Bucket bucket,
      HttpFaultProxy far,
      List<NeuralSignal> rows,
      Map<String, double[]> times)
      throws Exception {
    List<Result> results = new ArrayList<>();
    results.addAll(measure(options, bucket, "append to S3", rows, times));
    results.addAll(
        measure(
            options,
            bucket.through(far.endpoint()),
            "append to S3 that answers after " + CommitComparison.FAR.toMillis() + " ms",
            rows,
            times));
    double p99 = results.get(1).figure();
    results.add(Result.smaller("append to S3, p99", "limit", "ms", p99, 250, 1));
    return results;
  }

  private static List<Result> measure(
      Options options,
      S3Bucket bucket,
      String work,
      List<NeuralSignal> rows,
      Map<String, double[]> times)
      throws Exception {
    String folder = Integer.toHexString(work.hashCode());
    boolean compiled = !times.isEmpty();
    int warmUps = compiled ? options.warmUps() : options.longWarmUps();
    Times append = new Times(options.appends());
    Times puts = new Times(options.appends());
    try (NeuralLake lake = bucket.newLake();
        S3Client client = bucket.newClient()) {
      NeuralTable table = CommitComparison.create(lake.table(bucket.location(folder)));
      table.append(rows).commit();
      byte[] data = newest(client, bucket, folder + "/part-");
      byte[] log = newest(client, bucket, folder + "/_delta_log/0");
      for (int i = 0; i < warmUps + options.appends(); i++) {
        String name = folder + "-bare/" + i;
        Times.Step ours = () -> table.append(rows).commit();
        Times.Step bare =
            () -> {
              client.putObject(
                  b -> b.bucket(bucket.name()).key(name + ".parquet"), RequestBody.fromBytes(data));
              client.putObject(
                  b -> b.bucket(bucket.name()).key(name + ".json").ifNoneMatch("*"),
                  RequestBody.fromBytes(log));
            };
        if (i < warmUps) {
          ours.run();
          bare.run();
        } else {
          append.measure(ours);
          puts.measure(bare);
        }
      }
    }
    times.put(work + "/neuralake", append.millis());
    times.put(work + "/two PUTs", puts.millis());
    return List.of(
        Result.smaller(work + ", p50", "two PUTs", "ms", append.median(), puts.median(), 1 / 1.5),
        Result.smaller(
            work + ", p99", "two PUTs", "ms", append.quantile(0.99), puts.quantile(0.99), 1 / 3.0));
  }

  private static byte[] newest(S3Client client, S3Bucket bucket, String prefix) {
    List<S3Object> all =
        client.listObjectsV2(b -> b.bucket(bucket.name()).prefix(prefix)).contents();
    String key = all.get(all.size() - 1).key();
    return client.getObjectAsBytes(b -> b.bucket(bucket.name()).key(key)).asByteArray();
  }
}
