package io.neuralake.testkit.contract;

import io.neuralake.lock.CommitFiles;
import java.io.IOException;

/**
 * A log whose calls are counted, each of which can be made to go wrong: before it has an effect, or
 * after it.
 */
final class TroubledLog implements CommitFiles {
  private final CommitFiles log;
  private final Trouble trouble;
  private int calls;

  /** What happens around a call. */
  @FunctionalInterface
  interface Trouble {
    /**
     * May throw or wait.
     *
     * @param call counted from 1
     * @param after whether the call has had its effect
     */
    void at(int call, boolean after) throws IOException;
  }

  /** Stands for the end of the process. */
  static final class Crash extends Error {
    Crash(int call, boolean after) {
      super("crash " + (after ? "after" : "before") + " call " + call);
    }
  }

  TroubledLog(CommitFiles log, Trouble trouble) {
    this.log = log;
    this.trouble = trouble;
  }

  /** Ends the process at one moment. */
  static TroubledLog crashing(CommitFiles log, int atCall, boolean atEnd) {
    return new TroubledLog(
        log,
        (call, after) -> {
          // A dead process does nothing more, whatever its code catches.
          if (call > atCall || (call == atCall && after == atEnd)) {
            throw new Crash(call, after);
          }
        });
  }

  int calls() {
    return calls;
  }

  private interface Call<T> {
    T run() throws IOException;
  }

  private <T> T around(Call<T> call) throws IOException {
    int number = ++calls;
    trouble.at(number, false);
    T result = call.run();
    trouble.at(number, true);
    return result;
  }

  @Override
  public String tableLocation() {
    return log.tableLocation();
  }

  @Override
  public boolean exists(String name) throws IOException {
    return around(() -> log.exists(name));
  }

  @Override
  public byte[] read(String name) throws IOException {
    return around(() -> log.read(name));
  }

  @Override
  public void write(String name, byte[] content) throws IOException {
    around(
        () -> {
          log.write(name, content);
          return true;
        });
  }

  @Override
  public void writeIfAbsent(String name, byte[] content) throws IOException {
    around(
        () -> {
          log.writeIfAbsent(name, content);
          return true;
        });
  }

  @Override
  public void delete(String name) throws IOException {
    around(
        () -> {
          log.delete(name);
          return true;
        });
  }
}
