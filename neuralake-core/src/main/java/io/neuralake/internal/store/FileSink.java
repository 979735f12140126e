package io.neuralake.internal.store;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A file being written. Not thread-safe. {@link #close()} publishes it; {@link #abort()} drops it,
 * and a later {@code close()} then does nothing. A failed {@code close()} leaves nothing visible,
 * or a complete file.
 */
public abstract class FileSink extends OutputStream {

  /** Bytes written so far. */
  public abstract long position();

  /** Drops the file. Never throws; leftovers are logged. Idempotent; does nothing after close. */
  public abstract void abort();

  @Override
  public abstract void close() throws IOException;
}
