package io.neuralake.it.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.lock.dynamodb.DynamoDb;
import io.neuralake.lock.dynamodb.DynamoDbLogStore;
import io.neuralake.logstore.ConditionalPutLogStore;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import io.neuralake.testkit.fixture.S3Bucket;
import io.neuralake.testkit.junit.NeuralLakeTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spark, with our log stores, and neuralake append to one table on S3 at the same time. */
@SparkTest
@NeuralLakeTest
@Timeout(300)
final class LogStoresOfSparkSparkIT {
  private static final int OURS = 25;
  private static final int SPARKS = 6;

  record Row(long id, String by) {}

  @ParameterizedTest
  @ValueSource(classes = {ConditionalPutLogStore.class, DynamoDbLogStore.class})
  void sparkAndNeuralakeWriteOneTable(Class<?> logStore, S3Bucket bucket) throws Exception {
    Map<String, String> env = new HashMap<>(bucket.env());
    if (logStore == DynamoDbLogStore.class) {
      EmbeddedDynamoDb dynamoDb = EmbeddedDynamoDb.shared();
      env.putAll(dynamoDb.env(dynamoDb.uniqueTable("entries")));
    }
    LockProvider elector = LockProviders.fromEnvironment(env);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (NeuralLake lake =
            NeuralLake.builder().storage(bucket.connection().storage()).lock(elector).build();
        SparkProcess spark =
            SparkProcess.start(
                configuration(bucket, logStore, env),
                env,
                List.of(ConditionalPutLogStore.class, DynamoDb.class))) {
      NeuralTable table = lake.table(bucket.location("signals"));
      table.create(Row.class).commit();
      String name = "delta.`s3a://" + bucket.name() + "/signals`";
      Future<?> ours =
          threads.submit(
              () -> {
                for (int i = 0; i < OURS; i++) {
                  table.append(List.of(new Row(i, "neuralake"))).commit();
                }
              });
      for (int i = 0; i < SPARKS; i++) {
        spark.sql("INSERT INTO " + name + " VALUES (" + (1000 + i) + ", 'spark')");
      }
      ours.get();
      List<Long> expected = new ArrayList<>();
      IntStream.range(0, OURS).forEach(i -> expected.add((long) i));
      IntStream.range(0, SPARKS).forEach(i -> expected.add(1000L + i));
      assertThat(table.scan().as(Row.class).stream().map(Row::id).sorted().toList())
          .isEqualTo(expected);
      assertThat(spark.sql("SELECT id FROM " + name).content().rows()).hasSize(expected.size());
      assertThat(table.version()).isEqualTo(OURS + SPARKS);
      assertThat(table.history(1000).stream().map(h -> h.version()).distinct().count())
          .isEqualTo(OURS + SPARKS + 1);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Map<String, String> configuration(
      S3Bucket bucket, Class<?> logStore, Map<String, String> env) {
    Map<String, String> spark = new HashMap<>();
    spark.put("spark.delta.logStore.s3a.impl", logStore.getName());
    spark.put("spark.hadoop.fs.s3a.endpoint", bucket.endpoint().toString());
    spark.put("spark.hadoop.fs.s3a.endpoint.region", "us-east-1");
    spark.put("spark.hadoop.fs.s3a.path.style.access", "true");
    var credentials = bucket.connection().credentials();
    spark.put("spark.hadoop.fs.s3a.access.key", credentials.accessKeyId());
    spark.put("spark.hadoop.fs.s3a.secret.key", credentials.secretAccessKey());
    if (env.containsKey("DELTA_DYNAMO_TABLE_NAME")) {
      String prefix = "spark.hadoop.io.delta.storage.S3DynamoDBLogStore.ddb.";
      spark.put(prefix + "tableName", env.get("DELTA_DYNAMO_TABLE_NAME"));
      spark.put(prefix + "endpoint", env.get("AWS_ENDPOINT_URL_DYNAMODB"));
    }
    return spark;
  }
}
