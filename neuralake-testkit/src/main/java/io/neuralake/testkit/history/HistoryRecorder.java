package io.neuralake.testkit.history;

import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.testkit.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Records operations of concurrent clients, of threads of one process or, told afterwards with
 * {@link #record}, of several.
 *
 * <pre>{@code
 * recorder.run("w1", List.of(new Step.Append("x", 5)), steps -> { append(5); return steps; });
 * recorder.run("r1", List.of(new Step.Read("x", List.of())), steps -> List.of(readX()));
 * Verdict verdict = StrictSerializability.check(recorder.operations());
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class HistoryRecorder {
  private final List<Operation> done = new ArrayList<>();
  private final LongSupplier clock;

  /** Does what the steps say. */
  @FunctionalInterface
  public interface Action {
    /**
     * Takes effect once.
     *
     * @param steps what to do
     * @return the same steps, with what was read
     * @throws CommitStateUnknownException if it may or may not have taken effect
     * @throws NeuralLakeException if it has not
     * @throws Exception if anything else happens, which counts as unknown
     */
    List<Step> run(List<Step> steps) throws Exception;
  }

  /** An empty history of one process, whose moments are counted. */
  public HistoryRecorder() {
    this(new AtomicLong()::incrementAndGet);
  }

  /**
   * An empty history.
   *
   * @param clock never goes back; of several processes whose histories are put together, the same
   */
  public HistoryRecorder(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Runs an operation and records its outcome.
   *
   * @return the outcome
   */
  public Outcome run(String client, List<Step> steps, Action action) {
    long invoked = clock.getAsLong();
    List<Step> result = steps;
    Outcome outcome = Outcome.UNKNOWN;
    try {
      result = action.run(steps);
      outcome = Outcome.OK;
    } catch (CommitStateUnknownException e) {
      outcome = Outcome.UNKNOWN;
    } catch (NeuralLakeException e) {
      outcome = Outcome.FAIL;
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
    record(client, result, outcome, invoked, Math.max(invoked + 1, clock.getAsLong()));
    return outcome;
  }

  /**
   * Records an operation that took place elsewhere, in another process for example. All operations
   * of a history must then be told so, on one clock.
   */
  public synchronized void record(
      String client, List<Step> steps, Outcome outcome, long invoked, long returned) {
    done.add(new Operation(done.size(), client, steps, outcome, invoked, returned));
  }

  /** All operations recorded so far. */
  public synchronized List<Operation> operations() {
    return List.copyOf(done);
  }
}
