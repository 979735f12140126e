package io.neuralake.lock.dynamodb;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.storage.S3Credentials;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How lock tables in DynamoDB are reached. Immutable and thread-safe: each setter returns a new
 * value. No setter talks to the service.
 *
 * <pre>{@code
 * DynamoDb.aws().region("eu-west-1").table("delta_log")
 * DynamoDb.at("http://localhost:8000").allowHttp().credentials(S3Credentials.of("key", "secret"))
 * }</pre>
 */
public final class DynamoDb {
  /** The name that Delta's log store and delta-rs use. */
  public static final String DEFAULT_TABLE = "delta_log";

  /** The default of {@link #leaseTable}. */
  public static final String DEFAULT_LEASE_TABLE = "neuralake_leases";

  private static final Duration SHORTEST_LIFETIME = Duration.ofHours(1);
  private static final int MOST_RETRIES = 50;

  /** Never changed once a {@link DynamoDb} holds it. */
  private final Draft draft;

  private static final class Draft implements Cloneable {
    private @Nullable URI endpoint;
    private @Nullable String region;
    private S3Credentials credentials = S3Credentials.defaultChain();
    private boolean http;
    private String table = DEFAULT_TABLE;
    private String leaseTable = DEFAULT_LEASE_TABLE;
    private boolean create;
    private Duration entryLifetime = Duration.ofDays(1);
    private String pathScheme = "s3a";
    private int retries = 8;
    private Duration timeout = Duration.ofSeconds(30);

    /** All that a value consists of. */
    private List<@Nullable Object> parts() {
      return Arrays.asList(
          endpoint,
          region,
          credentials,
          http,
          table,
          leaseTable,
          create,
          entryLifetime,
          pathScheme,
          retries,
          timeout);
    }

    @Override
    public Draft clone() {
      try {
        return (Draft) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private DynamoDb(Draft draft) {
    this.draft = draft;
  }

  private DynamoDb with(Consumer<Draft> change) {
    Draft copy = draft.clone();
    change.accept(copy);
    return new DynamoDb(copy);
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new InvalidRequestException("DynamoDB settings: " + problem + ".");
    }
  }

  /** Amazon's service, with credentials from the default chain. */
  public static DynamoDb aws() {
    return new DynamoDb(new Draft());
  }

  /**
   * A service with an endpoint of its own; a plain {@code http} one also needs {@link #allowHttp}.
   */
  public static DynamoDb at(String endpoint) {
    URI uri;
    try {
      uri = URI.create(endpoint.strip());
    } catch (IllegalArgumentException e) {
      // The cause quotes its input, which may hold a password.
      throw new InvalidRequestException("DynamoDB settings: the endpoint is not a URL.");
    }
    require(
        Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
            && uri.getHost() != null
            && uri.getUserInfo() == null,
        "the endpoint must look like https://host:port");
    return aws().with(d -> d.endpoint = uri);
  }

  /**
   * From environment variables, by the names that AWS tools, Spark and delta-rs users know:
   *
   * <ul>
   *   <li>{@code DELTA_DYNAMO_TABLE_NAME}, else {@code DELTALAKE_DYNAMODB_TABLE}: the lock table;
   *   <li>{@code AWS_ENDPOINT_URL_DYNAMODB}: an endpoint other than Amazon's. {@code
   *       AWS_ENDPOINT_URL} is used where it is not set, unless {@code AWS_ENDPOINT_URL_S3} says
   *       that the storage is elsewhere; {@code AWS_ALLOW_HTTP};
   *   <li>{@code AWS_REGION}, else {@code AWS_DEFAULT_REGION};
   *   <li>{@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}; else
   *       the SDK's default chain;
   *   <li>{@code NEURALAKE_DYNAMODB_CREATE}: {@code true} creates a missing lock table;
   *   <li>{@code NEURALAKE_DYNAMODB_PATH_SCHEME}: see {@link #pathScheme(String)}.
   * </ul>
   *
   * @throws InvalidRequestException if a value is malformed, or credentials are half given
   */
  public static DynamoDb fromEnvironment(Map<String, String> env) {
    return new DynamoDbVariables(env).settings();
  }

  /** The region that requests are signed for; by default what the SDK finds. */
  public DynamoDb region(String name) {
    require(!name.isBlank(), "the region is empty");
    return with(d -> d.region = name.strip());
  }

  /** How requests are signed; the default chain by default. */
  public DynamoDb credentials(S3Credentials value) {
    return with(d -> d.credentials = value);
  }

  /** Allows an {@code http} endpoint: everything then travels unencrypted. */
  public DynamoDb allowHttp() {
    return with(d -> d.http = true);
  }

  /** The lock table's name; {@value #DEFAULT_TABLE} by default. */
  public DynamoDb table(String name) {
    return with(d -> d.table = tableName(name));
  }

  /** The name of the table of leases; {@value #DEFAULT_LEASE_TABLE} by default. */
  public DynamoDb leaseTable(String name) {
    return with(d -> d.leaseTable = tableName(name));
  }

  private static String tableName(String name) {
    require(name.matches("[A-Za-z0-9_.-]{3,255}"), "'" + name + "' is no name of a table");
    return name;
  }

  /**
   * Creates the lock table at first use where there is none: paid by request, with expiry of
   * entries, and with point-in-time recovery where the service has it. By default a missing table
   * is an error that shows its definition.
   */
  public DynamoDb createIfMissing(boolean create) {
    return with(d -> d.create = create);
  }

  /**
   * How long entries of complete commits stay; a day by default, an hour at least. A writer that is
   * paused for longer in the middle of a commit relies on the storage's own check alone.
   */
  public DynamoDb entryLifetime(Duration lifetime) {
    require(
        lifetime.compareTo(SHORTEST_LIFETIME) >= 0,
        "entries must stay an hour at least, not " + lifetime);
    return with(d -> d.entryLifetime = lifetime);
  }

  /**
   * The scheme under which tables are entered, whatever scheme neuralake is given. It must be the
   * one that Spark uses for the same tables: {@code s3a} (the default) with Hadoop's connector,
   * {@code s3} on EMR.
   */
  public DynamoDb pathScheme(String scheme) {
    require(
        Set.of("s3", "s3a").contains(scheme),
        "tables are entered under s3a or s3, not under '" + scheme + "'");
    return with(d -> d.pathScheme = scheme);
  }

  /**
   * How often a failed or throttled request is repeated, with backoff; 8 by default, 50 at most.
   */
  public DynamoDb retries(int times) {
    require(times >= 0 && times <= MOST_RETRIES, "retries must be 0 to 50, not " + times);
    return with(d -> d.retries = times);
  }

  /** How long the service may stay silent within a request; 30 seconds by default. */
  public DynamoDb timeout(Duration duration) {
    require(
        !duration.isNegative() && !duration.isZero(),
        "the timeout must be positive, not " + duration);
    return with(d -> d.timeout = duration);
  }

  /**
   * Checks what single setters cannot see.
   *
   * @throws InvalidRequestException if the endpoint is plain {@code http} and that was not allowed
   */
  void validate() {
    require(
        draft.endpoint == null || !"http".equals(draft.endpoint.getScheme()) || draft.http,
        "plain http is refused, because everything would travel unencrypted. Use https, or allow"
            + " it by allowHttp() (AWS_ALLOW_HTTP=true)");
  }

  @Nullable URI endpoint() {
    return draft.endpoint;
  }

  @Nullable String region() {
    return draft.region;
  }

  S3Credentials credentials() {
    return draft.credentials;
  }

  String table() {
    return draft.table;
  }

  String leaseTable() {
    return draft.leaseTable;
  }

  boolean createIfMissing() {
    return draft.create;
  }

  Duration entryLifetime() {
    return draft.entryLifetime;
  }

  String pathScheme() {
    return draft.pathScheme;
  }

  int retries() {
    return draft.retries;
  }

  Duration timeout() {
    return draft.timeout;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DynamoDb that && draft.parts().equals(that.draft.parts());
  }

  @Override
  public int hashCode() {
    return draft.parts().hashCode();
  }

  @Override
  public String toString() {
    return "DynamoDb[table="
        + draft.table
        + ", "
        + (draft.endpoint == null ? "Amazon DynamoDB" : draft.endpoint)
        + (draft.region == null ? "" : ", " + draft.region)
        + "]";
  }
}
