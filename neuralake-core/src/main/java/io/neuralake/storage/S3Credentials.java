package io.neuralake.storage;

import io.neuralake.error.InvalidRequestException;

/**
 * How requests to S3 are signed. Immutable and thread-safe. Secrets never show in {@code toString}.
 */
public sealed interface S3Credentials {

  /**
   * The AWS SDK's chain: system properties, environment, profile files, web identity, container and
   * instance metadata. Looked up at the first request.
   */
  static S3Credentials defaultChain() {
    return new DefaultChain();
  }

  /** A long-lived key pair. */
  static S3Credentials of(String accessKeyId, String secretAccessKey) {
    return new Static(accessKeyId, secretAccessKey);
  }

  /** Temporary credentials, as the AWS security token service issues them. */
  static S3Credentials session(String accessKeyId, String secretAccessKey, String sessionToken) {
    return new Session(accessKeyId, secretAccessKey, sessionToken);
  }

  /** Requests are not signed: public buckets only. */
  static S3Credentials anonymous() {
    return new Anonymous();
  }

  /** The AWS SDK's default chain. */
  record DefaultChain() implements S3Credentials {}

  /** Unsigned requests. */
  record Anonymous() implements S3Credentials {}

  /**
   * A key pair.
   *
   * @param accessKeyId not empty
   * @param secretAccessKey not empty
   */
  record Static(String accessKeyId, String secretAccessKey) implements S3Credentials {
    /** Checks that nothing is empty. */
    public Static {
      requireGiven(accessKeyId, "access key id");
      requireGiven(secretAccessKey, "secret access key");
    }

    @Override
    public String toString() {
      return "Static[***]";
    }
  }

  /**
   * A key pair with a session token.
   *
   * @param accessKeyId not empty
   * @param secretAccessKey not empty
   * @param sessionToken not empty
   */
  record Session(String accessKeyId, String secretAccessKey, String sessionToken)
      implements S3Credentials {
    /** Checks that nothing is empty. */
    public Session {
      requireGiven(accessKeyId, "access key id");
      requireGiven(secretAccessKey, "secret access key");
      requireGiven(sessionToken, "session token");
    }

    @Override
    public String toString() {
      return "Session[***]";
    }
  }

  private static void requireGiven(String value, String what) {
    if (value.isBlank()) {
      throw new InvalidRequestException(
          "S3 credentials: the " + what + " is empty. Give a value, or use the default chain.");
    }
  }
}
