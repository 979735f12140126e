package io.neuralake.lock;

import io.neuralake.error.InvalidRequestException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The electors that need nothing but the storage itself, and the choice of one by environment
 * variables. Each refuses tables on storages that it is not made for, before anything is written.
 * All of these are stateless and thread-safe.
 */
public final class LockProviders {
  private static final List<String> CHOICE =
      List.of("NEURALAKE_LOCK_PROVIDER", "AWS_S3_LOCKING_PROVIDER", "DELTALAKE_LOCKING_PROVIDER");

  /** Who sets one of these believes that commits go through DynamoDB. */
  private static final List<String> SIGNS_OF_DYNAMODB =
      List.of("DELTA_DYNAMO_TABLE_NAME", "DELTALAKE_DYNAMODB_TABLE");

  private static final Set<String> S3_SCHEMES = Set.of("s3", "s3a");
  private static final LockProvider LOCAL =
      new StorageElector("local", "file", Set.of("file")::contains);
  private static final LockProvider CONDITIONAL_PUT =
      new StorageElector("conditional-put", "s3 or s3a", S3_SCHEMES::contains);
  private static final LockProvider LOG_STORE =
      new StorageElector(
          "log-store",
          "one of Hadoop's schemes, such as hdfs",
          scheme -> !scheme.equals("file") && !S3_SCHEMES.contains(scheme));

  private LockProviders() {}

  /**
   * Chooses by the scheme of each table: {@link #local}, {@link #conditionalPut} or {@link
   * #logStore}. The default of a lake.
   */
  public static LockProvider automatic() {
    return new AutomaticElector();
  }

  /** Local disk: a complete file gets its name by a hard link, which never replaces. */
  public static LockProvider local() {
    return LOCAL;
  }

  /**
   * S3 by {@code PUT If-None-Match: *}, and {@code s3a} through Hadoop by its conditional create.
   * Every other writer of the table must commit the same way.
   */
  public static LockProvider conditionalPut() {
    return CONDITIONAL_PUT;
  }

  /**
   * Hadoop file systems by an {@code io.delta.storage.LogStore}, as Spark does: HDFS, Azure and
   * Google Cloud Storage by Delta's own, others by the class that the Hadoop settings name.
   */
  public static LockProvider logStore() {
    return LOG_STORE;
  }

  /**
   * One mutex for the whole process and class loader, on any storage: <b>for tests only</b>.
   * Writers in other processes are not excluded and would overwrite commits. Never chosen on its
   * own.
   */
  public static LockProvider inProcess() {
    return InProcessElector.INSTANCE;
  }

  /**
   * The elector that environment variables choose: {@code NEURALAKE_LOCK_PROVIDER}, or {@code
   * AWS_S3_LOCKING_PROVIDER} or {@code DELTALAKE_LOCKING_PROVIDER}, which users of delta-rs know.
   * Their value is the name of an elector of this class ({@code automatic}, {@code local}, {@code
   * conditional-put}, {@code log-store}, {@code in-process}), or of one that a module on the class
   * path brings ({@code dynamodb} of neuralake-lock-dynamodb). Without any, {@link #automatic}. No
   * I/O.
   *
   * @param env the variables; the process's are {@code System.getenv()}
   * @throws InvalidRequestException if the name is not known, two variables disagree, or a lock
   *     table is named and no elector: a guess could mix two electors on one table
   */
  public static LockProvider fromEnvironment(Map<String, String> env) {
    String chosen = null;
    String by = null;
    for (String variable : CHOICE) {
      String value = env.getOrDefault(variable, "").strip().toLowerCase(Locale.ROOT);
      if (value.isEmpty()) {
        continue;
      }
      if (chosen != null && !chosen.equals(value)) {
        throw new InvalidRequestException(
            "Environment: "
                + by
                + " and "
                + variable
                + " choose different lock providers. All writers of a table must use the same"
                + " one; unset one of them.");
      }
      chosen = value;
      by = variable;
    }
    if (chosen != null) {
      return named(chosen, String.valueOf(by), env);
    }
    for (String variable : SIGNS_OF_DYNAMODB) {
      if (!env.getOrDefault(variable, "").isBlank()) {
        throw new InvalidRequestException(
            "Environment: "
                + variable
                + " names a lock table, but no lock provider is chosen. Set"
                + " AWS_S3_LOCKING_PROVIDER=dynamodb to commit through it, as the table's other"
                + " writers do, or unset it.");
      }
    }
    return automatic();
  }

  private static LockProvider named(String name, String variable, Map<String, String> env) {
    LockProvider builtIn = builtIn(name);
    if (builtIn != null) {
      return builtIn;
    }
    List<String> known =
        new ArrayList<>(List.of("automatic", "local", "conditional-put", "log-store"));
    for (LockProviderFactory factory :
        ServiceLoader.load(LockProviderFactory.class, LockProviders.class.getClassLoader())) {
      if (factory.name().equals(name)) {
        return factory.fromEnvironment(env);
      }
      known.add(factory.name());
    }
    throw new InvalidRequestException(
        "Environment: "
            + variable
            + " names a lock provider that is not known; known are "
            + String.join(", ", known)
            + (known.contains("dynamodb")
                ? "."
                : ". For dynamodb add the module neuralake-lock-dynamodb to the class path."));
  }

  private static @Nullable LockProvider builtIn(String name) {
    return switch (name) {
      case "automatic" -> automatic();
      case "local" -> LOCAL;
      case "conditional-put" -> CONDITIONAL_PUT;
      case "log-store" -> LOG_STORE;
      case "in-process" -> inProcess();
      default -> null;
    };
  }

  /** Another elector, of which metrics are told. */
  public static LockProvider metered(LockProvider elector, Clock clock, LockMetrics metrics) {
    return new MeteredElector(elector, clock, metrics);
  }

  /** The elector that {@link #automatic} chooses for a scheme, such as {@code s3}. */
  public static LockProvider forScheme(String scheme) {
    String name = scheme.toLowerCase(Locale.ROOT);
    if (name.equals("file")) {
      return LOCAL;
    }
    return S3_SCHEMES.contains(name) ? CONDITIONAL_PUT : LOG_STORE;
  }
}
