package io.neuralake.internal.meta;

import io.neuralake.error.UnsupportedTableException;
import io.neuralake.exec.IsolationLevel;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The properties of a table with their types and defaults. A value that another engine wrote and
 * that neuralake cannot read is logged and the default is taken, except where that could do harm
 * ({@code delta.columnMapping.mode}, {@code delta.appendOnly}, retention periods): there the getter
 * throws {@link UnsupportedTableException}. Immutable.
 */
public final class TableProperties {
  public static final String LOCK_PROVIDER = "neuralake.lockProvider";
  public static final String APPEND_ONLY = "delta.appendOnly";
  public static final String ENABLE_CHANGE_DATA_FEED = "delta.enableChangeDataFeed";
  public static final String ENABLE_DELETION_VECTORS = "delta.enableDeletionVectors";
  public static final String ENABLE_IN_COMMIT_TIMESTAMPS = "delta.enableInCommitTimestamps";
  public static final String IN_COMMIT_TIMESTAMP_VERSION =
      "delta.inCommitTimestampEnablementVersion";
  public static final String IN_COMMIT_TIMESTAMP_TIMESTAMP =
      "delta.inCommitTimestampEnablementTimestamp";
  public static final String ENABLE_ROW_TRACKING = "delta.enableRowTracking";
  public static final String MATERIALIZED_ROW_ID = "delta.rowTracking.materializedRowIdColumnName";
  public static final String MATERIALIZED_ROW_COMMIT_VERSION =
      "delta.rowTracking.materializedRowCommitVersionColumnName";
  public static final String ENABLE_TYPE_WIDENING = "delta.enableTypeWidening";
  public static final String ENABLE_VARIANT_SHREDDING = "delta.enableVariantShredding";
  public static final String ENABLE_MATERIALIZE_PARTITION_COLUMNS =
      "delta.enableMaterializePartitionColumnsFeature";
  public static final String ENABLE_EXPIRED_LOG_CLEANUP = "delta.enableExpiredLogCleanup";
  public static final String RANDOMIZE_FILE_PREFIXES = "delta.randomizeFilePrefixes";
  public static final String RANDOM_PREFIX_LENGTH = "delta.randomPrefixLength";
  public static final String WRITE_STATS_AS_JSON = "delta.checkpoint.writeStatsAsJson";
  public static final String WRITE_STATS_AS_STRUCT = "delta.checkpoint.writeStatsAsStruct";
  public static final String CHECKPOINT_INTERVAL = "delta.checkpointInterval";
  public static final String CHECKPOINT_POLICY = "delta.checkpointPolicy";
  public static final String LOG_RETENTION = "delta.logRetentionDuration";
  public static final String DELETED_FILE_RETENTION = "delta.deletedFileRetentionDuration";
  public static final String SET_TRANSACTION_RETENTION = "delta.setTransactionRetentionDuration";
  public static final String NUM_INDEXED_COLS = "delta.dataSkippingNumIndexedCols";
  public static final String STATS_COLUMNS = "delta.dataSkippingStatsColumns";
  public static final String TARGET_FILE_SIZE = "delta.targetFileSize";
  public static final String COLUMN_MAPPING_MODE = "delta.columnMapping.mode";
  public static final String MAX_COLUMN_ID = "delta.columnMapping.maxColumnId";
  public static final String ISOLATION_LEVEL = "delta.isolationLevel";
  public static final String COMPRESSION_CODEC = "delta.parquet.compression.codec";

  /** Named like parquet-java's setting; Delta has no property for it. */
  public static final String ZSTD_LEVEL = "parquet.compression.codec.zstd.level";

  public static final String BLOOM_COLUMNS = "parquet.bloom.filter.columns";

  private static final int MAX_ZSTD_LEVEL = 22;
  private static final Logger LOG = LoggerFactory.getLogger(TableProperties.class);

  /** Which kind of checkpoint is written. */
  public enum CheckpointPolicy {
    CLASSIC,
    V2
  }

  private final Map<String, String> configuration;

  public TableProperties(Map<String, String> configuration) {
    this.configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
  }

  /** All properties as they are stored. */
  public Map<String, String> asMap() {
    return configuration;
  }

  /** Whether rows may only be added. */
  public boolean appendOnly() {
    return strict(APPEND_ONLY, PropertyValues::bool).orElse(false);
  }

  /** Whether the table records row changes; also under the key's older name. */
  public boolean changeDataFeed() {
    return lenient(ENABLE_CHANGE_DATA_FEED, PropertyValues::bool)
        .or(() -> lenient("delta.enableChangeDataCapture", PropertyValues::bool))
        .orElse(false);
  }

  /** Whether new deletion vectors may be written. */
  public boolean deletionVectors() {
    return flag(ENABLE_DELETION_VECTORS, false);
  }

  /** Whether commits carry their own timestamp. */
  public boolean inCommitTimestamps() {
    return flag(ENABLE_IN_COMMIT_TIMESTAMPS, false);
  }

  /** The first version whose commit carries its own timestamp, if not all do. */
  public OptionalLong inCommitTimestampEnablementVersion() {
    return number(IN_COMMIT_TIMESTAMP_VERSION);
  }

  /** The timestamp of that version, milliseconds since the epoch. */
  public OptionalLong inCommitTimestampEnablementTimestamp() {
    return number(IN_COMMIT_TIMESTAMP_TIMESTAMP);
  }

  /** Whether every row has an id that stays. */
  public boolean rowTracking() {
    return flag(ENABLE_ROW_TRACKING, false);
  }

  /** Whether column types may be widened. */
  public boolean typeWidening() {
    return flag(ENABLE_TYPE_WIDENING, false);
  }

  /** Whether old log files are deleted after a checkpoint. */
  public boolean expiredLogCleanup() {
    return flag(ENABLE_EXPIRED_LOG_CLEANUP, true);
  }

  /** Whether data files get a random prefix in place of the partition's directory. */
  public boolean randomizeFilePrefixes() {
    return flag(RANDOMIZE_FILE_PREFIXES, false);
  }

  /** How many characters that prefix has. */
  public int randomPrefixLength() {
    return lenient(RANDOM_PREFIX_LENGTH, t -> PropertyValues.intAtLeast(t, 1)).orElse(2);
  }

  /** Whether checkpoints hold statistics as JSON text. */
  public boolean checkpointStatsAsJson() {
    return flag(WRITE_STATS_AS_JSON, true);
  }

  /** Whether checkpoints hold statistics as columns. */
  public boolean checkpointStatsAsStruct() {
    return flag(WRITE_STATS_AS_STRUCT, true);
  }

  /** After how many versions a checkpoint is written. */
  public int checkpointInterval() {
    return lenient(CHECKPOINT_INTERVAL, t -> PropertyValues.intAtLeast(t, 1)).orElse(10);
  }

  /** Which kind of checkpoint is written. */
  public CheckpointPolicy checkpointPolicy() {
    return lenient(CHECKPOINT_POLICY, TableProperties::parseCheckpointPolicy)
        .orElse(CheckpointPolicy.CLASSIC);
  }

  /** How long log files are kept. */
  public Duration logRetention() {
    return strict(LOG_RETENTION, PropertyValues::interval).orElse(Duration.ofDays(30));
  }

  /** How long files that were removed from the table are kept. */
  public Duration deletedFileRetention() {
    return strict(DELETED_FILE_RETENTION, PropertyValues::interval).orElse(Duration.ofDays(7));
  }

  /** How long transaction identifiers are kept; empty means for ever. */
  public Optional<Duration> setTransactionRetention() {
    return strict(SET_TRANSACTION_RETENTION, PropertyValues::interval);
  }

  /** How many columns get statistics; -1 means all. {@link #statsColumns} comes first. */
  public int numIndexedColumns() {
    return lenient(NUM_INDEXED_COLS, t -> PropertyValues.intAtLeast(t, -1)).orElse(32);
  }

  /** Which columns get statistics, if they are named one by one. */
  public Optional<List<ColumnPath>> statsColumns() {
    return lenient(STATS_COLUMNS, ColumnPath::parseList);
  }

  /** Which columns get Bloom filters; row groups whose values are all in a dictionary need none. */
  public List<ColumnPath> bloomColumns() {
    return lenient(BLOOM_COLUMNS, ColumnPath::parseList).orElse(List.of());
  }

  /** How large data files should be, in bytes. */
  public OptionalLong targetFileSize() {
    return lenient(TARGET_FILE_SIZE, PropertyValues::size)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** How columns are found in data files. */
  public ColumnMapping.Mode columnMappingMode() {
    return strict(COLUMN_MAPPING_MODE, ColumnMapping.Mode::parse).orElse(ColumnMapping.Mode.NONE);
  }

  /** The highest column id ever given out; 0 if none. */
  public long maxColumnId() {
    return number(MAX_COLUMN_ID).orElse(0);
  }

  /** How strictly transactions are kept apart. */
  public IsolationLevel isolationLevel() {
    return lenient(ISOLATION_LEVEL, TableProperties::parseIsolationLevel)
        .orElse(IsolationLevel.WRITE_SERIALIZABLE);
  }

  /** The codec for data files, in lower case, if the table names one. */
  public Optional<String> compressionCodec() {
    return lenient(COMPRESSION_CODEC, TableProperties::parseCodec);
  }

  /** Level of Zstandard for new data files, 1 (fast) to 22 (small). */
  public OptionalInt zstdLevel() {
    return lenient(ZSTD_LEVEL, text -> PropertyValues.intAtLeast(text, 1))
        .map(level -> OptionalInt.of(Math.min(level, MAX_ZSTD_LEVEL)))
        .orElse(OptionalInt.empty());
  }

  static IsolationLevel parseIsolationLevel(String text) {
    String serializable = IsolationLevel.SERIALIZABLE.deltaName();
    String weaker = IsolationLevel.WRITE_SERIALIZABLE.deltaName();
    return PropertyValues.oneOf(text, serializable, weaker).equals(serializable)
        ? IsolationLevel.SERIALIZABLE
        : IsolationLevel.WRITE_SERIALIZABLE;
  }

  static CheckpointPolicy parseCheckpointPolicy(String text) {
    String name = PropertyValues.oneOf(text, "classic", "v2");
    return CheckpointPolicy.valueOf(name.toUpperCase(Locale.ROOT));
  }

  static String parseCodec(String text) {
    return PropertyValues.oneOf(
        text, "none", "uncompressed", "snappy", "gzip", "lzo", "lz4", "lz4_raw", "brotli", "zstd");
  }

  private boolean flag(String key, boolean otherwise) {
    return lenient(key, PropertyValues::bool).orElse(otherwise);
  }

  private OptionalLong number(String key) {
    return lenient(key, text -> PropertyValues.longAtLeast(text, 0))
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  private <T> Optional<T> lenient(String key, Function<String, T> parse) {
    try {
      return Optional.ofNullable(configuration.get(key)).map(parse);
    } catch (IllegalArgumentException e) {
      LOG.warn("{}; the default is taken", problem(key, e));
      return Optional.empty();
    }
  }

  private <T> Optional<T> strict(String key, Function<String, T> parse) {
    try {
      return Optional.ofNullable(configuration.get(key)).map(parse);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedTableException(
          problem(key, e) + ". Correct the property with the engine that set it.", e);
    }
  }

  private String problem(String key, IllegalArgumentException cause) {
    return "Table property '"
        + key
        + "' has the value '"
        + configuration.get(key)
        + "', but "
        + cause.getMessage();
  }
}
