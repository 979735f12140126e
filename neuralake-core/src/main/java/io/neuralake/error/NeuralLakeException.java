package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of every exception that neuralake throws on purpose. It is unchecked; its subclasses say
 * what the caller can do about the problem:
 *
 * <ul>
 *   <li>{@link InvalidRequestException}: fix the request; nothing was written.
 *   <li>{@link TableNotFoundException}: create the table, or correct the location.
 *   <li>{@link UnsupportedTableException}: use an engine that knows the table feature that is
 *       named.
 *   <li>{@link CommitConflictException}: another writer won; read again and recompute.
 *   <li>{@link CommitStateUnknownException}: look at the table before writing again.
 *   <li>{@link CorruptTableException}: files of the table are damaged or missing.
 *   <li>{@link StorageException}: the storage failed or refused; retry, or fix endpoint or
 *       credentials.
 * </ul>
 *
 * <p>A message begins with the location of the table (and the version where one is known) and gives
 * problem, cause and remedy. Credentials never appear in it.
 */
public class NeuralLakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NeuralLakeException(String message) {
    super(message);
  }

  public NeuralLakeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
