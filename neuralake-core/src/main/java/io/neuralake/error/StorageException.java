package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * The storage failed, refused, or could not be reached. Remedy: check endpoint, credentials and
 * permissions; transient failures may be retried.
 */
public final class StorageException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message) {
    super(message);
  }

  public StorageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
