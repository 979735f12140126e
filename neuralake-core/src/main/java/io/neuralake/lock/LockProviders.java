package io.neuralake.lock;

import java.util.Locale;
import java.util.Set;

/**
 * The electors that need nothing but the storage itself. Each refuses tables on storages that it is
 * not made for, before anything is written. All are stateless and thread-safe.
 */
public final class LockProviders {
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

  /** The elector that {@link #automatic} chooses for a scheme, such as {@code s3}. */
  public static LockProvider forScheme(String scheme) {
    String name = scheme.toLowerCase(Locale.ROOT);
    if (name.equals("file")) {
      return LOCAL;
    }
    return S3_SCHEMES.contains(name) ? CONDITIONAL_PUT : LOG_STORE;
  }
}
