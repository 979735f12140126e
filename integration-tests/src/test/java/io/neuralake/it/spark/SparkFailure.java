package io.neuralake.it.spark;

/** Spark answered with an error. */
public final class SparkFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String errorClass;

  SparkFailure(String errorClass, String message) {
    super(errorClass + ": " + message);
    this.errorClass = errorClass;
  }

  /** The name of the exception class in Spark's process. */
  public String errorClass() {
    return errorClass;
  }
}
