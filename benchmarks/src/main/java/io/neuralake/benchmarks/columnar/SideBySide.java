package io.neuralake.benchmarks.columnar;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A fixed number of threads that share work, and the heap they allocate. */
final class SideBySide implements AutoCloseable {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int threads;
  private final ExecutorService executor;
  private final AtomicLong allocated = new AtomicLong();

  SideBySide(int threads) {
    AtomicInteger number = new AtomicInteger();
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "contestant-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  int threads() {
    return threads;
  }

  /** Runs all parts and adds up what they return. */
  long sum(List<? extends Callable<Long>> parts) throws Exception {
    List<Future<Long>> running = new ArrayList<>();
    for (Callable<Long> part : parts) {
      running.add(executor.submit(() -> measured(part)));
    }
    long sum = 0;
    for (Future<Long> future : running) {
      try {
        sum += future.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      }
    }
    return sum;
  }

  /** Deals items out to as many parts as there are threads and runs these. */
  <T> long sumOver(List<T> items, Part<T> part) throws Exception {
    List<List<T>> hands = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      hands.add(new ArrayList<>());
    }
    for (int i = 0; i < items.size(); i++) {
      hands.get(i % threads).add(items.get(i));
    }
    List<Callable<Long>> parts = new ArrayList<>();
    for (List<T> hand : hands) {
      parts.add(() -> part.run(hand));
    }
    return sum(parts);
  }

  private long measured(Callable<Long> part) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      return part.call();
    } finally {
      allocated.addAndGet(THREADS.getCurrentThreadAllocatedBytes() - before);
    }
  }

  /** Heap bytes that the threads have allocated since the last call. */
  long takeAllocated() {
    return allocated.getAndSet(0);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  /** A thread's share of items. */
  interface Part<T> {
    long run(List<T> items) throws Exception;
  }
}
