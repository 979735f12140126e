package io.neuralake.internal.store;

import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;

/**
 * The SDK's clients, made at the first request: one that repeats failed requests, and one that
 * never does, for conditional puts, whose repetition would take its own success for another's. They
 * share their connections.
 */
final class S3Clients implements AutoCloseable {
  private final S3 settings;
  private @Nullable Pair pair;
  private boolean closed;

  S3Clients(S3 settings) {
    this.settings = settings;
  }

  /** For idempotent requests. */
  S3Client repeating() {
    return pair().repeating();
  }

  /** For requests that must be sent at most once. */
  S3Client single() {
    return pair().single();
  }

  /** Where requests go, for messages. */
  String endpoint() {
    return settings.endpoint().map(URI::toString).orElse("Amazon S3");
  }

  private synchronized Pair pair() {
    if (closed) {
      throw new IllegalStateException("The S3 store is closed.");
    }
    if (pair == null) {
      pair = connect();
    }
    return pair;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (pair != null) {
      pair.repeating().close();
      pair.single().close();
      pair.http().close();
      pair = null;
    }
  }

  private Pair connect() {
    SdkHttpClient http =
        Apache5HttpClient.builder()
            .connectionTimeout(settings.connectTimeout())
            .socketTimeout(settings.socketTimeout())
            .maxConnections(settings.maxConnections())
            .connectionAcquisitionTimeout(settings.socketTimeout())
            .expectContinueEnabled(false)
            .build();
    StandardRetryStrategy repeat =
        AwsRetryStrategy.standardRetryStrategy().toBuilder()
            .maxAttempts(settings.retries() + 1)
            .build();
    return new Pair(http, client(http, repeat), client(http, AwsRetryStrategy.doNotRetry()));
  }

  private S3Client client(SdkHttpClient http, RetryStrategy retry) {
    var builder =
        S3Client.builder()
            .httpClient(http)
            .credentialsProvider(SdkCredentials.of(settings.credentials()))
            // Checksums that are not required are unknown to many S3-compatible storages.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(settings.pathStyle())
                    .chunkedEncodingEnabled(false)
                    .expectContinueEnabled(false)
                    .build())
            .overrideConfiguration(override -> override.retryStrategy(retry));
    settings
        .endpoint()
        .ifPresent(
            endpoint ->
                builder
                    .endpointOverride(endpoint)
                    // The classic form of the checksum that DeleteObjects requires.
                    .addPlugin(LegacyMd5Plugin.create()));
    if (settings.region().isPresent()) {
      builder.region(Region.of(settings.region().get()));
    } else if (settings.endpoint().isPresent()
        || !(settings.credentials() instanceof S3Credentials.DefaultChain)) {
      // Given credentials must not send the SDK to the instance metadata for a region.
      builder.region(Region.US_EAST_1);
    }
    return builder.build();
  }

  private record Pair(SdkHttpClient http, S3Client repeating, S3Client single) {}
}
