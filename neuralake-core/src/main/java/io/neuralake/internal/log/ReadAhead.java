package io.neuralake.internal.log;

import io.neuralake.internal.store.FileInfo;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files that are wanted soon beside each other, a few and a few mebibytes at a time.
 * Thread-safe.
 */
final class ReadAhead {

  private static final int MOST_FILES = 8;
  private static final long MOST_BYTES = 4L << 20;

  /** Fetches a file whole. */
  interface Fetch {
    byte[] fetch(FileInfo file) throws IOException;
  }

  private record Begun(FileInfo file, FutureTask<byte[]> content) {}

  private final Executor workers;
  private final Fetch fetch;
  private final Map<String, Begun> begun = new HashMap<>();
  private final Deque<FileInfo> coming = new ArrayDeque<>();
  private long bytes;

  ReadAhead(Executor workers, Fetch fetch) {
    this.workers = workers;
    this.fetch = fetch;
  }

  /** Begins to fetch files, of which the first is wanted first. */
  synchronized void expect(Collection<FileInfo> files) {
    coming.clear();
    files.stream().filter(file -> !begun.containsKey(file.location())).forEach(coming::add);
    begin();
  }

  private synchronized void begin() {
    while (!coming.isEmpty()
        && begun.size() < MOST_FILES
        && (begun.isEmpty() || bytes + coming.element().size() <= MOST_BYTES)) {
      FileInfo file = coming.remove();
      FutureTask<byte[]> content = new FutureTask<>(() -> fetch.fetch(file));
      begun.put(file.location(), new Begun(file, content));
      bytes += file.size();
      try {
        workers.execute(content);
      } catch (RejectedExecutionException e) {
        coming.clear(); // closing; who asks for the file fetches it
      }
    }
  }

  /**
   * The content of a file, waiting for it if it is on its way.
   *
   * @return null if it was not expected, or its worker was told to end
   */
  byte @Nullable [] take(String location) throws IOException {
    Begun taken;
    synchronized (this) {
      taken = begun.remove(location);
      if (taken == null) {
        coming.removeIf(file -> file.location().equals(location));
        return null;
      }
      bytes -= taken.file().size();
      begin();
    }
    taken.content().run(); // does nothing if a worker has begun: no wait for a busy pool
    try {
      return taken.content().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure && !KernelErrors.isInterrupt(failure)) {
        throw failure;
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(location + ": interrupted while waiting for its content");
    }
  }
}
