package io.neuralake.internal.columnar;

/** Bytes of a Parquet file contradict its format. The reader adds which file it is. */
final class CorruptPageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptPageException(String message) {
    super(message);
  }
}
