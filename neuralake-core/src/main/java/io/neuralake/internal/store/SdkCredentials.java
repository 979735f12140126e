package io.neuralake.internal.store;

import io.neuralake.storage.S3Credentials;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Credentials in the form that the AWS SDK takes. */
public final class SdkCredentials {
  private SdkCredentials() {}

  /** The SDK's provider of these credentials; nothing is looked up yet. */
  public static AwsCredentialsProvider of(S3Credentials credentials) {
    if (credentials instanceof S3Credentials.Static pair) {
      return StaticCredentialsProvider.create(
          AwsBasicCredentials.create(pair.accessKeyId(), pair.secretAccessKey()));
    }
    if (credentials instanceof S3Credentials.Session session) {
      return StaticCredentialsProvider.create(
          AwsSessionCredentials.create(
              session.accessKeyId(), session.secretAccessKey(), session.sessionToken()));
    }
    if (credentials instanceof S3Credentials.Anonymous) {
      return AnonymousCredentialsProvider.create();
    }
    return DefaultCredentialsProvider.builder().build();
  }
}
