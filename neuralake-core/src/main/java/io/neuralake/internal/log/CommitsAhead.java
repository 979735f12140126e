package io.neuralake.internal.log;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/**
 * The commits from a version on, as they come into being. A few are asked for at the same time, the
 * more the further behind the reader turns out to be: on a distant storage whoever reads them one
 * after another falls behind those who write them. The first one is on its way at once.
 *
 * <p>Not thread-safe; what is on its way when nobody wants it any more ends by itself.
 */
public final class CommitsAhead {

  private static final int MOST = 8;

  private record Begun(long version, FutureTask<Optional<CommitContent>> content) {}

  private final TableLog log;
  private final Executor workers;
  private final boolean withFiles;
  private final Queue<Begun> begun = new ArrayDeque<>();
  private long version;
  private int together = 1;

  CommitsAhead(TableLog log, long version, boolean withFiles, Executor workers) {
    this.log = log;
    this.version = version;
    this.withFiles = withFiles;
    this.workers = workers;
    begin();
  }

  /**
   * The next commit.
   *
   * @return empty if it was not there when it was asked for; ask no further then
   */
  public Optional<CommitContent> next() throws IOException {
    if (begun.isEmpty()) {
      together = Math.min(together * 2, MOST);
      for (int i = 0; i < together; i++) {
        begin();
      }
    }
    Begun next = begun.remove();
    next.content().run(); // does nothing if a worker has begun: no wait for a busy pool
    try {
      return next.content().get();
    } catch (ExecutionException e) {
      return log.commit(next.version(), withFiles); // a closing lake ends its workers, say
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(log.table() + ": interrupted while reading commits");
    }
  }

  private void begin() {
    long wanted = version++;
    FutureTask<Optional<CommitContent>> read =
        new FutureTask<>(() -> log.commit(wanted, withFiles));
    begun.add(new Begun(wanted, read));
    try {
      workers.execute(read);
    } catch (RejectedExecutionException e) {
      return; // closing; who asks for it reads it
    }
  }
}
