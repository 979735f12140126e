package io.neuralake.testkit.chaos;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What goes wrong with a request. Made by the last call of a {@link Rule}, or of a plan's {@link
 * Trouble}.
 */
sealed interface Fault {
  /** How an S3 server says that it is asked too often. */
  Respond SLOW_DOWN =
      new Respond(503, "<Error><Code>SlowDown</Code><Message>Injected.</Message></Error>");

  /** How an S3 server says that it failed. */
  Respond SERVER_ERROR =
      new Respond(500, "<Error><Code>InternalError</Code><Message>Injected.</Message></Error>");

  /** How DynamoDB says that it is asked too often. */
  Respond THROTTLED =
      new Respond(
          400,
          "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException\","
              + "\"message\":\"Injected.\"}");

  /** What a plan's trouble is on the wire. */
  static Fault of(InjectedPlan.Injected injected) {
    return switch (injected.trouble()) {
      case DELAY -> new Delay(injected.delay());
      case FAIL_BEFORE -> new ResetBefore();
      case LOSE_ANSWER -> new DropResponseAfterEffect();
      case SLOW_DOWN -> SLOW_DOWN;
      case SERVER_ERROR -> SERVER_ERROR;
      case THROTTLE -> THROTTLED;
      case TRUNCATE -> new TruncateResponse(0);
      case DUPLICATE -> new DuplicateRequest();
    };
  }

  /** The name under which a fault is recorded. */
  String label();

  record DropResponseAfterEffect() implements Fault {
    @Override
    public String label() {
      return "dropResponseAfterEffect";
    }
  }

  record ResetBefore() implements Fault {
    @Override
    public String label() {
      return "resetBefore";
    }
  }

  record Respond(int status, String body) implements Fault {
    @Override
    public String label() {
      return "respond " + status;
    }
  }

  record Delay(Duration duration) implements Fault {
    @Override
    public String label() {
      return "delay " + duration;
    }
  }

  /** A delay of another length each time; the same lengths for the same seed. */
  record Jitter(Duration shortest, Duration longest, long seed) implements Fault {
    Delay at(long ordinal) {
      long span = longest.minus(shortest).toNanos();
      long more = new SplittableRandom(seed + ordinal).nextLong(span + 1);
      return new Delay(shortest.plusNanos(more));
    }

    @Override
    public String label() {
      return "delay " + shortest + " to " + longest + ", seed " + seed;
    }
  }

  record HoldRequest(Gate gate) implements Fault {
    @Override
    public String label() {
      return "holdRequest";
    }
  }

  record HoldResponse(Gate gate) implements Fault {
    @Override
    public String label() {
      return "holdResponse";
    }
  }

  record DuplicateRequest() implements Fault {
    @Override
    public String label() {
      return "duplicateRequest";
    }
  }

  record TruncateResponse(long bytes) implements Fault {
    @Override
    public String label() {
      return "truncateResponse " + bytes;
    }
  }
}
