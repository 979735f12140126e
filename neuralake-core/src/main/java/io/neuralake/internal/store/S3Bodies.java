package io.neuralake.internal.store;

import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads what GETs answer. The SDK repeats a request only until its answer begins; a body that
 * breaks off is asked for again here.
 */
final class S3Bodies {
  private final S3Clients clients;
  private final S3Failures failures;
  private final int retries;

  S3Bodies(S3Clients clients, S3Failures failures, int retries) {
    this.clients = clients;
    this.failures = failures;
    this.retries = retries;
  }

  /**
   * Sends a GET and reads its body.
   *
   * @param check looks at the answer's headers and throws if it is not what was asked for
   * @param read reads the body, and does nothing else that can fail
   */
  <T> T get(String location, GetObjectRequest request, Check check, Read<T> read)
      throws IOException {
    for (int attempt = 0; ; attempt++) {
      Interrupts.check(location);
      ResponseInputStream<GetObjectResponse> body;
      try {
        body = clients.repeating().getObject(request);
      } catch (SdkException e) {
        throw failures.of(location, e);
      }
      try {
        check.on(body.response());
      } catch (IOException e) {
        body.abort();
        throw e;
      }
      try (body) {
        return read.from(body);
      } catch (SdkException e) {
        throw failures.of(location, e);
      } catch (IOException e) {
        body.abort();
        if (attempt >= retries) {
          throw failures.broken(location, e);
        }
      }
    }
  }

  /** Whether an answer is what was asked for. */
  interface Check {
    void on(GetObjectResponse response) throws IOException;
  }

  /** Takes what is needed of a body. */
  interface Read<T> {
    T from(InputStream body) throws IOException;
  }
}
