package io.neuralake.benchmarks.columnar;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of threads that share work, and the heap they allocate. */
final class SideBySide implements Executor, AutoCloseable {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int threads;
  private final ExecutorService executor;
  private long allocated;
  private int running;

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
    List<FutureTask<Long>> tasks = new ArrayList<>();
    for (Callable<Long> part : parts) {
      FutureTask<Long> task = new FutureTask<>(part);
      execute(task);
      tasks.add(task);
    }
    long sum = 0;
    for (FutureTask<Long> task : tasks) {
      try {
        sum += task.get();
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

  /** Runs a task on one of the threads. */
  @Override
  public void execute(Runnable task) {
    synchronized (this) {
      running++;
    }
    executor.execute(() -> measure(task));
  }

  private void measure(Runnable task) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      task.run();
    } finally {
      synchronized (this) {
        allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
        running--;
        notifyAll();
      }
    }
  }

  /** Heap bytes that tasks have allocated since the last call; waits for those that run. */
  synchronized long takeAllocated() throws InterruptedException {
    while (running > 0) {
      wait();
    }
    long taken = allocated;
    allocated = 0;
    return taken;
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
