package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * Another writer committed a change that this operation does not tolerate, or too many commits won
 * in a row. Nothing of this operation is visible. Remedy: read the table again and repeat the
 * operation.
 */
public final class CommitConflictException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public CommitConflictException(String message) {
    super(message);
  }

  public CommitConflictException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
