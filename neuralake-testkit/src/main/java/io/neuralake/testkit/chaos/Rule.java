package io.neuralake.testkit.chaos;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Which requests of an {@link HttpFaultProxy} go wrong, and how.
 *
 * <pre>{@code
 * proxy.inject(Rule.when("PUT", "_delta_log/.*\\.json").nth(3).dropResponseAfterEffect());
 * proxy.inject(Rule.when("GET", "\\.parquet$").every(10).respond(503, slowDown));
 * }</pre>
 *
 * <p>A rule is an immutable value; what it has counted belongs to the {@link InjectedRule} that
 * {@link HttpFaultProxy#inject} returns.
 */
public final class Rule {
  private final String method;
  private final Pattern target;
  private final Selection selection;
  private final Fault fault;

  private Rule(String method, Pattern target, Selection selection, Fault fault) {
    this.method = method;
    this.target = target;
    this.selection = selection;
    this.fault = fault;
  }

  /**
   * Starts a rule for all requests of one kind.
   *
   * @param method the HTTP method, or {@code *} for any
   * @param targetRegex what must be found in the raw path and query, for example {@code \.json$}
   * @return the requests meant, to be narrowed or given a fault
   */
  public static Match when(String method, String targetRegex) {
    return new Match(method, Pattern.compile(targetRegex), Selection.ALL);
  }

  boolean matches(String requestMethod, String requestTarget) {
    return (method.equals("*") || method.equals(requestMethod))
        && target.matcher(requestTarget).find();
  }

  boolean selects(long ordinal) {
    return selection.includes(ordinal);
  }

  Fault fault() {
    return fault;
  }

  @Override
  public String toString() {
    return method + " " + target + " " + selection + ": " + fault.label();
  }

  /** Which of the matching requests, counted from 1, are meant. */
  private record Selection(String kind, long k) {
    static final Selection ALL = new Selection("every", 1);

    boolean includes(long ordinal) {
      return switch (kind) {
        case "nth" -> ordinal == k;
        case "first" -> ordinal <= k;
        default -> ordinal % k == 0;
      };
    }

    @Override
    public String toString() {
      return kind + "(" + k + ")";
    }
  }

  /** Requests that a rule is about. Immutable. */
  public static final class Match {
    private final String method;
    private final Pattern target;
    private final Selection selection;

    private Match(String method, Pattern target, Selection selection) {
      this.method = method;
      this.target = target;
      this.selection = selection;
    }

    /**
     * Means only one matching request.
     *
     * @param k which, counted from 1 since the rule was injected
     * @return the request meant
     * @throws IllegalArgumentException if it is below 1
     */
    public Match nth(long k) {
      return select("nth", k);
    }

    /**
     * Means only the first matching requests.
     *
     * @param k how many
     * @return the requests meant
     * @throws IllegalArgumentException if it is below 1
     */
    public Match first(long k) {
      return select("first", k);
    }

    /**
     * Means every k-th matching request.
     *
     * @param k the distance; 1 means all
     * @return the requests meant
     * @throws IllegalArgumentException if it is below 1
     */
    public Match every(long k) {
      return select("every", k);
    }

    private Match select(String kind, long k) {
      if (k < 1) {
        throw new IllegalArgumentException(
            "Requests are counted from 1, so " + kind + "(" + k + ") means none; use 1 or more");
      }
      return new Match(method, target, new Selection(kind, k));
    }

    /**
     * Lets the server do its work, reads its answer and resets the client's connection: the client
     * cannot know whether its request took effect. It did.
     *
     * @return the rule
     */
    public Rule dropResponseAfterEffect() {
      return with(new Fault.DropResponseAfterEffect());
    }

    /**
     * Resets the client's connection before the server sees the request. To the client this looks
     * the same as {@link #dropResponseAfterEffect()}, but nothing happened.
     *
     * @return the rule
     */
    public Rule resetBefore() {
      return with(new Fault.ResetBefore());
    }

    /**
     * Answers in place of the server, which does not see the request.
     *
     * @param status the HTTP status, 200 to 599
     * @param body the body in UTF-8, JSON if it begins with a brace and XML if not
     * @return the rule
     * @throws IllegalArgumentException if the status is not a final one
     */
    public Rule respond(int status, String body) {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("Not the status of a final response: " + status);
      }
      return with(new Fault.Respond(status, body));
    }

    /**
     * Passes the request on only after some time, as measured by the proxy's {@link Delayer}.
     *
     * @param duration how long
     * @return the rule
     */
    public Rule delay(Duration duration) {
      return with(new Fault.Delay(duration));
    }

    /**
     * Like {@link #delay(Duration)}, but each time another time long.
     *
     * @param shortest the shortest time
     * @param longest the longest time
     * @param seed decides the lengths; the same for the same seed
     * @return the rule
     * @throws IllegalArgumentException if the longest is shorter than the shortest
     */
    public Rule delay(Duration shortest, Duration longest, long seed) {
      if (longest.compareTo(shortest) < 0) {
        throw new IllegalArgumentException(
            "A delay cannot be " + shortest + " at least and " + longest + " at most");
      }
      return with(new Fault.Jitter(shortest, longest, seed));
    }

    /**
     * Answers 503 SlowDown in place of the server, as S3 does to those who ask too often.
     *
     * @return the rule
     */
    public Rule slowDown() {
      return with(Fault.SLOW_DOWN);
    }

    /**
     * Answers 500 InternalError in place of the server, as S3 does.
     *
     * @return the rule
     */
    public Rule serverError() {
      return with(Fault.SERVER_ERROR);
    }

    /**
     * Answers ProvisionedThroughputExceededException in place of the server, as DynamoDB does.
     *
     * @return the rule
     */
    public Rule throttled() {
      return with(Fault.THROTTLED);
    }

    /**
     * Holds the request at a gate before the server sees it.
     *
     * @param gate the gate
     * @return the rule
     */
    public Rule holdRequest(Gate gate) {
      return with(new Fault.HoldRequest(gate));
    }

    /**
     * Holds the answer at a gate: the request has taken effect, the client does not know yet.
     *
     * @param gate the gate
     * @return the rule
     */
    public Rule holdResponse(Gate gate) {
      return with(new Fault.HoldResponse(gate));
    }

    /**
     * Sends the request to the server twice, one after the other, and gives the client the second
     * answer, as a sender does that lost the first. The body is held in memory meanwhile.
     *
     * @return the rule
     */
    public Rule duplicateRequest() {
      return with(new Fault.DuplicateRequest());
    }

    /**
     * Passes on the answer's headers and the beginning of its body, then resets the connection.
     *
     * @param bytes how much of the body
     * @return the rule
     * @throws IllegalArgumentException if it is negative
     */
    public Rule truncateResponse(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("A response cannot be cut at " + bytes + " bytes");
      }
      return with(new Fault.TruncateResponse(bytes));
    }

    private Rule with(Fault fault) {
      return new Rule(method, target, selection, fault);
    }
  }
}
