package io.neuralake.write;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What an operation did to a table.
 *
 * @param version the version that holds it, which concurrent appends of the same lake may share
 *     ({@link io.neuralake.exec.GroupCommit}); for an operation that had nothing to do, the version
 *     that made it so, or a later one at which that was found
 * @param timestamp when that version was committed, by the writer's clock; for an operation that
 *     had nothing to do, when that was found
 * @param committed whether a version was written; false if there was nothing to do, as when a
 *     {@linkplain WriteOperation#transaction transaction} was recorded before
 * @param changes files, rows and bytes added and removed
 * @param attempts how often a version was tried until one was won; 1 without a race
 * @param phases time spent, by phase: {@code write} (data files) and {@code commit}
 */
public record CommitResult(
    long version,
    Instant timestamp,
    boolean committed,
    Changes changes,
    int attempts,
    Map<String, Duration> phases) {

  /**
   * What changed.
   *
   * @param filesAdded data files added
   * @param filesRemoved data files removed
   * @param filesMarked data files of which rows were deleted by a deletion vector
   * @param rowsAdded rows added; rows that only moved to other files do not count
   * @param rowsDeleted rows deleted; -1 if whole files are gone of which the log does not say how
   *     many rows they had
   * @param rowsUpdated rows that got other values
   * @param bytesAdded bytes of the added files
   * @param bytesRemoved bytes of the removed files
   */
  public record Changes(
      long filesAdded,
      long filesRemoved,
      long filesMarked,
      long rowsAdded,
      long rowsDeleted,
      long rowsUpdated,
      long bytesAdded,
      long bytesRemoved) {

    /** Nothing changed. */
    public static final Changes NONE = new Changes(0, 0, 0, 0, 0, 0, 0, 0);
  }
}
