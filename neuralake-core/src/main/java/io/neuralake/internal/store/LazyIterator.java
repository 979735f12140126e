package io.neuralake.internal.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** An iterator that looks for its next element only when asked. */
abstract class LazyIterator<T> implements Iterator<T> {
  private @Nullable T next;
  private boolean done;

  /** The next element; null at the end. */
  abstract @Nullable T advance() throws IOException;

  @Override
  public final boolean hasNext() {
    if (next == null && !done) {
      try {
        next = advance();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      done = next == null;
    }
    return next != null;
  }

  @Override
  public final T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T result = next;
    next = null;
    if (result == null) {
      throw new NoSuchElementException();
    }
    return result;
  }
}
