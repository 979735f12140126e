package io.neuralake.internal.exec;

import io.neuralake.exec.TaskExecutor;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks on a lake's workers, a bounded number at a time; a single one in the caller's thread.
 *
 * @param workers run tasks in other threads
 * @param parallelism tasks at a time
 */
public record BoundedTasks(Executor workers, int parallelism) implements TaskExecutor {

  @Override
  public <R extends Serializable> void run(
      List<? extends Task<R>> tasks, Worker here, Consumer<? super R> done)
      throws InterruptedException {
    if (tasks.size() < 2 || parallelism < 2) {
      TaskExecutor.inCallersThread().run(tasks, here, done);
      return;
    }
    Run<R> run = new Run<>(tasks, here);
    try {
      run.start(workers, Math.min(parallelism, tasks.size()));
      run.collect(done);
    } finally {
      run.stop(done);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(BoundedTasks.class);

  /** The result of a task, or why its runner ended: with a failure, or with nothing left to do. */
  private record Event<R>(@Nullable R result, @Nullable Throwable failure) {}

  private static final class Run<R extends Serializable> {
    private final List<? extends Task<R>> tasks;
    private final Worker worker;
    private final BlockingQueue<Event<R>> events = new LinkedBlockingQueue<>();
    private final Set<Thread> threads = new HashSet<>();
    private int next;
    private int runners;

    Run(List<? extends Task<R>> tasks, Worker worker) {
      this.tasks = tasks;
      this.worker = worker;
    }

    void start(Executor workers, int wanted) {
      for (int i = 0; i < wanted; i++) {
        workers.execute(this::work);
        runners++;
      }
    }

    private void work() {
      Throwable failure = null;
      synchronized (this) {
        threads.add(Thread.currentThread());
      }
      try {
        for (Task<R> task = take(); task != null; task = take()) {
          events.add(new Event<>(worker.run(task), null));
        }
      } catch (Throwable e) {
        failure = e;
      }
      synchronized (this) {
        threads.remove(Thread.currentThread());
        boolean ignored = Thread.interrupted(); // it was meant for the task
      }
      events.add(new Event<>(null, failure));
    }

    private synchronized @Nullable Task<R> take() {
      return next < tasks.size() ? tasks.get(next++) : null;
    }

    void collect(Consumer<? super R> done) throws InterruptedException {
      while (runners > 0) {
        Event<R> event = events.take();
        if (event.result() != null) {
          done.accept(event.result());
          continue;
        }
        runners--;
        if (event.failure() instanceof RuntimeException e) {
          throw e;
        } else if (event.failure() instanceof Error e) {
          throw e;
        } else if (event.failure() != null) {
          throw new IllegalStateException(event.failure());
        }
      }
    }

    /** Ends what is still running, and waits for that; what is done by then is handed on. */
    void stop(Consumer<? super R> done) {
      if (runners == 0) {
        return;
      }
      synchronized (this) {
        next = tasks.size();
        threads.forEach(Thread::interrupt);
      }
      boolean interrupted = false;
      while (runners > 0) {
        try {
          Event<R> event = events.take();
          if (event.result() == null) {
            runners--;
          } else {
            done.accept(event.result());
          }
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (RuntimeException e) {
          LOG.debug("After a failure another one, of who takes the results", e);
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
