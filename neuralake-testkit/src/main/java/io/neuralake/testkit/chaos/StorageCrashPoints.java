package io.neuralake.testkit.chaos;

import io.neuralake.testkit.process.CrashPoints.Point;
import io.neuralake.testkit.process.JavaProcess;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Kills a program at each of its storage requests in turn, by SIGKILL, without any help of the
 * program: it works through a {@link HttpFaultProxy}, which holds the request and never lets it
 * through.
 *
 * <pre>{@code
 * List<Point> points =
 *     StorageCrashPoints.enumerate(
 *         bucket.endpoint(),
 *         (number, proxy) ->
 *             JavaProcess.of(Writer.class, bucket.location("table-" + number))
 *                 .environment(bucket.through(proxy).env()),
 *         point -> assertThat(rowsOf("table-" + point.number())).isIn(before, after));
 * }</pre>
 *
 * <p>Requests that the program sends at the same time are held in the order in which they come. A
 * kill after a request took effect leaves what a kill before the next one leaves, so one point per
 * request, and the end of the program, are all there are for a program that sends one at a time.
 * For programs of neuralake's own, {@link io.neuralake.testkit.process.CrashPoints} needs no
 * server.
 */
public final class StorageCrashPoints {
  private static final int MOST_POINTS = 10_000;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final Duration TURN = Duration.ofMillis(20);

  private StorageCrashPoints() {}

  /** Makes the program for a run. */
  @FunctionalInterface
  public interface Program {
    /**
     * Sets a fresh stage.
     *
     * @param number of the request at which it will be killed, from 1
     * @param proxy the address through which it must reach the server
     * @return the program, not started
     * @throws Exception if that fails
     */
    JavaProcess.Builder at(int number, URI proxy) throws Exception;
  }

  /** Checks what a killed program left. */
  @FunctionalInterface
  public interface Afterwards {
    /**
     * Checks it.
     *
     * @param point the request that was held, or {@link Point#END}
     * @throws Exception if something is wrong
     */
    void check(Point point) throws Exception;
  }

  /**
   * Runs and kills the program until it ends by itself.
   *
   * @param server the server's address
   * @param program makes it
   * @param afterwards checks what it left, after each run
   * @return all points, the end included, in order
   * @throws IllegalStateException if the program fails, or does nothing for two minutes
   * @throws Exception if the program cannot be made, or the check fails
   */
  public static List<Point> enumerate(URI server, Program program, Afterwards afterwards)
      throws Exception {
    List<Point> points = new ArrayList<>();
    for (int number = 1; number <= MOST_POINTS; number++) {
      Point point = new Point(number, killedAt(number, server, program));
      points.add(point);
      afterwards.check(point);
      if (point.place().equals(Point.END)) {
        return List.copyOf(points);
      }
    }
    throw new IllegalStateException(
        "The program does more than " + MOST_POINTS + " requests; give it less to do");
  }

  private static String killedAt(int number, URI server, Program program) throws Exception {
    Gate gate = new Gate();
    try (HttpFaultProxy proxy = HttpFaultProxy.inFrontOf(server)) {
      InjectedRule rule = proxy.inject(Rule.when("*", "").nth(number).holdRequest(gate));
      try (JavaProcess process = program.at(number, proxy.endpoint()).start()) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
          if (gate.arrivedWithin(TURN)) {
            process.kill();
            // The proxy is closed with the gate shut: what was held never reaches the server.
            RecordedRequest held = proxy.requests().get(number - 1);
            return held.method() + " " + held.target();
          }
        }
        if (process.waitFor(TURN) != 0) {
          throw new IllegalStateException(
              "The program failed before its request "
                  + number
                  + " of "
                  + rule.matched()
                  + ". It said:\n"
                  + String.join("\n", process.stderr()));
        }
        return Point.END;
      }
    }
  }
}
