package io.neuralake.ingest;

import io.neuralake.error.InvalidRequestException;
import java.time.Duration;

/**
 * When a {@link TableService} compacts its table. Immutable.
 *
 * @param every time after which it does, if the table has changed
 * @param smallFiles files more than after the last time with which it does, whatever the time
 * @param check how often it looks
 */
public record Compaction(Duration every, long smallFiles, Duration check) {

  public Compaction {
    if (every.isNegative() || smallFiles < 1 || check.isNegative() || check.isZero()) {
      throw new InvalidRequestException(
          "Compaction needs every >= 0, smallFiles >= 1 and check > 0, but has "
              + every
              + ", "
              + smallFiles
              + " and "
              + check
              + ".");
    }
  }

  /** Every 300 seconds, or with 100 new files; looks every 10 seconds. */
  public static Compaction ofDefaults() {
    return new Compaction(Duration.ofSeconds(300), 100, Duration.ofSeconds(10));
  }

  public Compaction withEvery(Duration time) {
    return new Compaction(time, smallFiles, check);
  }

  public Compaction withSmallFiles(long files) {
    return new Compaction(every, files, check);
  }

  public Compaction withCheck(Duration time) {
    return new Compaction(every, smallFiles, time);
  }
}
