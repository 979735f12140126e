package io.neuralake.internal.log;

import com.fasterxml.jackson.core.JacksonException;
import io.delta.kernel.exceptions.InvalidTableException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.UnsupportedProtocolVersionException;
import io.delta.kernel.exceptions.UnsupportedTableFeatureException;
import io.neuralake.error.CorruptTableException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.StorageException;
import io.neuralake.error.TableNotFoundException;
import io.neuralake.error.UnsupportedTableException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns what Kernel and the storage throw into the exceptions that neuralake promises. */
public final class KernelErrors {

  private KernelErrors() {}

  /** Runs an action that calls Kernel, and translates what it throws. */
  static <T> T call(String table, String doing, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | AssertionError e) {
      throw translate(table, doing, e);
    }
  }

  /** The neuralake exception for whatever went wrong while {@code doing} something with a table. */
  public static NeuralLakeException translate(String table, String doing, Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof NeuralLakeException known) {
        return known; // Kernel wraps what comes out of our storage
      }
    }
    Throwable io = firstIoCause(error);
    if (io instanceof IOException ioe && !(io instanceof JacksonException)) {
      return translateIo(table, doing, ioe, error);
    }
    if (error instanceof io.delta.kernel.exceptions.TableNotFoundException) {
      return notFound(table, error);
    }
    if (error instanceof UnsupportedTableFeatureException
        || error instanceof UnsupportedProtocolVersionException) {
      return new UnsupportedTableException(
          table
              + ": "
              + error.getMessage()
              + " Use an engine that supports it, or ask the table's owner to drop the feature.",
          error);
    }
    if (error instanceof InvalidTableException) {
      return new CorruptTableException(
          table + ": the log is not a valid Delta log: " + error.getMessage(), error);
    }
    if (error instanceof KernelException && isUnsupported(error)) {
      return new UnsupportedTableException(table + ": " + error.getMessage(), error);
    }
    if (error instanceof UnsupportedOperationException) {
      return new UnsupportedTableException(
          table + ": cannot be read: " + error.getMessage(), error);
    }
    return new CorruptTableException(
        table
            + ": failed while "
            + doing
            + ": "
            + clause(rootCause(error))
            + ". A file of the table is damaged; restore it, or read an older version.",
        error);
  }

  /** The neuralake exception for an I/O error. */
  public static NeuralLakeException translateIo(
      String table, String doing, IOException io, Throwable whole) {
    if (isInterrupt(io)) {
      Thread.currentThread().interrupt();
      return new StorageException(table + ": interrupted while " + doing, whole);
    }
    if (io instanceof AccessDeniedException) {
      return new StorageException(
          table
              + ": the storage refused access while "
              + doing
              + ": "
              + clause(io)
              + ". Check the credentials and their permissions.",
          whole);
    }
    if (io instanceof FileNotFoundException || io instanceof NoSuchFileException) {
      return new CorruptTableException(
          table
              + ": a file that the table needs is missing, found while "
              + doing
              + ": "
              + clause(io)
              + ". It may have been removed by a vacuum; read a newer version, or restore the file.",
          whole);
    }
    if (io instanceof EOFException) {
      return new CorruptTableException(
          table + ": a file is truncated, found while " + doing + ": " + io.getMessage(), whole);
    }
    return new StorageException(
        table
            + ": the storage failed while "
            + doing
            + ": "
            + clause(io)
            + ". Check that it can be reached; the call may be repeated.",
        whole);
  }

  /** Whether a thread was interrupted; a time-out of a socket is of the same class, but is none. */
  public static boolean isInterrupt(Throwable error) {
    Throwable io = firstIoCause(error);
    return io instanceof ClosedByInterruptException
        || (io instanceof InterruptedIOException && !(io instanceof SocketTimeoutException));
  }

  static TableNotFoundException notFound(String table, @Nullable Throwable cause) {
    return new TableNotFoundException(
        table
            + ": there is no Delta table here (no commit in its _delta_log folder). Create it first,"
            + " or correct the location.",
        cause);
  }

  private static boolean isUnsupported(Throwable error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("nsupported") || message.contains("requires");
  }

  private static @Nullable Throwable firstIoCause(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (cause instanceof IOException && !(cause instanceof JacksonException)) {
        return cause;
      }
      if (cause instanceof UncheckedIOException unchecked) {
        cause = unchecked.getCause();
      } else {
        cause = cause.getCause();
      }
    }
    return null;
  }

  private static Throwable rootCause(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause.getCause() != null && depth < 20; depth++) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** A description to be followed by a full stop. */
  private static String clause(Throwable error) {
    String text = describe(error);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static String describe(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
