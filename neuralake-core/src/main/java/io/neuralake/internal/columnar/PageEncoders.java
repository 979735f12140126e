package io.neuralake.internal.columnar;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the pages of all columns of a file, with the help of a worker where that pays: the
 * columns of an append of a thousand rows take longer to compress than a thread to wake. A worker
 * that comes too late finds nothing to do; nobody waits for it. Not thread-safe.
 */
final class PageEncoders {
  /** Values for which a worker is asked. */
  private static final long WORTH_HELP = 4_096;

  private final WriteSpec spec;
  private final @Nullable Executor workers;
  private final PageEncoder own;
  private @Nullable PageEncoder helpers;

  /** With workers to ask for help, or null. */
  PageEncoders(WriteSpec spec, @Nullable Executor workers) {
    this.spec = spec;
    this.workers = workers;
    this.own = new PageEncoder(spec);
  }

  /** That of the thread that writes. */
  PageEncoder own() {
    return own;
  }

  /** Ends the pages that are being filled, of some rows each. */
  void endPages(List<ColumnChunk> chunks, long rows) throws IOException {
    AtomicInteger next = new AtomicInteger();
    FutureTask<Boolean> help =
        workers == null || rows * chunks.size() < WORTH_HELP
            ? null
            : help(chunks, next, workers, helpers());
    try {
      encode(chunks, next, own);
    } finally {
      if (help != null) {
        await(help);
      }
    }
  }

  private PageEncoder helpers() {
    PageEncoder encoder = helpers;
    if (encoder == null) {
      encoder = new PageEncoder(spec);
      helpers = encoder;
    }
    return encoder;
  }

  private static @Nullable FutureTask<Boolean> help(
      List<ColumnChunk> chunks, AtomicInteger next, Executor workers, PageEncoder encoder) {
    FutureTask<Boolean> help = new FutureTask<>(() -> encode(chunks, next, encoder));
    try {
      workers.execute(help);
      return help;
    } catch (RejectedExecutionException e) {
      return null; // the lake is closing
    }
  }

  private static boolean encode(List<ColumnChunk> chunks, AtomicInteger next, PageEncoder encoder)
      throws IOException {
    for (int i = next.getAndIncrement(); i < chunks.size(); i = next.getAndIncrement()) {
      chunks.get(i).endPage(encoder);
    }
    return true;
  }

  /** Waits through interrupts: what the worker is at must not be freed or written meanwhile. */
  private static void await(FutureTask<Boolean> help) throws IOException {
    help.run(); // finds nothing left to do unless a worker has begun, and then does nothing
    boolean interrupted = false;
    try {
      while (true) {
        try {
          help.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Frees native memory. */
  void close() {
    own.close();
    if (helpers != null) {
      helpers.close();
    }
  }
}
