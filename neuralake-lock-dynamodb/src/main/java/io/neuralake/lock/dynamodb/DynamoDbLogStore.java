package io.neuralake.lock.dynamodb;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.lock.LockProvider;
import io.neuralake.logstore.S3LogStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Lets Spark commit to tables on S3 through DynamoDB, as {@link DynamoDbLockProvider} does and
 * Delta's {@code S3DynamoDBLogStore}, which it replaces:
 *
 * <pre>
 * spark.delta.logStore.s3a.impl  io.neuralake.lock.dynamodb.DynamoDbLogStore
 * </pre>
 *
 * <p>It reads the settings of that class, with or without {@code spark.} before them: {@code
 * io.delta.storage.S3DynamoDBLogStore.ddb.tableName} ({@code delta_log}), {@code .ddb.region}
 * ({@code us-east-1}), {@code .ddb.ttl} (seconds; 86400), and {@code .ddb.endpoint}, which is new.
 * Credentials come from the AWS default chain; another {@code .credentials.provider} is refused.
 * The lock table is created where it is missing, paid by request ({@code .provisionedThroughput.*}
 * has no meaning).
 *
 * <p>Access to S3 and thread-safety: see {@link S3LogStore}.
 */
public final class DynamoDbLogStore extends S3LogStore {
  private static final String PREFIX = "io.delta.storage.S3DynamoDBLogStore.";
  private static final String DEFAULT_CHAIN =
      "com.amazonaws.auth.DefaultAWSCredentialsProviderChain";
  private static final Map<DynamoDb, LockProvider> ELECTORS = new ConcurrentHashMap<>();

  /** Makes the log store, as Delta does; no request is sent. */
  public DynamoDbLogStore(Configuration configuration) {
    super(configuration);
  }

  @Override
  protected LockProvider elector(String scheme, Configuration configuration) {
    return ELECTORS.computeIfAbsent(
        settings(configuration).pathScheme(scheme), DynamoDbLockProvider::of);
  }

  static DynamoDb settings(Configuration configuration) {
    String endpoint = get(configuration, "ddb.endpoint");
    DynamoDb settings = endpoint == null ? DynamoDb.aws() : DynamoDb.at(endpoint).allowHttp();
    String table = get(configuration, "ddb.tableName");
    String region = get(configuration, "ddb.region");
    String lifetime = get(configuration, "ddb.ttl");
    String provider = get(configuration, "credentials.provider");
    if (provider != null && !provider.equals(DEFAULT_CHAIN)) {
      throw new InvalidRequestException(
          "Hadoop settings: "
              + PREFIX
              + "credentials.provider names a class of the retired AWS SDK v1. Leave it out: the"
              + " default chain of SDK v2 is used (environment, profile, container, instance).");
    }
    try {
      return settings
          .createIfMissing(true)
          .table(table == null ? DynamoDb.DEFAULT_TABLE : table)
          .region(region == null ? "us-east-1" : region)
          .entryLifetime(Duration.ofSeconds(lifetime == null ? 86_400 : Long.parseLong(lifetime)));
    } catch (NumberFormatException e) {
      throw new InvalidRequestException(
          "Hadoop settings: " + PREFIX + "ddb.ttl is no number of seconds: " + lifetime + ".", e);
    }
  }

  private static @Nullable String get(Configuration configuration, String key) {
    String value = configuration.getTrimmed("spark." + PREFIX + key);
    if (value == null) {
      value = configuration.getTrimmed(PREFIX + key);
    }
    return value == null || value.isEmpty() ? null : value;
  }
}
