package io.neuralake.read;

import io.neuralake.error.InvalidRequestException;
import io.neuralake.internal.plan.BatchRun;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a scan as objects, read as they are asked for, in bounded memory. It can be iterated
 * once. At its end it releases what it holds by itself; close it if you stop earlier. Not
 * thread-safe.
 *
 * @param <T> the kind of row
 */
public final class Rows<T> implements Iterable<T>, AutoCloseable {

  private final BatchRun<RowBatch<T>> run;
  private final BufferAllocator ownAllocator;
  private final Supplier<ScanReport> report;
  private @Nullable RowBatch<T> batch;
  private boolean iterated;
  private boolean closed;

  Rows(BatchRun<RowBatch<T>> run, BufferAllocator ownAllocator, Supplier<ScanReport> report) {
    this.run = run;
    this.ownAllocator = ownAllocator;
    this.report = report;
  }

  /**
   * The rows, once.
   *
   * @throws InvalidRequestException if they were asked for before
   */
  @Override
  public Iterator<T> iterator() {
    if (iterated || closed) {
      throw new InvalidRequestException(
          "The rows of a scan can be iterated once; run the scan again for another pass.");
    }
    iterated = true;
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return advance();
      }

      @Override
      public T next() {
        if (!advance()) {
          throw new NoSuchElementException();
        }
        try {
          return Objects.requireNonNull(batch).rows().next();
        } catch (RuntimeException | Error e) {
          closeAfter(e);
          throw e;
        }
      }
    };
  }

  /** The rows as a sequential stream, which closes this when it is closed. */
  public Stream<T> stream() {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(
                iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(this::close);
  }

  private boolean advance() {
    while (!closed && (batch == null || !batch.rows().hasNext())) {
      releaseBatch();
      try {
        batch = run.next();
      } catch (RuntimeException | Error e) {
        closeAfter(e);
        throw e;
      }
      if (batch == null) {
        close();
      }
    }
    return !closed;
  }

  /** Releases everything, so that a scan that failed holds nothing even if nobody closes it. */
  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void releaseBatch() {
    if (batch != null) {
      batch.release();
      batch = null;
    }
  }

  /** What the scan has done so far. */
  public ScanReport report() {
    return report.get();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      try {
        releaseBatch();
        run.close();
      } finally {
        ownAllocator.close();
      }
    }
  }
}
