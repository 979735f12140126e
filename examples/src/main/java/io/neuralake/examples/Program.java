package io.neuralake.examples;

import io.neuralake.error.NeuralLakeException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;

/** What the examples' {@code main} methods share: exit codes, and errors that people can read. */
final class Program {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_ARGUMENTS = 2;

  /** What a program does. */
  interface Body {
    void run(List<String> args, PrintStream out) throws Exception;
  }

  /** Arguments that make no sense; the message says why. */
  static final class BadArguments extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadArguments(String problem) {
      super(problem);
    }
  }

  private Program() {}

  /**
   * Runs a program.
   *
   * @param usage how it is called
   * @return the exit code: 0, 1 if it failed, 2 if the arguments make no sense
   */
  static int run(String usage, Body body, List<String> args, PrintStream out, PrintStream err) {
    try {
      body.run(args, out);
      return OK;
    } catch (BadArguments e) {
      err.println(e.getMessage());
      err.println("Usage: " + usage);
      return BAD_ARGUMENTS;
    } catch (NeuralLakeException e) {
      // Its message says what to do; a stack trace would only hide it.
      err.println(e.getMessage());
      return FAILED;
    } catch (UncheckedIOException e) {
      // A line of the user's file; its message says which.
      err.println(e.getMessage());
      return FAILED;
    } catch (Exception e) {
      e.printStackTrace(err);
      return FAILED;
    }
  }
}
