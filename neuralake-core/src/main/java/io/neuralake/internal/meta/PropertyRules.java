package io.neuralake.internal.meta;

import io.neuralake.error.InvalidRequestException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Which {@code delta.*} properties there are and what values they take. Users may set any property
 * that does not begin with {@code delta.}. Checks apply when a user sets a property; what an
 * existing table carries is passed through.
 */
public final class PropertyRules {
  static final String FEATURE_PREFIX = "delta.feature.";
  static final String CONSTRAINT_PREFIX = "delta.constraints.";
  static final String MIN_READER_VERSION = "delta.minReaderVersion";
  static final String MIN_WRITER_VERSION = "delta.minWriterVersion";
  private static final String IGNORE_PROTOCOL_DEFAULTS = "delta.ignoreProtocolDefaults";
  private static final String UNIVERSAL_FORMAT_PREFIX = "delta.universalformat.config.";
  private static final String PREFIX = "delta.";

  private record Rule(String key, Consumer<String> check, boolean settable) {}

  /** By key in lower case. */
  private static final Map<String, Rule> RULES = rules();

  private PropertyRules() {}

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new TreeMap<>();
    Consumer<String> bool = PropertyValues::bool;
    Consumer<String> interval = PropertyValues::interval;
    Consumer<String> any = text -> {};
    add(
        rules,
        bool,
        TableProperties.APPEND_ONLY,
        TableProperties.ENABLE_CHANGE_DATA_FEED,
        "delta.enableChangeDataCapture",
        TableProperties.ENABLE_DELETION_VECTORS,
        TableProperties.ENABLE_IN_COMMIT_TIMESTAMPS,
        TableProperties.ENABLE_ROW_TRACKING,
        "delta.rowTrackingSuspended",
        TableProperties.ENABLE_TYPE_WIDENING,
        TableProperties.ENABLE_EXPIRED_LOG_CLEANUP,
        TableProperties.ENABLE_VARIANT_SHREDDING,
        TableProperties.ENABLE_MATERIALIZE_PARTITION_COLUMNS,
        TableProperties.RANDOMIZE_FILE_PREFIXES,
        TableProperties.WRITE_STATS_AS_JSON,
        TableProperties.WRITE_STATS_AS_STRUCT,
        "delta.enableFullRetentionRollback",
        "delta.enableIcebergCompatV1",
        "delta.enableIcebergCompatV2",
        "delta.enableIcebergCompatV3",
        "delta.enableIcebergWriterCompatV1",
        "delta.enableIcebergWriterCompatV3",
        "delta.universalFormat.iceberg.atomicConversion.supported",
        "delta.compatibility.symlinkFormatManifest.enabled",
        "delta.castIcebergTimeType",
        "delta.ignoreIcebergBucketPartition",
        "delta.autoOptimize",
        "delta.autoOptimize.optimizeWrite",
        "delta.tuneFileSizesForRewrites",
        "delta.writePartitionColumnsToParquet",
        IGNORE_PROTOCOL_DEFAULTS);
    add(
        rules,
        interval,
        TableProperties.LOG_RETENTION,
        TableProperties.DELETED_FILE_RETENTION,
        TableProperties.SET_TRANSACTION_RETENTION,
        "delta.sampleRetentionDuration",
        "delta.checkpointRetentionDuration",
        "delta.dropFeatureTruncateHistory.retentionDuration");
    add(rules, t -> PropertyValues.intAtLeast(t, 1), TableProperties.CHECKPOINT_INTERVAL);
    add(rules, t -> PropertyValues.intAtLeast(t, 1), TableProperties.RANDOM_PREFIX_LENGTH);
    add(rules, t -> PropertyValues.intAtLeast(t, 1), TableProperties.ZSTD_LEVEL);
    add(rules, t -> PropertyValues.intAtLeast(t, -1), TableProperties.NUM_INDEXED_COLS);
    add(rules, t -> PropertyValues.intAtLeast(t, 0), "delta.dataSkippingStringPrefixLength");
    add(rules, ColumnPath::parseList, TableProperties.STATS_COLUMNS, TableProperties.BLOOM_COLUMNS);
    add(rules, PropertyValues::size, TableProperties.TARGET_FILE_SIZE);
    add(rules, ColumnMapping.Mode::parse, TableProperties.COLUMN_MAPPING_MODE);
    add(rules, TableProperties::parseIsolationLevel, TableProperties.ISOLATION_LEVEL);
    add(rules, TableProperties::parseCheckpointPolicy, TableProperties.CHECKPOINT_POLICY);
    add(rules, TableProperties::parseCodec, TableProperties.COMPRESSION_CODEC);
    add(
        rules,
        text -> PropertyValues.oneOf(text, "true", "false", "auto", "legacy"),
        "delta.autoOptimize.autoCompact");
    add(
        rules,
        text -> PropertyValues.oneOf(text, "1.0.0", "2.12.0"),
        "delta.parquet.format.version");
    add(rules, text -> versionUpTo(text, 3), MIN_READER_VERSION);
    add(rules, text -> versionUpTo(text, 7), MIN_WRITER_VERSION);
    add(rules, any, "delta.universalFormat.enabledFormats");
    addInternal(
        rules,
        TableProperties.MAX_COLUMN_ID,
        TableProperties.IN_COMMIT_TIMESTAMP_VERSION,
        TableProperties.IN_COMMIT_TIMESTAMP_TIMESTAMP,
        TableProperties.MATERIALIZED_ROW_ID,
        TableProperties.MATERIALIZED_ROW_COMMIT_VERSION,
        "delta.requireCheckpointProtectionBeforeVersion",
        "delta.redirectReaderWriter-preview",
        "delta.redirectWriterOnly-preview",
        "delta.coordinatedCommits.commitCoordinator-preview",
        "delta.coordinatedCommits.commitCoordinatorConf-preview",
        "delta.coordinatedCommits.tableConf-preview");
    return rules;
  }

  private static void add(Map<String, Rule> rules, Consumer<String> check, String... keys) {
    for (String key : keys) {
      rules.put(key.toLowerCase(Locale.ROOT), new Rule(key, check, true));
    }
  }

  private static void addInternal(Map<String, Rule> rules, String... keys) {
    for (String key : keys) {
      rules.put(key.toLowerCase(Locale.ROOT), new Rule(key, text -> {}, false));
    }
  }

  private static void versionUpTo(String text, int highest) {
    if (PropertyValues.longAtLeast(text, 1) > highest) {
      throw new IllegalArgumentException("needs to be a version from 1 to " + highest);
    }
  }

  /**
   * Checks properties that a user sets, and gives them the spelling of keys that other engines
   * expect (keys of Delta ignore case).
   *
   * @param properties what the user sets
   * @param location the table, for messages
   * @return the same properties with their keys in Delta's spelling, in the same order
   * @throws InvalidRequestException if a {@code delta.*} key is unknown, is kept up by the library
   *     alone, appears twice in different spellings, or has a value that it cannot take
   */
  public static Map<String, String> normalize(Map<String, String> properties, String location) {
    Map<String, String> normal = new LinkedHashMap<>();
    properties.forEach(
        (key, value) -> {
          String spelled = normalizeKey(key, location);
          check(spelled, value, location);
          if (normal.put(spelled, value) != null) {
            throw new InvalidRequestException(
                location
                    + ": property '"
                    + spelled
                    + "' is set twice, in different spellings. Set it once.");
          }
        });
    return normal;
  }

  /**
   * The spelling of a key that other engines expect.
   *
   * @throws InvalidRequestException if the key begins with {@code delta.} and is unknown
   */
  public static String normalizeKey(String key, String location) {
    String lower = key.toLowerCase(Locale.ROOT);
    if (key.isBlank()) {
      throw new InvalidRequestException(location + ": a property has an empty key. Name it.");
    }
    if (!lower.startsWith(PREFIX)) {
      return key;
    }
    Rule rule = RULES.get(lower);
    if (rule != null) {
      return rule.key();
    }
    if (lower.startsWith(FEATURE_PREFIX)) {
      String name = key.substring(FEATURE_PREFIX.length());
      return FEATURE_PREFIX
          + TableFeature.named(name)
              .map(TableFeature::featureName)
              .orElseThrow(() -> unknownFeature(name, location));
    }
    if (lower.startsWith(CONSTRAINT_PREFIX) && lower.length() > CONSTRAINT_PREFIX.length()) {
      return CONSTRAINT_PREFIX + key.substring(CONSTRAINT_PREFIX.length());
    }
    if (lower.startsWith(UNIVERSAL_FORMAT_PREFIX)) {
      return lower;
    }
    throw new InvalidRequestException(
        location
            + ": there is no table property '"
            + key
            + "'. The closest one is '"
            + closest(lower)
            + "'. Properties of your own must not begin with 'delta.'.");
  }

  private static void check(String key, String value, String location) {
    Rule rule = RULES.get(key.toLowerCase(Locale.ROOT));
    if (rule != null && !rule.settable()) {
      throw new InvalidRequestException(
          location
              + ": property '"
              + key
              + "' is kept up by the writers of the table and cannot be set. Leave it out.");
    }
    try {
      if (rule != null) {
        rule.check().accept(value);
      } else if (key.startsWith(FEATURE_PREFIX)) {
        PropertyValues.oneOf(value, "supported", "enabled");
      } else if (key.startsWith(CONSTRAINT_PREFIX) && value.isBlank()) {
        throw new IllegalArgumentException("needs to be a condition in SQL");
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(
          location
              + ": property '"
              + key
              + "' has the value '"
              + value
              + "', but "
              + e.getMessage()
              + ".",
          e);
    }
  }

  /** Whether a property speaks about the protocol and is not stored among the properties. */
  public static boolean isProtocolProperty(String key) {
    return key.equalsIgnoreCase(MIN_READER_VERSION)
        || key.equalsIgnoreCase(MIN_WRITER_VERSION)
        || key.equalsIgnoreCase(IGNORE_PROTOCOL_DEFAULTS)
        || key.toLowerCase(Locale.ROOT).startsWith(FEATURE_PREFIX);
  }

  /**
   * The properties that are stored with the table: without those about the protocol, which become
   * the {@code protocol} action.
   */
  public static Map<String, String> stored(Map<String, String> properties) {
    Map<String, String> stored = new LinkedHashMap<>(properties);
    stored.keySet().removeIf(PropertyRules::isProtocolProperty);
    return stored;
  }

  static boolean isSettable(String key) {
    Rule rule = RULES.get(key.toLowerCase(Locale.ROOT));
    return rule == null || rule.settable();
  }

  private static InvalidRequestException unknownFeature(String name, String location) {
    return new InvalidRequestException(
        location
            + ": there is no table feature '"
            + name
            + "' that neuralake knows. Correct 'delta.feature."
            + name
            + "', or leave it out.");
  }

  private static String closest(String lower) {
    return RULES.values().stream()
        .filter(Rule::settable)
        .map(Rule::key)
        .min(
            Comparator.<String>comparingInt(key -> distance(lower, key.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow();
  }

  /** Levenshtein's edit distance; the longer text is cut, as keys come from users. */
  private static int distance(String left, String right) {
    String a = left.length() > 200 ? left.substring(0, 200) : left;
    int[] row = new int[right.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int above = row[j];
        int replace = diagonal + (a.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[right.length()];
  }
}
