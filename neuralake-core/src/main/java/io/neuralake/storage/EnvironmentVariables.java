package io.neuralake.storage;

import io.neuralake.error.InvalidRequestException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads S3 settings out of environment variables; an empty value counts as not set. */
final class EnvironmentVariables {
  private final Map<String, String> env;

  EnvironmentVariables(Map<String, String> env) {
    this.env = Map.copyOf(env);
  }

  S3 s3() {
    refuseUnsafeRename();
    String endpoint = first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
    S3 s3 = endpoint == null ? S3.aws() : S3.at(endpoint);
    String region = first("AWS_REGION", "AWS_DEFAULT_REGION");
    if (region != null) {
      s3 = s3.region(region);
    }
    if (flag("AWS_ALLOW_HTTP")) {
      s3 = s3.allowHttp();
    }
    if (first("AWS_VIRTUAL_HOSTED_STYLE_REQUEST") != null) {
      s3 = s3.pathStyle(!flag("AWS_VIRTUAL_HOSTED_STYLE_REQUEST"));
    }
    return s3.credentials(credentials());
  }

  private S3Credentials credentials() {
    if (flag("AWS_SKIP_SIGNATURE")) {
      return S3Credentials.anonymous();
    }
    String id = first("AWS_ACCESS_KEY_ID");
    String secret = first("AWS_SECRET_ACCESS_KEY");
    String token = first("AWS_SESSION_TOKEN");
    if (id == null && secret == null && token == null) {
      return S3Credentials.defaultChain();
    }
    if (id == null || secret == null) {
      throw new InvalidRequestException(
          "Environment: the S3 credentials are incomplete, "
              + (id == null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")
              + " is not set. Set it, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and"
              + " AWS_SESSION_TOKEN to use the AWS default chain.");
    }
    return token == null ? S3Credentials.of(id, secret) : S3Credentials.session(id, secret, token);
  }

  private void refuseUnsafeRename() {
    if (flag("AWS_S3_ALLOW_UNSAFE_RENAME")) {
      throw new InvalidRequestException(
          "Environment: AWS_S3_ALLOW_UNSAFE_RENAME=true is refused. It allows commits that"
              + " overwrite each other; commits here are always put-if-absent, which needs no such"
              + " permission. Unset it; if the storage has no conditional writes, use a lock"
              + " provider with a lock table.");
    }
  }

  private boolean flag(String name) {
    String value = first(name);
    if (value == null) {
      return false;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "1", "true", "on", "yes", "y" -> true;
      case "0", "false", "off", "no", "n" -> false;
      default ->
          throw new InvalidRequestException(
              "Environment: the value of " + name + " is neither true nor false. Set one of them.");
    };
  }

  private @Nullable String first(String... names) {
    for (String name : names) {
      String value = env.get(name);
      if (value != null && !value.isBlank()) {
        return value.strip();
      }
    }
    return null;
  }
}
