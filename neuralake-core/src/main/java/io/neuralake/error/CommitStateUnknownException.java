package io.neuralake.error;

import org.jspecify.annotations.Nullable;

/**
 * The storage did not say whether the commit took effect, and asking again did not settle it. The
 * operation may or may not be visible; its data files were kept. Remedy: look at the table's
 * history before writing the same rows again.
 */
public final class CommitStateUnknownException extends NeuralLakeException {
  private static final long serialVersionUID = 1L;

  public CommitStateUnknownException(String message) {
    super(message);
  }

  public CommitStateUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
