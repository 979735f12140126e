package io.neuralake.internal.plan;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches from several producers to one consumer, a bounded number at a time. Thread-safe. No
 * lock is held while anybody reads or decodes.
 *
 * @param <B> the form of the batches
 */
final class BatchQueue<B> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<B> batches = new ArrayDeque<>();
  private final int capacity;
  private final Consumer<? super B> release;
  private int producers;
  private @Nullable Throwable failure;
  private boolean closed;

  /**
   * @param release frees batches that nobody takes
   */
  BatchQueue(int capacity, int producers, Consumer<? super B> release) {
    this.capacity = capacity;
    this.release = release;
    this.producers = producers;
  }

  /** Waits for room. False if nobody wants batches any more: the batch stays the caller's then. */
  boolean put(B batch) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (batches.size() >= capacity && !closed) {
        changed.await();
      }
      if (closed) {
        return false;
      }
      batches.add(batch);
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Hands a batch over, waiting for room. False if nobody wants batches; it is released then. */
  boolean hand(B batch) throws InterruptedException {
    boolean taken = false;
    try {
      taken = put(batch);
      return taken;
    } finally {
      if (!taken) {
        release.accept(batch);
      }
    }
  }

  /** Whether batches are still wanted. */
  boolean isOpen() {
    lock.lock();
    try {
      return !closed && failure == null;
    } finally {
      lock.unlock();
    }
  }

  /** A producer has ended, with or without an error; it holds nothing any more. */
  void done(@Nullable Throwable error) {
    lock.lock();
    try {
      producers--;
      if (error != null && failure == null) {
        failure = error;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The next batch, null once all producers have ended; throws what made one of them fail. */
  @Nullable B next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (batches.isEmpty() && producers > 0 && failure == null && !closed) {
        changed.await();
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      B batch = batches.poll();
      changed.signalAll();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Releases what is queued and waits until the producers have ended, which they do at their next
   * batch; only then is their memory free. An interrupt is kept for later.
   */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      batches.forEach(release);
      batches.clear();
      while (producers > 0) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
