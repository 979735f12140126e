package io.neuralake.exec;

import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the parts of large operations. An update, a delete or a merge is planned as tasks, one or
 * more for each data file: a task holds all that it needs as plain values, runs wherever there is a
 * {@link Worker}, and its result is plain values too. The operation itself commits, once all
 * results are there.
 *
 * <p>Implement it to run tasks elsewhere, as in the executors of a cluster. Thread-safe.
 */
public interface TaskExecutor {

  /**
   * A part of an operation. Running it twice does no harm: each run makes files of its own, and
   * only those of the result that is handed on become part of the table.
   *
   * @param <R> its result
   */
  interface Task<R extends Serializable> extends Serializable {}

  /** Runs single tasks with the storage, threads and memory of a lake. Thread-safe. */
  interface Worker {

    /**
     * Runs a task in the caller's thread. Stops soon after the thread is interrupted.
     *
     * @throws io.neuralake.error.NeuralLakeException if it fails; its files are removed
     */
    <R extends Serializable> R run(Task<R> task);
  }

  /**
   * Runs tasks, in any order and any number at a time. Returns when all are done, and after a
   * failure or an interrupt when none is running any more.
   *
   * @param here runs tasks in this process; tasks that go elsewhere run with the worker of a lake
   *     there, {@code NeuralLake.taskWorker()}
   * @param done takes the results, in any order, one at a time in the calling thread; if it throws,
   *     the tasks that are left are given up. It takes results after a failure too, of tasks that
   *     were still running, so that what they have written can be removed
   * @throws InterruptedException if the calling thread is interrupted
   */
  <R extends Serializable> void run(
      List<? extends Task<R>> tasks, Worker here, Consumer<? super R> done)
      throws InterruptedException;

  /** Runs one task after the other in the calling thread. */
  static TaskExecutor inCallersThread() {
    return new TaskExecutor() {
      @Override
      public <R extends Serializable> void run(
          List<? extends Task<R>> tasks, Worker here, Consumer<? super R> done)
          throws InterruptedException {
        for (Task<R> task : tasks) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          done.accept(here.run(task));
        }
      }
    };
  }
}
