package io.neuralake.internal.log;

import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;

/** What the replay reads of file actions; the order of fields is that of the constants. */
final class FileActions {

  static final int PATH = 0;
  static final int PARTITION_VALUES = 1;
  static final int SIZE = 2;
  static final int MODIFICATION_TIME = 3;
  static final int DELETION_VECTOR = 4;
  static final int TAGS = 5;
  static final int BASE_ROW_ID = 6;
  static final int DEFAULT_ROW_COMMIT_VERSION = 7;
  static final int STATS = 8;

  static final int VECTOR_STORAGE_TYPE = 0;
  static final int VECTOR_PATH = 1;
  static final int VECTOR_OFFSET = 2;
  static final int VECTOR_SIZE = 3;
  static final int VECTOR_CARDINALITY = 4;

  static final int REMOVE_PATH = 0;
  static final int REMOVE_DELETION_VECTOR = 1;

  static final int SIDECAR_PATH = 0;
  static final int SIDECAR_SIZE = 1;

  private static final StructType VECTOR =
      new StructType()
          .add("storageType", StringType.STRING, false)
          .add("pathOrInlineDv", StringType.STRING, false)
          .add("offset", IntegerType.INTEGER, true)
          .add("sizeInBytes", IntegerType.INTEGER, false)
          .add("cardinality", LongType.LONG, false);

  private static final MapType STRINGS = new MapType(StringType.STRING, StringType.STRING, true);

  /** Path and vector of a {@code remove}. */
  static final StructType REMOVE =
      new StructType().add("path", StringType.STRING, false).add("deletionVector", VECTOR, true);

  /** Path and vector of an {@code add}. */
  static final StructType ADD_NAME = REMOVE;

  /** Path and size of a {@code sidecar}. */
  static final StructType SIDECAR =
      new StructType()
          .add("path", StringType.STRING, false)
          .add("sizeInBytes", LongType.LONG, false);

  private FileActions() {}

  /** An {@code add}, as far as scans need it. */
  static StructType add(boolean withStats) {
    StructType add =
        new StructType()
            .add("path", StringType.STRING, false)
            .add("partitionValues", STRINGS, false)
            .add("size", LongType.LONG, false)
            .add("modificationTime", LongType.LONG, false)
            .add("deletionVector", VECTOR, true)
            .add("tags", STRINGS, true)
            .add("baseRowId", LongType.LONG, true)
            .add("defaultRowCommitVersion", LongType.LONG, true);
    return withStats ? add.add("stats", StringType.STRING, true) : add;
  }
}
