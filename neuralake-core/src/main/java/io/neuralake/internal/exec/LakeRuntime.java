package io.neuralake.internal.exec;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.exec.Sleeper;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.lock.LockMetrics;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Time, randomness, threads and memory of one lake. Thread-safe as far as its parts are; {@link
 * #newUuid()} and {@link #pauseBefore} serialize access to the random source.
 *
 * @param clock the only source of time
 * @param random the only source of randomness
 * @param sleeper how a retry waits
 * @param background runs work that no caller waits for
 * @param workers runs parts of an operation beside the caller's thread
 * @param tasks runs the parts of large operations
 * @param allocator parent of all Arrow memory
 * @param retry how commits try again
 * @param groupCommit how appends share versions
 * @param metrics is told of retries
 * @param closed set once, when the lake is closed
 */
public record LakeRuntime(
    Clock clock,
    RandomGenerator random,
    Sleeper sleeper,
    Executor background,
    Executor workers,
    TaskExecutor tasks,
    BufferAllocator allocator,
    RetryPolicy retry,
    GroupCommit groupCommit,
    LockMetrics metrics,
    AtomicBoolean closed) {

  /**
   * Refuses work on a lake that is closed.
   *
   * @param table for the message
   * @throws InvalidRequestException if it is
   */
  public void requireOpen(String table) {
    if (closed.get()) {
      throw new InvalidRequestException(table + ": the lake is closed; build a new one.");
    }
  }

  /** A random (version 4) UUID from the lake's random source. */
  public UUID newUuid() {
    long high;
    long low;
    synchronized (random) {
      high = random.nextLong();
      low = random.nextLong();
    }
    return new UUID(
        (high & 0xffff_ffff_ffff_0fffL) | 0x4000L,
        (low & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L);
  }

  /** The jittered pause after the given number of failures. */
  public Duration pauseBefore(int failures) {
    synchronized (random) {
      return retry.pause(failures, random);
    }
  }
}
