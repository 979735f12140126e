package io.neuralake.internal.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Turns the SDK's exceptions into what {@link FileStore} promises. */
final class S3Failures {
  private final String endpoint;

  S3Failures(String endpoint) {
    this.endpoint = endpoint;
  }

  IOException of(String location, SdkException e) {
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      return Interrupts.of(location, e);
    }
    if (e instanceof AwsServiceException answer) {
      return answered(location, answer);
    }
    return unanswered(location, e);
  }

  /** Of an answer that began and broke off. */
  IOException broken(String location, IOException e) {
    if (Thread.currentThread().isInterrupted()) {
      return Interrupts.of(location, e);
    }
    return new IOException(
        location
            + ": the answer of "
            + endpoint
            + " broke off, repeatedly ("
            + e.getMessage()
            + "). Check the network, then read again.",
        e);
  }

  static int status(SdkException e) {
    return e instanceof S3Exception answer ? answer.statusCode() : -1;
  }

  private IOException answered(String location, AwsServiceException e) {
    String code = code(e);
    if (code.equals("NoSuchBucket")) {
      return new IOException(
          location + ": the bucket does not exist at " + endpoint + ". Create it, or correct it.",
          e);
    }
    if (code.equals("NoSuchUpload")) {
      return new IOException(
          location
              + ": its multipart upload is gone: an earlier try completed it, or it was removed."
              + " Write the file again under another name.",
          e);
    }
    switch (e.statusCode()) {
      case 404 -> {
        var missing = new FileNotFoundException(location + ": does not exist.");
        missing.initCause(e);
        return missing;
      }
      case 401, 403 -> {
        return denied(location, "refused by " + endpoint + " (" + summary(e) + ")", e);
      }
      case 301, 307 -> {
        return wrongRegion(location, e);
      }
      default -> {}
    }
    return switch (code) {
      case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
          denied(location, "the session token is not valid (" + summary(e) + ")", e);
      case "AuthorizationHeaderMalformed" -> wrongRegion(location, e);
      default -> new IOException(location + ": " + endpoint + " failed (" + summary(e) + ").", e);
    };
  }

  private IOException unanswered(String location, SdkException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (message.contains("Unable to load credentials")) {
      return denied(location, "the AWS default chain found no credentials", e);
    }
    if (message.contains("Unable to load region")) {
      return new IOException(
          location + ": no AWS region is set. Set it in the S3 settings or as AWS_REGION.", e);
    }
    Throwable root = e;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return new IOException(
        location
            + ": no answer from "
            + endpoint
            + " ("
            + root.getClass().getSimpleName()
            + ": "
            + root.getMessage()
            + "). Check that the endpoint is right and reachable; a change that was under way may"
            + " have taken effect.",
        e);
  }

  private static IOException denied(String location, String reason, SdkException e) {
    var denied =
        new AccessDeniedException(
            location, null, reason + "; check the credentials and what they permit");
    denied.initCause(e);
    return denied;
  }

  private static IOException wrongRegion(String location, AwsServiceException e) {
    return new IOException(
        location
            + ": the bucket is in another region, or at another endpoint ("
            + summary(e)
            + "). Set the region in the S3 settings or as AWS_REGION.",
        e);
  }

  private static String code(AwsServiceException e) {
    AwsErrorDetails details = e.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static String summary(AwsServiceException e) {
    var text = new StringBuilder("status ").append(e.statusCode());
    if (!code(e).isEmpty()) {
      text.append(", ").append(code(e));
    }
    AwsErrorDetails details = e.awsErrorDetails();
    if (details != null && details.errorMessage() != null && !details.errorMessage().isEmpty()) {
      text.append(": ").append(details.errorMessage());
    }
    return text.toString();
  }
}
