package io.neuralake.maintain;

import java.time.Instant;

/**
 * A file that a vacuum deletes.
 *
 * @param path relative to the table, not percent-encoded
 * @param kind what it is
 * @param bytes its size; 0 where a lite vacuum is not told by the log
 * @param modified when it was written, by the storage's clock; the epoch in a lite vacuum, which
 *     does not ask
 */
public record VacuumFile(String path, Kind kind, long bytes, Instant modified) {

  /** What a file is, by its place and name. */
  public enum Kind {
    /** A data file, or any other file in the table's folder that is not hidden. */
    DATA,
    /** A file of deletion vectors. */
    DELETION_VECTOR,
    /** A file of the change data feed. */
    CHANGE_DATA,
    /** What a writer that died has left of a file, or of a commit. */
    TEMPORARY
  }
}
