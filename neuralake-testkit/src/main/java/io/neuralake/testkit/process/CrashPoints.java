package io.neuralake.testkit.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Kills a program at each of its crash points in turn: before each of its storage calls, in a
 * process of its own each time, by SIGKILL.
 *
 * <p>The program says where it can be killed:
 *
 * <pre>{@code
 * CrashPoints.reached("put " + file);
 * storage.put(file, bytes);
 * }</pre>
 *
 * and the test what holds afterwards:
 *
 * <pre>{@code
 * List<CrashPoints.Point> points = CrashPoints.enumerate(1, new CrashPoints.Trial() {
 *   public JavaProcess.Builder program(int number) { ... } // on a fresh copy of the data
 *   public void afterwards(CrashPoints.Point point) { ... } // the table opens, all or nothing
 * });
 * }</pre>
 *
 * <p>A kill right after a call took effect leaves what a kill before the next call leaves, so one
 * point before each call, and the end of the program, are all there are.
 */
public final class CrashPoints {
  private static final String PROPERTY = "neuralake.crash.point";

  /** What a program prints that {@link ProcessChaos} holds; the place follows. */
  static final String HELD_LINE = "crash point held: ";

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** In the program: the point to be killed at; in all other processes none. */
  private static final int TARGET = Integer.getInteger(PROPERTY, Integer.MAX_VALUE);

  private static final AtomicInteger REACHED = new AtomicInteger();

  /** Property with what the place's name must match where {@link ProcessChaos} has its turn. */
  static final String HOLD_PROPERTY = "neuralake.crash.hold";

  /** In the program: the place of {@link ProcessChaos}, which is reached once. */
  private static final @Nullable Pattern HOLD = pattern(System.getProperty(HOLD_PROPERTY));

  private static final AtomicInteger HELD = new AtomicInteger();
  private static final CountDownLatch RELEASED = new CountDownLatch(1);

  private CrashPoints() {}

  /**
   * Where a program was killed.
   *
   * @param number counted from 1
   * @param place what the program called it; {@value #END} once it had ended by itself
   */
  public record Point(int number, String place) {
    /** The place of the last point of each program. */
    public static final String END = "the end";
  }

  /** A program that can be run as often as it has crash points, and what to check each time. */
  public interface Trial {
    /**
     * Sets a fresh stage for a run of the program.
     *
     * @param number of the point at which it will be killed
     * @return the program, not started
     * @throws Exception if that fails
     */
    JavaProcess.Builder program(int number) throws Exception;

    /**
     * Checks what the program left. It was killed, or has ended at the last point.
     *
     * @param point where
     * @throws Exception if that fails
     */
    void afterwards(Point point) throws Exception;
  }

  /**
   * Called by the program where it can be killed. Where its turn is to be killed, this and all
   * later calls, of any thread, never return; where {@link ProcessChaos} waits for it, this call
   * returns when that says so; without a driver it does nothing. Thread-safe.
   *
   * @param place what comes next
   */
  public static void reached(String place) {
    if (HOLD != null && HOLD.matcher(place).find() && HELD.incrementAndGet() == 1) {
      System.out.println(HELD_LINE + place);
      System.out.flush();
      awaitRelease();
    }
    if (TARGET == Integer.MAX_VALUE) {
      return;
    }
    int number = REACHED.incrementAndGet();
    if (number < TARGET) {
      return;
    }
    if (number == TARGET) {
      System.out.println(announcement(number) + place);
      System.out.flush();
    }
    while (true) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        // Only the kill ends it.
      }
    }
  }

  private static @Nullable Pattern pattern(@Nullable String regex) {
    return regex == null ? null : Pattern.compile(regex);
  }

  private static void awaitRelease() {
    boolean interrupted = false;
    while (RELEASED.getCount() > 0) {
      try {
        RELEASED.await();
      } catch (InterruptedException e) {
        interrupted = true; // a pause is nothing that an interrupt could end
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** In the program: its parent lets it go on. */
  static void release() {
    RELEASED.countDown();
  }

  /**
   * Runs and kills the program until it ends by itself.
   *
   * @param ahead how many further runs are started before the one at hand is checked, 0 for none
   * @param trial the program
   * @return all points, the end included, in order
   * @throws IllegalStateException if the program fails before its point, or hangs
   * @throws Exception if the trial fails
   */
  public static List<Point> enumerate(int ahead, Trial trial) throws Exception {
    List<Point> points = new ArrayList<>();
    Deque<JavaProcess> started = new ArrayDeque<>();
    int next = 1;
    try {
      while (true) {
        while (started.size() <= ahead) {
          JavaProcess.Builder program = trial.program(next);
          started.add(program.jvmArguments("-D" + PROPERTY + "=" + next).start());
          next++;
        }
        int number = points.size() + 1;
        Optional<String> place;
        try (JavaProcess program = started.remove()) {
          place = placeReachedBy(program, number);
          program.kill();
        }
        Point point = new Point(number, place.orElse(Point.END));
        points.add(point);
        trial.afterwards(point);
        if (place.isEmpty()) {
          return List.copyOf(points);
        }
      }
    } finally {
      started.forEach(JavaProcess::close);
    }
  }

  private static String announcement(int number) {
    return "crash point " + number + ": ";
  }

  /** Where the program waits to be killed; empty if it has ended well. */
  private static Optional<String> placeReachedBy(JavaProcess program, int number)
      throws InterruptedException {
    try {
      return Optional.of(program.awaitLine("^" + announcement(number) + "(.*)$", LONGEST).group(1));
    } catch (IllegalStateException e) {
      if (endsWell(program)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean endsWell(JavaProcess program) throws InterruptedException {
    try {
      return program.waitFor(Duration.ofSeconds(10)) == 0;
    } catch (IllegalStateException e) {
      return false; // it hangs
    }
  }
}
