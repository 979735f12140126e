package io.neuralake.internal.columnar;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Fetches ranges of a file in few requests: neighbours together, small gaps included. */
final class RangeFetch {
  /** A gap that costs less to read than another request. */
  private static final long MAX_GAP_BYTES = 256 * 1024;

  /** Larger ones are split, so that several connections share the work. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private static final long MAX_RUN_BYTES = 512L << 20;
  private static final int REQUESTS_AT_ONCE = 4;

  private final FileBytes file;
  private final @Nullable Executor workers;

  /**
   * Fetches from a file.
   *
   * @param workers run requests beside the caller's thread; null if none do
   */
  RangeFetch(FileBytes file, @Nullable Executor workers) {
    this.file = file;
    this.workers = workers;
  }

  /** Bytes of a file. */
  record Range(long start, int length) {
    long end() {
      return start + length;
    }
  }

  /** One request into its place. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Request(long position, byte[] target, int offset, int length) {}

  /** The bytes of each range, in the order of the ranges; they must be in the file. */
  List<Slice> fetch(List<Range> ranges) throws IOException {
    Integer[] order = new Integer[ranges.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingLong(i -> ranges.get(i).start()));
    Slice[] slices = new Slice[ranges.size()];
    List<Request> requests = new ArrayList<>();
    int from = 0;
    while (from < order.length) {
      long start = ranges.get(order[from]).start();
      long end = ranges.get(order[from]).end();
      int to = from + 1;
      while (to < order.length && joins(start, end, ranges.get(order[to]))) {
        end = Math.max(end, ranges.get(order[to++]).end());
      }
      Slice run = run(start, end, requests);
      for (int i = from; i < to; i++) {
        Range range = ranges.get(order[i]);
        slices[order[i]] = run.part((int) (range.start() - start), range.length());
      }
      from = to;
    }
    run(requests);
    return List.of(slices);
  }

  private static boolean joins(long start, long end, Range next) {
    return next.start() - end <= MAX_GAP_BYTES
        && Math.max(end, next.end()) - start <= MAX_RUN_BYTES;
  }

  /** Room for a run of bytes, which the requests will fill. */
  private Slice run(long start, long end, List<Request> requests) throws IOException {
    if (file.isLocal(start)) {
      return file.read(start, (int) (end - start));
    }
    file.check(start, end - start);
    byte[] bytes = new byte[(int) (end - start)];
    int remote = file.copyTail(start, bytes);
    for (int at = 0; at < remote; at += MAX_REQUEST_BYTES) {
      requests.add(new Request(start + at, bytes, at, Math.min(remote - at, MAX_REQUEST_BYTES)));
    }
    return new Slice(bytes, 0, bytes.length);
  }

  private void run(List<Request> requests) throws IOException {
    AtomicInteger next = new AtomicInteger();
    Callable<Boolean> work =
        () -> {
          for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
            Request request = requests.get(i);
            file.request(request.position, request.target, request.offset, request.length);
          }
          return true;
        };
    List<FutureTask<Boolean>> tasks = new ArrayList<>();
    tasks.add(new FutureTask<>(work));
    while (workers != null && tasks.size() < Math.min(REQUESTS_AT_ONCE, requests.size())) {
      tasks.add(start(work));
    }
    try {
      for (FutureTask<Boolean> task : tasks) {
        join(task);
      }
    } finally {
      next.set(requests.size());
      tasks.forEach(task -> task.cancel(true));
    }
  }

  /** Starts work beside this thread; where that cannot be, {@link #join} does it. */
  <T> FutureTask<T> start(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (workers != null) {
      try {
        workers.execute(task);
      } catch (RejectedExecutionException e) {
        return task; // the lake is closing
      }
    }
    return task;
  }

  /** The result of a task, which this thread runs itself unless another has begun. */
  static <T> T join(FutureTask<T> task) throws IOException {
    task.run();
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for bytes of a file");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException failed) {
        throw failed;
      }
      if (cause instanceof RuntimeException failed) {
        throw failed;
      }
      if (cause instanceof Error failed) {
        throw failed;
      }
      throw new IOException(cause);
    }
  }
}
