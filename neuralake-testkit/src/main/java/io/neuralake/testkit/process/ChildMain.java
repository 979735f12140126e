package io.neuralake.testkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * What a {@link JavaProcess} really starts: it runs the main class named by its first argument and
 * ends the JVM when the parent is gone.
 *
 * <p>The parent holds the other end of standard input. A byte on it means that a thread held at a
 * crash point goes on. The operating system closes that end however the parent dies, SIGKILL
 * included, so no child is left behind.
 */
final class ChildMain {
  /** Exit status of a child that ended because its parent did. */
  static final int PARENT_GONE = 113;

  private ChildMain() {}

  /**
   * Runs a main class.
   *
   * @param args the name of the main class, then its arguments
   * @throws Throwable what the main method throws
   */
  public static void main(String[] args) throws Throwable {
    InputStream parent = System.in;
    Thread watch = new Thread(() -> endWith(parent), "neuralake-parent-watch");
    watch.setDaemon(true);
    watch.start();
    Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static void endWith(InputStream parent) {
    try {
      while (parent.read() >= 0) {
        CrashPoints.release();
      }
    } catch (IOException e) {
      // A broken pipe says the same as its end.
    }
    System.exit(PARENT_GONE);
  }
}
