package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * The table uses a protocol version or a table feature that neuralake cannot read, or cannot write.
 * Nothing was written. Remedy: use an engine that supports the feature that the message names.
 */
public final class UnsupportedTableException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedTableException(String message) {
    super(message);
  }

  public UnsupportedTableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
