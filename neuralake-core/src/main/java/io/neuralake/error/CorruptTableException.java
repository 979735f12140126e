package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * Files of the table are damaged, missing or not what the Delta protocol allows. Remedy: restore
 * the file that the message names from a backup, or read an older version.
 */
public final class CorruptTableException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public CorruptTableException(String message) {
    super(message);
  }

  public CorruptTableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
