package io.neuralake.testkit.chaos;

/**
 * What a {@link FaultPlan} does to a call: to a request of an {@link HttpFaultProxy}, or to a
 * method of an interface by {@link FaultPlan#around}.
 */
public enum Trouble {
  /** It takes longer, for a random part of the plan's longest delay. */
  DELAY,
  /** The connection is reset, or an {@link java.io.IOException} thrown; nothing happened. */
  FAIL_BEFORE,
  /**
   * It takes effect, and its answer is lost: to the caller this looks like {@link #FAIL_BEFORE}.
   */
  LOSE_ANSWER,
  /** 503 SlowDown of S3; of a method an {@link java.io.IOException}. Nothing happened. */
  SLOW_DOWN,
  /** 500 InternalError of S3; of a method an {@link java.io.IOException}. Nothing happened. */
  SERVER_ERROR,
  /** DynamoDB's throttling; of a method an {@link java.io.IOException}. Nothing happened. */
  THROTTLE,
  /** The answer breaks off after its headers; of a method the same as {@link #LOSE_ANSWER}. */
  TRUNCATE,
  /** It is done twice, and the second answer counts, as if a sender had lost the first. */
  DUPLICATE;

  /** Whether the caller gets an answer. */
  boolean isAnswered() {
    return this == DELAY || this == DUPLICATE;
  }

  /** Whether it takes effect. */
  boolean takesEffect() {
    return isAnswered() || this == LOSE_ANSWER || this == TRUNCATE;
  }
}
