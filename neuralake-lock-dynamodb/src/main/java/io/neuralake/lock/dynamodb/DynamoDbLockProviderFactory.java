package io.neuralake.lock.dynamodb;

import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviderFactory;
import java.util.Map;

/**
 * Chooses {@link DynamoDbLockProvider} where the environment says {@code
 * AWS_S3_LOCKING_PROVIDER=dynamodb}, with {@link DynamoDb#fromEnvironment}.
 */
public final class DynamoDbLockProviderFactory implements LockProviderFactory {
  static final String NAME = "dynamodb";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public LockProvider fromEnvironment(Map<String, String> env) {
    return DynamoDbLockProvider.of(DynamoDb.fromEnvironment(env));
  }
}
