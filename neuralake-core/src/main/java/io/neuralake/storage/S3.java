package io.neuralake.storage;

import io.neuralake.error.InvalidRequestException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings of S3, or of a storage that speaks its protocol. Immutable and thread-safe: each setter
 * returns a new value. No setter talks to the storage.
 *
 * <pre>{@code
 * S3.at("http://localhost:9000").allowHttp().credentials(S3Credentials.of("key", "secret"))
 * S3.aws().region("eu-west-1")
 * }</pre>
 */
public final class S3 {
  private static final long MEBIBYTE = 1024 * 1024;
  private static final long SMALLEST_PART = 5 * MEBIBYTE;
  private static final long LARGEST_PART = 1024 * MEBIBYTE;
  private static final int MOST_RETRIES = 20;

  private final @Nullable URI endpoint;
  private final @Nullable String region;
  private final boolean pathStyle;
  private final boolean http;
  private final S3Credentials credentials;
  private final Duration connectTimeout;
  private final Duration socketTimeout;
  private final int maxConnections;
  private final int retries;
  private final long partSize;
  private final long multipartThreshold;

  private S3(Draft draft) {
    this.endpoint = draft.endpoint;
    this.region = draft.region;
    this.pathStyle = draft.pathStyle;
    this.http = draft.http;
    this.credentials = draft.credentials;
    this.connectTimeout = draft.connectTimeout;
    this.socketTimeout = draft.socketTimeout;
    this.maxConnections = draft.maxConnections;
    this.retries = draft.retries;
    this.partSize = draft.partSize;
    this.multipartThreshold = draft.multipartThreshold;
  }

  /** Amazon S3 itself, with credentials from the default chain. */
  public static S3 aws() {
    return new S3(new Draft());
  }

  /**
   * A storage with an endpoint of its own, addressed path-style. A plain {@code http} endpoint also
   * needs {@link #allowHttp()}.
   *
   * @throws InvalidRequestException if it is not an {@code http(s)} URL of a host
   */
  public static S3 at(URI endpoint) {
    var draft = new Draft();
    draft.endpoint = checkedEndpoint(endpoint);
    draft.pathStyle = true;
    return new S3(draft);
  }

  /** Like {@link #at(URI)}. */
  public static S3 at(String endpoint) {
    try {
      return at(new URI(endpoint.strip()));
    } catch (URISyntaxException e) {
      // The cause quotes its input, which may hold a password.
      throw badEndpoint("it is not a URL");
    }
  }

  /** The region that requests are signed for; not blank. */
  public S3 region(String name) {
    if (name.isBlank()) {
      throw new InvalidRequestException(
          "S3 settings: the region is empty. Give one, such as us-east-1, or leave it out.");
    }
    var draft = new Draft(this);
    draft.region = name.strip();
    return new S3(draft);
  }

  /**
   * Whether the bucket is in the path ({@code endpoint/bucket/key}) or in the host name ({@code
   * bucket.endpoint/key}). By default in the path if an endpoint is given, in the host name if not.
   */
  public S3 pathStyle(boolean inPath) {
    var draft = new Draft(this);
    draft.pathStyle = inPath;
    return new S3(draft);
  }

  /** Allows an {@code http} endpoint: everything then travels unencrypted. */
  public S3 allowHttp() {
    var draft = new Draft(this);
    draft.http = true;
    return new S3(draft);
  }

  /** How requests are signed; the default chain by default. */
  public S3 credentials(S3Credentials value) {
    var draft = new Draft(this);
    draft.credentials = Objects.requireNonNull(value, "credentials");
    return new S3(draft);
  }

  /** How long opening a connection may take; 5 seconds by default. */
  public S3 connectTimeout(Duration timeout) {
    var draft = new Draft(this);
    draft.connectTimeout = checkedTimeout(timeout, "connect timeout");
    return new S3(draft);
  }

  /** How long the storage may stay silent within a request; 30 seconds by default. */
  public S3 socketTimeout(Duration timeout) {
    var draft = new Draft(this);
    draft.socketTimeout = checkedTimeout(timeout, "socket timeout");
    return new S3(draft);
  }

  /** The most connections open at a time; 64 by default. */
  public S3 maxConnections(int connections) {
    checkRange("max connections", connections, 1, 10_000);
    var draft = new Draft(this);
    draft.maxConnections = connections;
    return new S3(draft);
  }

  /**
   * How often a failed request is repeated, with backoff; 2 by default. A conditional put is never
   * repeated behind the caller's back.
   */
  public S3 retries(int times) {
    checkRange("retries", times, 0, MOST_RETRIES);
    var draft = new Draft(this);
    draft.retries = times;
    return new S3(draft);
  }

  /** Bytes of one part of a multipart upload: 5 MiB to 1 GiB; 8 MiB by default. */
  public S3 partSize(long bytes) {
    checkRange("part size", bytes, SMALLEST_PART, LARGEST_PART);
    var draft = new Draft(this);
    draft.partSize = bytes;
    return new S3(draft);
  }

  /**
   * A file of more bytes is uploaded in parts, others by a single put. 16 MiB by default; less than
   * {@link #partSize()} counts as the part size. So much is held in memory for each open file.
   */
  public S3 multipartThreshold(long bytes) {
    checkRange("multipart threshold", bytes, 0, LARGEST_PART);
    var draft = new Draft(this);
    draft.multipartThreshold = bytes;
    return new S3(draft);
  }

  /** The endpoint; empty for Amazon's own. */
  public Optional<URI> endpoint() {
    return Optional.ofNullable(endpoint);
  }

  /** The region; empty to let the SDK find it (or {@code us-east-1} where an endpoint is given). */
  public Optional<String> region() {
    return Optional.ofNullable(region);
  }

  /** Whether the bucket is in the path. */
  public boolean pathStyle() {
    return pathStyle;
  }

  /** Whether a plain {@code http} endpoint is allowed. */
  public boolean httpAllowed() {
    return http;
  }

  /** How requests are signed. */
  public S3Credentials credentials() {
    return credentials;
  }

  /** See {@link #connectTimeout(Duration)}. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** See {@link #socketTimeout(Duration)}. */
  public Duration socketTimeout() {
    return socketTimeout;
  }

  /** See {@link #maxConnections(int)}. */
  public int maxConnections() {
    return maxConnections;
  }

  /** See {@link #retries(int)}. */
  public int retries() {
    return retries;
  }

  /** Bytes; see {@link #partSize(long)}. */
  public long partSize() {
    return partSize;
  }

  /** Bytes, never less than {@link #partSize()}; see {@link #multipartThreshold(long)}. */
  public long multipartThreshold() {
    return Math.max(multipartThreshold, partSize);
  }

  /**
   * Checks what single setters cannot see; {@link StorageSettings} calls it.
   *
   * @throws InvalidRequestException if the endpoint is plain {@code http} and that was not allowed
   */
  public void validate() {
    if (endpoint != null && "http".equalsIgnoreCase(endpoint.getScheme()) && !http) {
      throw new InvalidRequestException(
          "S3 endpoint "
              + endpoint
              + ": plain http is refused, because data and signatures would travel unencrypted."
              + " Use https, or allow it by S3.allowHttp() (AWS_ALLOW_HTTP=true).");
    }
  }

  private static URI checkedEndpoint(URI endpoint) {
    String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme();
    switch (scheme.toLowerCase(Locale.ROOT)) {
      case "http", "https" -> {}
      default -> throw badEndpoint("its scheme is neither http nor https");
    }
    if (endpoint.getRawUserInfo() != null) {
      throw badEndpoint("it holds a user name or password; give them as credentials");
    }
    if (endpoint.getHost() == null || endpoint.getHost().isEmpty()) {
      throw badEndpoint("it names no host");
    }
    if (endpoint.getRawQuery() != null || endpoint.getRawFragment() != null) {
      throw badEndpoint("it has a query or a fragment");
    }
    return endpoint;
  }

  private static InvalidRequestException badEndpoint(String cause) {
    return new InvalidRequestException(
        "S3 endpoint refused: " + cause + ". Give a URL such as https://storage.example.org:9000");
  }

  private static Duration checkedTimeout(Duration timeout, String what) {
    if (timeout.toMillis() < 1 || timeout.compareTo(Duration.ofHours(1)) > 0) {
      throw new InvalidRequestException(
          "S3 settings: " + what + " " + timeout + " is not between 1 ms and 1 h.");
    }
    return timeout;
  }

  private static void checkRange(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InvalidRequestException(
          "S3 settings: " + what + " " + value + " is not between " + least + " and " + most + ".");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof S3 that
        && Objects.equals(endpoint, that.endpoint)
        && Objects.equals(region, that.region)
        && pathStyle == that.pathStyle
        && http == that.http
        && credentials.equals(that.credentials)
        && connectTimeout.equals(that.connectTimeout)
        && socketTimeout.equals(that.socketTimeout)
        && maxConnections == that.maxConnections
        && retries == that.retries
        && partSize == that.partSize
        && multipartThreshold == that.multipartThreshold;
  }

  @Override
  public int hashCode() {
    return Objects.hash(endpoint, region, pathStyle, credentials, retries, partSize);
  }

  @Override
  public String toString() {
    return "S3[endpoint="
        + (endpoint == null ? "aws" : endpoint)
        + ", region="
        + (region == null ? "default" : region)
        + ", pathStyle="
        + pathStyle
        + ", credentials="
        + credentials
        + "]";
  }

  /** The one mutable copy between two values. */
  private static final class Draft {
    private @Nullable URI endpoint;
    private @Nullable String region;
    private boolean pathStyle;
    private boolean http;
    private S3Credentials credentials = S3Credentials.defaultChain();
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration socketTimeout = Duration.ofSeconds(30);
    private int maxConnections = 64;
    private int retries = 2;
    private long partSize = 8 * MEBIBYTE;
    private long multipartThreshold = 16 * MEBIBYTE;

    Draft() {}

    Draft(S3 from) {
      this.endpoint = from.endpoint;
      this.region = from.region;
      this.pathStyle = from.pathStyle;
      this.http = from.http;
      this.credentials = from.credentials;
      this.connectTimeout = from.connectTimeout;
      this.socketTimeout = from.socketTimeout;
      this.maxConnections = from.maxConnections;
      this.retries = from.retries;
      this.partSize = from.partSize;
      this.multipartThreshold = from.multipartThreshold;
    }
  }
}
