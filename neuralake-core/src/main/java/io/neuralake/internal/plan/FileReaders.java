package io.neuralake.internal.plan;

import io.neuralake.error.StorageException;
import io.neuralake.internal.log.KernelErrors;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Workers that read files ahead of who takes their batches, each one file at a time, at most two
 * batches each.
 *
 * @param <F> what a file is known by
 * @param <B> what the batches become
 */
final class FileReaders<F, B> {

  private static final int BATCHES_PER_WORKER = 2;

  /** Reads a file until its end, or until nobody wants its batches any more. */
  interface Read<F, B> {
    void into(F file, BatchQueue<B> queue) throws InterruptedException, IOException;
  }

  private final String table;
  private final Supplier<? extends @Nullable F> files;
  private final Read<F, B> read;

  private FileReaders(String table, Supplier<? extends @Nullable F> files, Read<F, B> read) {
    this.table = table;
    this.files = files;
    this.read = read;
  }

  /**
   * Begins to read.
   *
   * @param files the next file, null after the last; asked by one worker at a time
   * @param release frees batches that nobody takes
   * @return to be closed, which ends the workers
   */
  static <F, B> BatchQueue<B> start(
      String table,
      Executor workers,
      int parallelism,
      Supplier<? extends @Nullable F> files,
      Read<F, B> read,
      Consumer<? super B> release) {
    FileReaders<F, B> readers = new FileReaders<>(table, files, read);
    BatchQueue<B> queue = new BatchQueue<>(parallelism * BATCHES_PER_WORKER, parallelism, release);
    for (int i = 0; i < parallelism; i++) {
      try {
        workers.execute(() -> readers.work(queue));
      } catch (RuntimeException e) { // the lake is closing
        for (int missing = i; missing < parallelism; missing++) {
          queue.done(e);
        }
        break;
      }
    }
    return queue;
  }

  private void work(BatchQueue<B> into) {
    Throwable failure = null;
    try {
      for (F file = next(); file != null && into.isOpen(); file = next()) {
        read.into(file, into);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new StorageException(table + ": the readers of files were interrupted.", e);
    } catch (IOException e) {
      failure = KernelErrors.translate(table, "working on files", e);
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    into.done(failure);
  }

  /** The lock is held while files are looked for, so that none is read twice. */
  private synchronized @Nullable F next() {
    return files.get();
  }
}
