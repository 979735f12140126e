package io.neuralake.ingest;

import io.neuralake.error.InvalidRequestException;
import java.time.Duration;

/**
 * When a {@link StreamWriter} writes, and how much it holds. Immutable.
 *
 * @param flushRows rows that are written together at most
 * @param flushBytes bytes of Arrow memory after which rows are written
 * @param linger how long a row waits for others at most; zero: not at all
 * @param maxBytesInFlight bytes of rows that are not committed yet, above which writes block
 * @param parallelism batches whose files are written at the same time
 * @param attempts how often a batch is tried before it fails
 */
public record StreamSettings(
    long flushRows,
    long flushBytes,
    Duration linger,
    long maxBytesInFlight,
    int parallelism,
    int attempts) {

  public StreamSettings {
    if (flushRows < 1
        || flushBytes < 1
        || linger.isNegative()
        || maxBytesInFlight < flushBytes
        || parallelism < 1
        || attempts < 1) {
      throw new InvalidRequestException(
          "A stream writer needs flushRows, flushBytes, parallelism and attempts of 1 or more, a"
              + " linger of 0 or more, and maxBytesInFlight of flushBytes or more, but has: "
              + "flushRows "
              + flushRows
              + ", flushBytes "
              + flushBytes
              + ", linger "
              + linger
              + ", maxBytesInFlight "
              + maxBytesInFlight
              + ", parallelism "
              + parallelism
              + ", attempts "
              + attempts
              + ".");
    }
  }

  /**
   * A million rows or 32 MiB, after a second at the latest; 256 MiB in flight, as many batches at a
   * time as there are processors, four at most; five attempts.
   */
  public static StreamSettings ofDefaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new StreamSettings(
        1_000_000, 32L << 20, Duration.ofSeconds(1), 256L << 20, Math.min(4, processors), 5);
  }

  public StreamSettings withFlushRows(long rows) {
    return new StreamSettings(rows, flushBytes, linger, maxBytesInFlight, parallelism, attempts);
  }

  public StreamSettings withFlushBytes(long bytes) {
    return new StreamSettings(flushRows, bytes, linger, maxBytesInFlight, parallelism, attempts);
  }

  public StreamSettings withLinger(Duration time) {
    return new StreamSettings(flushRows, flushBytes, time, maxBytesInFlight, parallelism, attempts);
  }

  public StreamSettings withMaxBytesInFlight(long bytes) {
    return new StreamSettings(flushRows, flushBytes, linger, bytes, parallelism, attempts);
  }

  public StreamSettings withParallelism(int batches) {
    return new StreamSettings(flushRows, flushBytes, linger, maxBytesInFlight, batches, attempts);
  }

  public StreamSettings withAttempts(int times) {
    return new StreamSettings(flushRows, flushBytes, linger, maxBytesInFlight, parallelism, times);
  }
}
