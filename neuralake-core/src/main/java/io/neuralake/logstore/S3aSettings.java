package io.neuralake.logstore;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.S3;
import io.neuralake.storage.S3Credentials;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * S3 settings out of what Hadoop's S3A reads: {@code fs.s3a.*}, and {@code fs.s3a.bucket.NAME.*}
 * before it.
 */
record S3aSettings(Configuration configuration, String bucket) {

  S3 settings() throws IOException {
    String endpoint = get("endpoint");
    S3 s3 =
        endpoint == null || endpoint.endsWith("amazonaws.com") ? S3.aws() : S3.at(url(endpoint));
    if (s3.endpoint().isPresent() && "http".equals(s3.endpoint().get().getScheme())) {
      s3 = s3.allowHttp(); // whoever configures S3A that way has decided it
    }
    String region = get("endpoint.region");
    if (region != null) {
      s3 = s3.region(region);
    }
    String pathStyle = get("path.style.access");
    if (pathStyle != null) {
      s3 = s3.pathStyle(Boolean.parseBoolean(pathStyle));
    }
    return s3.credentials(credentials());
  }

  private String url(String endpoint) {
    if (endpoint.contains("://")) {
      return endpoint;
    }
    return ("false".equals(get("connection.ssl.enabled")) ? "http://" : "https://") + endpoint;
  }

  private S3Credentials credentials() throws IOException {
    String id = secret("access.key");
    String key = secret("secret.key");
    String token = secret("session.token");
    if (id == null && key == null) {
      String providers = get("aws.credentials.provider");
      return providers != null && providers.contains("Anonymous")
          ? S3Credentials.anonymous()
          : S3Credentials.defaultChain();
    }
    if (id == null || key == null) {
      throw new InvalidRequestException(
          "Hadoop settings: fs.s3a."
              + (id == null ? "access.key" : "secret.key")
              + " is not set, but the other half of the key pair is. Set both, or neither to use"
              + " the AWS default chain.");
    }
    return token == null ? S3Credentials.of(id, key) : S3Credentials.session(id, key, token);
  }

  private @Nullable String get(String key) {
    String value = configuration.getTrimmed("fs.s3a.bucket." + bucket + "." + key);
    if (value == null || value.isEmpty()) {
      value = configuration.getTrimmed("fs.s3a." + key);
    }
    return value == null || value.isEmpty() ? null : value;
  }

  /** Like {@link #get}, from Hadoop's credential files too. */
  private @Nullable String secret(String key) throws IOException {
    char[] value = configuration.getPassword("fs.s3a.bucket." + bucket + "." + key);
    if (value == null || value.length == 0) {
      value = configuration.getPassword("fs.s3a." + key);
    }
    return value == null || value.length == 0 ? null : new String(value).strip();
  }
}
