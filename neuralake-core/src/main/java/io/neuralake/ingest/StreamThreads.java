package io.neuralake.ingest;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Threads of a writer: they begin work in the order in which it comes, and end when idle. */
final class StreamThreads implements AutoCloseable {
  private static final int IDLE_SECONDS = 30;

  private final ThreadPoolExecutor writers;
  private final ScheduledExecutorService timer;
  private final boolean ownTimer;

  StreamThreads(int parallelism, @Nullable ScheduledExecutorService timer) {
    this.writers =
        new ThreadPoolExecutor(
            parallelism,
            parallelism,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            named("neuralake-stream-"));
    this.writers.allowCoreThreadTimeOut(true);
    this.ownTimer = timer == null;
    this.timer = timer == null ? newTimer() : timer;
  }

  private static ScheduledExecutorService newTimer() {
    ScheduledThreadPoolExecutor one =
        new ScheduledThreadPoolExecutor(1, named("neuralake-stream-timer-"));
    one.setRemoveOnCancelPolicy(true);
    return one;
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger threads = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, prefix + threads.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  void run(Runnable work) {
    writers.execute(work);
  }

  Future<?> after(Duration time, Runnable work) {
    return timer.schedule(work, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    writers.shutdown();
    if (ownTimer) {
      timer.shutdownNow();
    }
  }
}
