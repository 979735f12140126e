package io.neuralake.storage;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to reach every storage that a lake may use. The scheme of a table's location chooses: {@code
 * file} (or a plain path) the local disk, {@code s3} and {@code s3a} the {@link S3} settings, any
 * other scheme {@link Hadoop}. Immutable and thread-safe; no I/O.
 */
public final class StorageSettings {
  private final S3 s3;
  private final Hadoop hadoop;

  private StorageSettings(S3 s3, Hadoop hadoop) {
    s3.validate();
    this.s3 = s3;
    this.hadoop = hadoop;
  }

  /** Amazon S3 with the default chain, and Hadoop as it comes. */
  public static StorageSettings defaults() {
    return new StorageSettings(S3.aws(), Hadoop.defaults());
  }

  /**
   * With these S3 settings.
   *
   * @throws io.neuralake.error.InvalidRequestException if they do not fit together
   */
  public static StorageSettings of(S3 s3) {
    return defaults().with(s3);
  }

  /** With these Hadoop settings. */
  public static StorageSettings of(Hadoop hadoop) {
    return defaults().with(hadoop);
  }

  /**
   * From environment variables, by the names that AWS tools and delta-rs know. Only the given map
   * is looked at, except that the AWS SDK's default chain applies where it holds no credentials.
   *
   * <ul>
   *   <li>{@code AWS_ENDPOINT_URL_S3}, else {@code AWS_ENDPOINT_URL}: the endpoint;
   *   <li>{@code AWS_ALLOW_HTTP}: whether it may be plain http;
   *   <li>{@code AWS_REGION}, else {@code AWS_DEFAULT_REGION};
   *   <li>{@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN};
   *   <li>{@code AWS_SKIP_SIGNATURE}: unsigned requests;
   *   <li>{@code AWS_VIRTUAL_HOSTED_STYLE_REQUEST}: the bucket is in the host name;
   *   <li>{@code AWS_S3_ALLOW_UNSAFE_RENAME}: refused if true.
   * </ul>
   *
   * @throws io.neuralake.error.InvalidRequestException if a value is malformed, credentials are
   *     only half given, or unsafe commits are asked for
   */
  public static StorageSettings fromEnvironment(Map<String, String> env) {
    return of(new EnvironmentVariables(env).s3());
  }

  /** With other S3 settings. */
  public StorageSettings with(S3 settings) {
    return new StorageSettings(settings, hadoop);
  }

  /** With other Hadoop settings. */
  public StorageSettings with(Hadoop settings) {
    return new StorageSettings(s3, settings);
  }

  /** The settings of {@code s3} and {@code s3a}. */
  public S3 s3() {
    return s3;
  }

  /** The settings of the schemes that Hadoop serves. */
  public Hadoop hadoop() {
    return hadoop;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StorageSettings that
        && s3.equals(that.s3)
        && hadoop.equals(that.hadoop);
  }

  @Override
  public int hashCode() {
    return Objects.hash(s3, hadoop);
  }

  @Override
  public String toString() {
    return "StorageSettings[" + s3 + ", " + hadoop + "]";
  }
}
