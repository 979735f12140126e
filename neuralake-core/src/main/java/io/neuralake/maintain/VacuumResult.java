package io.neuralake.maintain;

import java.time.Instant;
import java.util.Map;

/**
 * What a vacuum has deleted, or of a dry run, what it would delete.
 *
 * @param dryRun whether nothing was changed
 * @param version the newest version when it began
 * @param deletedBefore files were deleted only if they were older than this
 * @param filesListed how many files the table's folder held, without its log; 0 of a lite vacuum
 * @param deleted what was deleted, by kind; a kind without files is not in it. Of a lite vacuum it
 *     counts files, too, that were gone before
 * @param uploadsDropped how many pending multipart uploads were dropped
 */
public record VacuumResult(
    boolean dryRun,
    long version,
    Instant deletedBefore,
    long filesListed,
    Map<VacuumFile.Kind, Total> deleted,
    long uploadsDropped) {

  /**
   * Files of a kind.
   *
   * @param files how many
   * @param bytes of all of them; of a lite vacuum, as far as the log tells sizes
   */
  public record Total(long files, long bytes) {}

  public VacuumResult {
    deleted = Map.copyOf(deleted);
  }

  /** How many files were deleted. */
  public long filesDeleted() {
    return deleted.values().stream().mapToLong(Total::files).sum();
  }

  /** How many bytes they held. */
  public long bytesDeleted() {
    return deleted.values().stream().mapToLong(Total::bytes).sum();
  }
}
