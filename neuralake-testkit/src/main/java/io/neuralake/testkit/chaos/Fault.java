package io.neuralake.testkit.chaos;

import java.time.Duration;

/** What goes wrong with a request. Made by the last call of a {@link Rule}. */
sealed interface Fault {
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
