package io.neuralake.testkit.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program in a JVM of its own that is paused and killed at moments of one's choice: after a time,
 * at a line that it prints, at a {@linkplain CrashPoints#reached crash point} by name.
 *
 * <pre>{@code
 * try (JavaProcess writer =
 *     ProcessChaos.of(JavaProcess.of(Writer.class, location).environment(env))
 *         .atLine("committed 3").pauseFor(Duration.ofSeconds(20)) // its lease runs out
 *         .atPoint("put .*json").kill()
 *         .run()) {
 *   assertThat(writer.stdout()).contains("committed 3").doesNotContain("committed 4");
 * }
 * }</pre>
 *
 * <p>A pause is SIGSTOP and SIGCONT, a kill SIGKILL: no shutdown hook runs, nothing is flushed.
 * Steps are taken one after the other; a line counts wherever in the output it stands, so each step
 * that waits for one needs a line of its own. Not thread-safe.
 */
public final class ProcessChaos {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final JavaProcess.Builder program;
  private final List<Step> steps = new ArrayList<>();
  private Duration patience = LONGEST;
  private boolean hasPoint;

  /** When. */
  @FunctionalInterface
  private interface Moment {
    void await(JavaProcess process, Duration longest) throws IOException, InterruptedException;
  }

  /** What. */
  @FunctionalInterface
  private interface Action {
    void on(JavaProcess process) throws IOException, InterruptedException;
  }

  private record Step(Moment moment, Action action, boolean held) {}

  private ProcessChaos(JavaProcess.Builder program) {
    this.program = program;
  }

  /**
   * Plans a run of a program.
   *
   * @param program the program, not started
   * @return a plan without any step
   */
  public static ProcessChaos of(JavaProcess.Builder program) {
    return new ProcessChaos(program);
  }

  /**
   * Says how long a step may wait for its line or point; two minutes unless told.
   *
   * @param longest the longest wait
   * @return this plan
   */
  public ProcessChaos patience(Duration longest) {
    patience = longest;
    return this;
  }

  /**
   * The next step comes some time after the one before, or after the start.
   *
   * @param time how long
   * @return what to do then
   */
  public Then after(Duration time) {
    return new Then((process, longest) -> TimeUnit.NANOSECONDS.sleep(time.toNanos()), false);
  }

  /**
   * The next step comes when the program has printed a line.
   *
   * @param regex what must be found in a line of standard output
   * @return what to do then
   */
  public Then atLine(String regex) {
    return new Then((process, longest) -> process.awaitLine(regex, longest), false);
  }

  /**
   * The next step comes where the program reaches a crash point for the first time; the thread that
   * does waits there until the step is done.
   *
   * @param regex what must be found in the name given to {@link CrashPoints#reached}
   * @return what to do then
   * @throws IllegalStateException if this plan has such a step already; a program has one
   */
  public Then atPoint(String regex) {
    if (hasPoint) {
      throw new IllegalStateException(
          "A program is held at one crash point only, and this plan has one already; use atLine for"
              + " the others");
    }
    hasPoint = true;
    program.jvmArguments("-D" + CrashPoints.HOLD_PROPERTY + "=" + regex);
    String line = "^" + Pattern.quote(CrashPoints.HELD_LINE);
    return new Then((process, longest) -> process.awaitLine(line, longest), true);
  }

  /**
   * Starts the program and takes all steps.
   *
   * @return the program; it runs on unless a step has killed it, and {@link JavaProcess#close} ends
   *     it
   * @throws IllegalStateException if a line or point does not come; the message holds what the
   *     program printed
   * @throws IOException if it cannot be started, or has ended before it could be paused
   * @throws InterruptedException if the thread is interrupted; the program is killed
   */
  public JavaProcess run() throws IOException, InterruptedException {
    JavaProcess process = program.start();
    boolean done = false;
    try {
      for (Step step : steps) {
        step.moment().await(process, patience);
        step.action().on(process);
        if (step.held() && process.isAlive()) {
          process.release();
        }
      }
      done = true;
      return process;
    } finally {
      if (!done) {
        process.close();
      }
    }
  }

  /** What happens at a moment. */
  public final class Then {
    private final Moment moment;
    private final boolean held;

    private Then(Moment moment, boolean held) {
      this.moment = moment;
      this.held = held;
    }

    /**
     * Kills the program (SIGKILL) and waits until it is gone.
     *
     * @return the plan
     */
    public ProcessChaos kill() {
      return then(JavaProcess::kill);
    }

    /**
     * Stops the program (SIGSTOP), all of its threads, for some time, and lets it go on.
     *
     * @param time how long
     * @return the plan
     */
    public ProcessChaos pauseFor(Duration time) {
      return pauseWhile(() -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    }

    /**
     * Stops the program (SIGSTOP), all of its threads, while something else happens, and lets it go
     * on.
     *
     * @param meanwhile what happens
     * @return the plan
     */
    public ProcessChaos pauseWhile(Meanwhile meanwhile) {
      return then(
          process -> {
            process.pause();
            meanwhile.happens();
            process.resume();
          });
    }

    private ProcessChaos then(Action action) {
      steps.add(new Step(moment, action, held));
      return ProcessChaos.this;
    }
  }

  /** What happens while a program is paused. */
  @FunctionalInterface
  public interface Meanwhile {
    /**
     * Does it.
     *
     * @throws IOException if that fails; the program is killed
     * @throws InterruptedException if the thread is interrupted; the program is killed
     */
    void happens() throws IOException, InterruptedException;
  }
}
