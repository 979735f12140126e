package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * The request cannot be carried out as it stands: a schema that does not fit, a bad row, a value
 * out of range, a refused setting. Nothing was written. Remedy: fix the request.
 */
public final class InvalidRequestException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public InvalidRequestException(String message) {
    super(message);
  }

  public InvalidRequestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
