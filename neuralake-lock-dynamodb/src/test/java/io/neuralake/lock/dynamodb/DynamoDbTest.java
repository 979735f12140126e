package io.neuralake.lock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.lock.CommitFiles;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.storage.S3Credentials;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class DynamoDbTest {

  @Test
  void theEnvironmentChoosesItByName() {
    try (LockProvider chosen =
        LockProviders.fromEnvironment(
            Map.of(
                "AWS_S3_LOCKING_PROVIDER", "dynamodb",
                "DELTA_DYNAMO_TABLE_NAME", "locks",
                "AWS_REGION", "eu-west-1"))) {
      assertThat(chosen.name()).isEqualTo("dynamodb");
      assertThat(chosen)
          .hasToString("DynamoDbLockProvider[DynamoDb[table=locks, Amazon DynamoDB, eu-west-1]]");
    }
  }

  @Test
  void variablesOfUsers() {
    DynamoDb settings =
        DynamoDb.fromEnvironment(
            Map.of(
                "AWS_ENDPOINT_URL", "http://localhost:1",
                "AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:2",
                "AWS_ALLOW_HTTP", "true",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret-secret",
                "DELTALAKE_DYNAMODB_TABLE", "mine",
                "NEURALAKE_DYNAMODB_CREATE", "1",
                "NEURALAKE_DYNAMODB_PATH_SCHEME", "s3"));
    assertThat(settings.endpoint()).isEqualTo(URI.create("http://localhost:2"));
    assertThat(settings.credentials()).isEqualTo(S3Credentials.of("id", "secret-secret"));
    assertThat(settings.table()).isEqualTo("mine");
    assertThat(settings.createIfMissing()).isTrue();
    assertThat(settings.pathScheme()).isEqualTo("s3");
    assertThat(settings.toString()).doesNotContain("secret");
    settings.validate();
    assertThat(DynamoDb.fromEnvironment(Map.of("AWS_ENDPOINT_URL", "https://h:1")).endpoint())
        .isEqualTo(URI.create("https://h:1"));
    // The storage is elsewhere, so the endpoint of all services is not meant for DynamoDB.
    assertThat(
            DynamoDb.fromEnvironment(
                    Map.of("AWS_ENDPOINT_URL", "https://h:1", "AWS_ENDPOINT_URL_S3", "https://h:2"))
                .endpoint())
        .isNull();
  }

  @Test
  void whatIsRefused() {
    refused(() -> DynamoDb.aws().table("a"), "'a' is no name of a table");
    refused(() -> DynamoDb.aws().region(" "), "the region is empty");
    refused(() -> DynamoDb.aws().retries(51), "retries must be 0 to 50");
    refused(() -> DynamoDb.aws().pathScheme("s3n"), "not under 's3n'");
    refused(() -> DynamoDb.aws().timeout(Duration.ZERO), "the timeout must be positive");
    refused(() -> DynamoDb.aws().entryLifetime(Duration.ofMinutes(5)), "an hour at least");
    refused(() -> DynamoDb.at("https://me:pw@host"), "must look like https://host:port");
    refused(() -> DynamoDb.at("no url"), "the endpoint is not a URL");
    refused(
        () -> DynamoDbLockProvider.of(DynamoDb.at("http://localhost:8000")),
        "plain http is refused");
    refused(
        () -> DynamoDb.fromEnvironment(Map.of("AWS_ACCESS_KEY_ID", "id")),
        "AWS_SECRET_ACCESS_KEY is not set");
    refused(
        () -> DynamoDb.fromEnvironment(Map.of("NEURALAKE_DYNAMODB_CREATE", "perhaps")),
        "neither true nor false");
  }

  private static void refused(Supplier<Object> request, String message) {
    assertThatThrownBy(request::get)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("pw@");
  }

  @Test
  void tablesElsewhereAreRefused() {
    CommitFiles hdfs =
        (CommitFiles)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CommitFiles.class},
                (proxy, method, arguments) -> "hdfs://host/t");
    try (LockProvider elector = DynamoDbLockProvider.of(DynamoDb.aws())) {
      assertThatThrownBy(() -> elector.commit(hdfs, 0, new byte[0]))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageStartingWith("hdfs://host/t: lock provider dynamodb is made for s3 and s3a.");
    }
  }
}
