package io.neuralake.internal.log;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A live data file of a snapshot: what its {@code add} action says.
 *
 * @param path as it stands in the log: percent-encoded, relative to the table or absolute
 * @param partitionValues by physical column name, serialized as the Delta protocol says; a null
 *     value is a null partition
 * @param size bytes
 * @param modificationTime milliseconds since the epoch
 * @param stats statistics as JSON text, null if there are none
 * @param deletionVector rows that are deleted, null if none are
 * @param tags free-form, null if there are none
 * @param baseRowId first row id, null without row tracking
 * @param defaultRowCommitVersion row commit version, null without row tracking
 */
public record DataFile(
    String path,
    Map<String, @Nullable String> partitionValues,
    long size,
    long modificationTime,
    @Nullable String stats,
    @Nullable DeletionVector deletionVector,
    @Nullable Map<String, @Nullable String> tags,
    @Nullable Long baseRowId,
    @Nullable Long defaultRowCommitVersion)
    implements Serializable {

  /** The same file with other rows deleted. */
  public DataFile withDeletionVector(@Nullable String newStats, DeletionVector vector) {
    return new DataFile(
        path,
        partitionValues,
        size,
        modificationTime,
        newStats,
        vector,
        tags,
        baseRowId,
        defaultRowCommitVersion);
  }
}
