package io.neuralake.lock.dynamodb;

import io.neuralake.internal.store.SdkCredentials;
import io.neuralake.storage.S3Credentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/**
 * The SDK's client, made at the first request, which repeats failed and throttled requests; and
 * what its exceptions mean. Thread-safe.
 */
final class Connection implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(25);
  private static final Duration FIRST_PAUSE_OF_THROTTLED = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Set<String> DENIED =
      Set.of(
          "AccessDeniedException",
          "UnrecognizedClientException",
          "InvalidSignatureException",
          "MissingAuthenticationTokenException",
          "ExpiredTokenException",
          "IncompleteSignatureException");

  private final DynamoDb settings;
  private @Nullable DynamoDbClient client;
  private boolean closed;

  Connection(DynamoDb settings) {
    settings.validate();
    this.settings = settings;
  }

  /**
   * Sends a request.
   *
   * @param table the lock table, for messages
   * @throws ConditionalCheckFailedException if its condition does not hold
   * @throws ResourceNotFoundException if the lock table does not exist
   * @throws IOException in any other case: it may or may not have taken effect
   */
  <T> T call(String table, Function<DynamoDbClient, T> request) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(table + ": interrupted before DynamoDB was asked.");
    }
    try {
      return request.apply(client());
    } catch (ConditionalCheckFailedException | ResourceNotFoundException e) {
      throw e;
    } catch (SdkException e) {
      throw failure(table, e);
    }
  }

  private IOException failure(String table, SdkException e) {
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      Thread.currentThread().interrupt();
      var interrupted =
          new InterruptedIOException(
              table + ": interrupted; the request to DynamoDB may have taken effect.");
      interrupted.initCause(e);
      return interrupted;
    }
    if (e instanceof AwsServiceException answer) {
      String code = answer.awsErrorDetails() == null ? "" : answer.awsErrorDetails().errorCode();
      if (DENIED.contains(code)) {
        var denied =
            new AccessDeniedException(
                table,
                null,
                "refused by DynamoDB (" + code + "); check the credentials and what they permit");
        denied.initCause(e);
        return denied;
      }
      return new IOException(
          table + ": DynamoDB failed (status " + answer.statusCode() + ", " + code + ").", e);
    }
    return new IOException(
        table
            + ": no answer from "
            + (settings.endpoint() == null ? "Amazon DynamoDB" : settings.endpoint())
            + " ("
            + e.getMessage()
            + "). Check region and endpoint; a change that was under way may have taken effect.",
        e);
  }

  private synchronized DynamoDbClient client() {
    if (closed) {
      throw new IllegalStateException("The lock provider is closed.");
    }
    if (client == null) {
      client = connect();
    }
    return client;
  }

  private DynamoDbClient connect() {
    var retry =
        AwsRetryStrategy.standardRetryStrategy().toBuilder()
            .maxAttempts(settings.retries() + 1)
            .backoffStrategy(BackoffStrategy.exponentialDelay(FIRST_PAUSE, LONGEST_PAUSE))
            .throttlingBackoffStrategy(
                BackoffStrategy.exponentialDelay(FIRST_PAUSE_OF_THROTTLED, LONGEST_PAUSE))
            .build();
    var builder =
        DynamoDbClient.builder()
            .httpClientBuilder(
                Apache5HttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(settings.timeout()))
            .credentialsProvider(SdkCredentials.of(settings.credentials()))
            .overrideConfiguration(override -> override.retryStrategy(retry));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.region() != null) {
      builder.region(Region.of(settings.region()));
    } else if (settings.endpoint() != null
        || !(settings.credentials() instanceof S3Credentials.DefaultChain)) {
      // Given credentials must not send the SDK to the instance metadata for a region.
      builder.region(Region.US_EAST_1);
    }
    return builder.build();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
