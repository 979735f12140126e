package io.neuralake.maintain;

import java.time.Duration;
import java.util.List;

/**
 * What {@link Optimize} did to a table.
 *
 * @param versions that it has written, ascending; none if there was nothing to do
 * @param filesConsidered live files of the partitions that were asked for
 * @param groups groups of files that were written again
 * @param groupsSkipped groups that were given up in the end, because others had changed their
 *     files; the next optimization finds what is left of them
 * @param filesAdded new data files
 * @param filesRemoved data files that are gone
 * @param vectorsRemoved how many of these had a deletion vector
 * @param rows rows in the new files
 * @param bytesAdded bytes of the new files
 * @param bytesRemoved bytes of the files that are gone
 * @param time that it took
 */
public record OptimizeResult(
    List<Long> versions,
    long filesConsidered,
    int groups,
    int groupsSkipped,
    long filesAdded,
    long filesRemoved,
    long vectorsRemoved,
    long rows,
    long bytesAdded,
    long bytesRemoved,
    Duration time) {

  public OptimizeResult {
    versions = List.copyOf(versions);
  }

  /** Whether a version was written. */
  public boolean committed() {
    return !versions.isEmpty();
  }
}
