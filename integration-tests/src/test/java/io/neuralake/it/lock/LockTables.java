package io.neuralake.it.lock;

import io.neuralake.lock.dynamodb.DynamoDb;
import io.neuralake.storage.S3Credentials;
import io.neuralake.testkit.fixture.EmbeddedDynamoDb;
import java.net.URI;

/** Lock tables on the embedded DynamoDB. */
final class LockTables {
  /** How DynamoDB refuses a request for which there is no capacity at the moment. */
  static final String THROTTLED =
      "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\","
          + "\"message\":\"too many requests\"}";

  private LockTables() {}

  static DynamoDb settings(String table) {
    return settings(table, EmbeddedDynamoDb.shared().endpoint());
  }

  static DynamoDb settings(String table, URI endpoint) {
    return DynamoDb.at(endpoint.toString())
        .allowHttp()
        .region("us-east-1")
        .credentials(S3Credentials.of("test", "test"))
        .table(table)
        .createIfMissing(true);
  }
}
