package io.neuralake.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A scheduler whose time passes when a test says so, in the test's thread. */
final class ManualTimer extends ScheduledThreadPoolExecutor {
  private record Due(long nanos, Runnable work, ScheduledFuture<?> future) {}

  private final List<Due> waiting = new ArrayList<>();
  private long now;

  ManualTimer() {
    super(0);
  }

  @Override
  public synchronized ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    RunnableScheduledFuture<?> never =
        decorateTask(
            work, (RunnableScheduledFuture<Object>) super.schedule(() -> null, 1, TimeUnit.DAYS));
    getQueue().clear(); // nothing runs by itself
    waiting.add(new Due(now + unit.toNanos(delay), work, never));
    return never;
  }

  /** Delays of what waits, in order. */
  synchronized List<Duration> delays() {
    return waiting.stream()
        .filter(due -> !due.future().isCancelled())
        .map(due -> Duration.ofNanos(due.nanos() - now))
        .sorted()
        .toList();
  }

  /** Lets time pass and runs what is due. */
  void pass(Duration time) {
    List<Due> due;
    synchronized (this) {
      now += time.toNanos();
      due =
          waiting.stream()
              .filter(d -> d.nanos() <= now)
              .sorted(Comparator.comparingLong(Due::nanos))
              .toList();
      waiting.removeAll(due);
    }
    due.stream().filter(d -> !d.future().isCancelled()).forEach(d -> d.work().run());
  }
}
