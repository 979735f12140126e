package io.neuralake.lock.dynamodb;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.S3Credentials;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads settings out of environment variables; an empty value counts as not set. */
record DynamoDbVariables(Map<String, String> env) {

  DynamoDb settings() {
    String endpoint = first("AWS_ENDPOINT_URL_DYNAMODB");
    if (endpoint == null && first("AWS_ENDPOINT_URL_S3") == null) {
      endpoint = first("AWS_ENDPOINT_URL");
    }
    DynamoDb settings = endpoint == null ? DynamoDb.aws() : DynamoDb.at(endpoint);
    String region = first("AWS_REGION", "AWS_DEFAULT_REGION");
    if (region != null) {
      settings = settings.region(region);
    }
    if (flag("AWS_ALLOW_HTTP")) {
      settings = settings.allowHttp();
    }
    String table = first("DELTA_DYNAMO_TABLE_NAME", "DELTALAKE_DYNAMODB_TABLE");
    if (table != null) {
      settings = settings.table(table);
    }
    String scheme = first("NEURALAKE_DYNAMODB_PATH_SCHEME");
    if (scheme != null) {
      settings = settings.pathScheme(scheme);
    }
    return settings.createIfMissing(flag("NEURALAKE_DYNAMODB_CREATE")).credentials(credentials());
  }

  private S3Credentials credentials() {
    String id = first("AWS_ACCESS_KEY_ID");
    String secret = first("AWS_SECRET_ACCESS_KEY");
    String token = first("AWS_SESSION_TOKEN");
    if (id == null && secret == null) {
      return S3Credentials.defaultChain();
    }
    if (id == null || secret == null) {
      throw new InvalidRequestException(
          "Environment: the credentials of DynamoDB are incomplete, "
              + (id == null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")
              + " is not set. Set it, or unset both to use the AWS default chain.");
    }
    return token == null ? S3Credentials.of(id, secret) : S3Credentials.session(id, secret, token);
  }

  private boolean flag(String name) {
    String value = first(name);
    return switch (value == null ? "false" : value.toLowerCase(Locale.ROOT)) {
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
