package io.neuralake.internal.log;

import io.neuralake.error.CorruptTableException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;

/** The {@code add} actions of a batch; a row is decoded when it is asked for. Not thread-safe. */
final class AddVectors {

  /** What of a batch's optional fields no row has, so that rows need not be asked. */
  private record Absent(boolean vectors, boolean tags, boolean rowIds, boolean commitVersions) {}

  private final String table;
  private final String location;
  private final Absent absent;
  private final StructVector add;
  private final VarCharVector path;
  private final MapVector partitionValues;
  private final BigIntVector size;
  private final BigIntVector modificationTime;
  private final StructVector vector;
  private final MapVector tags;
  private final BigIntVector baseRowId;
  private final BigIntVector rowCommitVersion;
  private final @Nullable VarCharVector stats;
  private byte[] text = new byte[1024];

  AddVectors(StructVector add, String table, String location) {
    this.table = table;
    this.location = location;
    this.add = add;
    this.path = (VarCharVector) child(add, FileActions.PATH);
    this.partitionValues = (MapVector) child(add, FileActions.PARTITION_VALUES);
    this.size = (BigIntVector) child(add, FileActions.SIZE);
    this.modificationTime = (BigIntVector) child(add, FileActions.MODIFICATION_TIME);
    this.vector = (StructVector) child(add, FileActions.DELETION_VECTOR);
    this.tags = (MapVector) child(add, FileActions.TAGS);
    this.baseRowId = (BigIntVector) child(add, FileActions.BASE_ROW_ID);
    this.rowCommitVersion = (BigIntVector) child(add, FileActions.DEFAULT_ROW_COMMIT_VERSION);
    this.stats =
        add.size() > FileActions.STATS ? (VarCharVector) child(add, FileActions.STATS) : null;
    this.absent =
        new Absent(
            isAllNull(vector), isAllNull(tags), isAllNull(baseRowId), isAllNull(rowCommitVersion));
  }

  private static boolean isAllNull(FieldVector vector) {
    return vector.getNullCount() == vector.getValueCount();
  }

  private static FieldVector child(StructVector struct, int ordinal) {
    return (FieldVector) struct.getChildByOrdinal(ordinal);
  }

  int size() {
    return add.getValueCount();
  }

  /** Whether the row is another action. */
  boolean isNull(int row) {
    return add.isNull(row);
  }

  /** Whether the row has what every file has. */
  boolean isComplete(int row) {
    return !path.isNull(row) && !size.isNull(row) && !modificationTime.isNull(row);
  }

  /** Makes {@code key} the key of the row. */
  void key(int row, @Nullable DeletionVector deletionVector, FileKey key) {
    int start = path.getStartOffset(row);
    key.set(path.getDataBuffer(), start, path.getEndOffset(row) - start, deletionVector);
  }

  /** The row's file. */
  DataFile file(int row, @Nullable DeletionVector deletionVector) {
    return new DataFile(
        DataPaths.qualify(table, string(path, row)),
        partitionValues.isNull(row) ? Map.of() : strings(partitionValues, row),
        size.get(row),
        modificationTime.get(row),
        stats == null || stats.isNull(row) ? null : string(stats, row),
        deletionVector,
        absent.tags() || tags.isNull(row) ? null : strings(tags, row),
        absent.rowIds() ? null : longOrNull(baseRowId, row),
        absent.commitVersions() ? null : longOrNull(rowCommitVersion, row));
  }

  private static @Nullable Long longOrNull(BigIntVector longs, int row) {
    return longs.isNull(row) ? null : (Long) longs.get(row);
  }

  /** The row's deletion vector, null if it has none. */
  @Nullable DeletionVector deletionVector(int row) {
    if (absent.vectors() || vector.isNull(row)) {
      return null;
    }
    VarCharVector storageType = (VarCharVector) child(vector, FileActions.VECTOR_STORAGE_TYPE);
    VarCharVector where = (VarCharVector) child(vector, FileActions.VECTOR_PATH);
    IntVector offset = (IntVector) child(vector, FileActions.VECTOR_OFFSET);
    IntVector bytes = (IntVector) child(vector, FileActions.VECTOR_SIZE);
    BigIntVector cardinality = (BigIntVector) child(vector, FileActions.VECTOR_CARDINALITY);
    if (storageType.isNull(row)
        || where.isNull(row)
        || bytes.isNull(row)
        || cardinality.isNull(row)) {
      throw new CorruptTableException(
          location + ": the deletion vector of an add action is incomplete. Restore the file.");
    }
    return new DeletionVector(
        string(storageType, row),
        string(where, row),
        offset.isNull(row) ? null : (Integer) offset.get(row),
        bytes.get(row),
        cardinality.get(row));
  }

  private String string(VarCharVector strings, int row) {
    int start = strings.getStartOffset(row);
    int length = strings.getEndOffset(row) - start;
    if (text.length < length) {
      text = new byte[length];
    }
    strings.getDataBuffer().getBytes(start, text, 0, length);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private Map<String, @Nullable String> strings(MapVector map, int row) {
    int start = map.getElementStartIndex(row);
    int end = map.getElementEndIndex(row);
    if (start == end) {
      return Map.of();
    }
    StructVector entries = (StructVector) map.getDataVector();
    VarCharVector keys = (VarCharVector) child(entries, 0);
    VarCharVector values = (VarCharVector) child(entries, 1);
    Map<String, @Nullable String> strings = new LinkedHashMap<>();
    for (int i = start; i < end; i++) {
      if (!keys.isNull(i)) {
        strings.put(string(keys, i), values.isNull(i) ? null : string(values, i));
      }
    }
    return Collections.unmodifiableMap(strings);
  }
}
