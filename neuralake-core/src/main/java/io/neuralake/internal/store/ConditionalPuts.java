package io.neuralake.internal.store;

import io.neuralake.error.InvalidRequestException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Whether a storage honours {@code If-None-Match: *}; one that ignores it would let commits
 * overwrite each other. Each bucket is asked once, by creating a marker twice: the second time must
 * fail. The marker stays, as one that another process deletes in between would look like a storage
 * that does not care; where it is there already, one request is enough. Amazon S3 is not asked.
 * Thread-safe.
 */
final class ConditionalPuts {
  /** Beside the commits; no reader of a log looks at names like this. */
  static final String MARKER = ".neuralake-conditional-put";

  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int TRIES = 3;

  private final S3Clients clients;
  private final S3Failures failures;
  private final boolean trusted;
  private final Set<String> honoured = ConcurrentHashMap.newKeySet();

  ConditionalPuts(S3Clients clients, S3Failures failures, boolean trusted) {
    this.clients = clients;
    this.failures = failures;
    this.trusted = trusted;
  }

  /**
   * Makes sure that a file beside the marker can be created conditionally.
   *
   * @throws InvalidRequestException if the storage does not honour the condition
   * @throws IOException if that cannot be told
   */
  void require(S3Location file) throws IOException {
    if (trusted || honoured.contains(file.bucket())) {
      return;
    }
    String key = file.folder() + MARKER;
    for (int i = 0; i < TRIES; i++) {
      if (isRefused(file.withKey(key), file.bucket(), key)) {
        honoured.add(file.bucket());
        return;
      }
    }
    throw refused(file, "creates a file that exists, in spite of 'If-None-Match: *'");
  }

  private boolean isRefused(String location, String bucket, String key) throws IOException {
    var put = PutObjectRequest.builder().bucket(bucket).key(key).ifNoneMatch("*").build();
    try {
      clients.single().putObject(put, S3FileStore.bytes(new byte[0], 0, 0));
      return false;
    } catch (SdkException e) {
      return switch (S3Failures.status(e)) {
        case PRECONDITION_FAILED -> true;
        case CONFLICT -> false;
        case NOT_IMPLEMENTED ->
            throw refused(new S3Location("", bucket, key), "does not implement 'If-None-Match: *'");
        default -> throw failures.of(location, e);
      };
    }
  }

  private InvalidRequestException refused(S3Location file, String problem) {
    return new InvalidRequestException(
        "Bucket "
            + file.bucket()
            + ": the storage at "
            + clients.endpoint()
            + " "
            + problem
            + ", so two commits could overwrite each other. Nothing was committed. Use a release of"
            + " the storage that supports conditional writes, or commit through DynamoDB (module"
            + " neuralake-lock-dynamodb).");
  }
}
