package io.neuralake.storage;

import io.neuralake.error.InvalidRequestException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Hadoop file systems, which serve every scheme but {@code file}, {@code s3} and {@code
 * s3a}: {@code hdfs}, {@code abfs}, {@code gs} and others. Their connectors are dependencies that
 * the application adds. Immutable and thread-safe; values never show in {@code toString}, as they
 * may be secrets.
 */
public final class Hadoop {
  private static final Hadoop DEFAULTS = new Hadoop(Map.of(), Map.of(), Set.of());

  private final Map<String, String> configuration;
  private final Map<String, String> logStores;
  private final Set<String> extraSchemes;

  private Hadoop(
      Map<String, String> configuration, Map<String, String> logStores, Set<String> extraSchemes) {
    this.configuration = Map.copyOf(configuration);
    this.logStores = Map.copyOf(logStores);
    this.extraSchemes = Set.copyOf(extraSchemes);
  }

  /** No entries: what Hadoop finds on the class path ({@code core-site.xml}) applies. */
  public static Hadoop defaults() {
    return DEFAULTS;
  }

  /** With these configuration entries, such as {@code fs.azure.account.key...}. */
  public static Hadoop of(Map<String, String> configuration) {
    return new Hadoop(configuration, Map.of(), Set.of());
  }

  /** With one more configuration entry, or another value of one. */
  public Hadoop set(String key, String value) {
    var entries = new HashMap<>(configuration);
    entries.put(key, value);
    return new Hadoop(entries, logStores, extraSchemes);
  }

  /**
   * The {@code io.delta.storage.LogStore} class that creates commits on a scheme. Its {@code write}
   * without overwrite must have one winner across processes. HDFS, Azure and Google Cloud Storage
   * have theirs already; an unknown scheme is read-only until one is given.
   */
  public Hadoop logStore(String scheme, String className) {
    var classes = new HashMap<>(logStores);
    classes.put(checkedScheme(scheme), className);
    return new Hadoop(configuration, classes, extraSchemes);
  }

  /** Sends {@code s3} or {@code s3a} through Hadoop too (hadoop-aws) instead of the built-in S3. */
  public Hadoop alsoFor(String scheme) {
    String name = checkedScheme(scheme);
    if (name.equals("file")) {
      throw new InvalidRequestException(
          "Hadoop settings: scheme file is always served by the built-in local storage, because"
              + " Hadoop's own has no atomic create. Leave it out.");
    }
    var schemes = new HashSet<>(extraSchemes);
    schemes.add(name);
    return new Hadoop(configuration, logStores, schemes);
  }

  /** The configuration entries; may hold secrets. */
  public Map<String, String> configuration() {
    return configuration;
  }

  /** The class that was given for a scheme. */
  public Optional<String> logStore(String scheme) {
    return Optional.ofNullable(logStores.get(scheme.toLowerCase(Locale.ROOT)));
  }

  /** Whether the scheme was sent here by {@link #alsoFor}. */
  public boolean isAlsoFor(String scheme) {
    return extraSchemes.contains(scheme.toLowerCase(Locale.ROOT));
  }

  private static String checkedScheme(String scheme) {
    if (!scheme.matches("[A-Za-z][A-Za-z0-9+.-]+")) {
      throw new InvalidRequestException(
          "Hadoop settings: '" + scheme + "' is not a scheme. Give a name such as hdfs.");
    }
    return scheme.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Hadoop that
        && configuration.equals(that.configuration)
        && logStores.equals(that.logStores)
        && extraSchemes.equals(that.extraSchemes);
  }

  @Override
  public int hashCode() {
    return configuration.hashCode() * 31 + logStores.hashCode();
  }

  @Override
  public String toString() {
    return "Hadoop[keys="
        + new TreeSet<>(configuration.keySet())
        + ", logStores="
        + logStores
        + "]";
  }
}
