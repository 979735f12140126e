package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/** There is no Delta table at the location. Remedy: create it, or correct the location. */
public final class TableNotFoundException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public TableNotFoundException(String message) {
    super(message);
  }

  public TableNotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
