package io.neuralake.testkit.process;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Main classes for the tests. */
final class Programs {
  private Programs() {}

  static final class Echo {
    public static void main(String[] args) {
      System.out.println("out " + String.join(",", args));
      System.err.println("err " + System.getenv("NEURALAKE_ECHO"));
      System.out.println("property " + System.getProperty("echo"));
      System.exit(7);
    }
  }

  static final class Forever {
    public static void main(String[] args) throws InterruptedException {
      System.out.println("running");
      new CountDownLatch(1).await();
    }
  }

  static final class Throws {
    public static void main(String[] args) {
      if (args.length == 0) {
        throw new IllegalStateException("broken on purpose");
      }
    }
  }

  /** Starts a grandchild, tells its id and kills itself without any clean-up. */
  static final class DyingParent {
    public static void main(String[] args) throws Exception {
      JavaProcess child = JavaProcess.of(Forever.class).start();
      child.awaitLine("running", java.time.Duration.ofSeconds(30));
      System.out.println("child " + child.pid());
      Runtime.getRuntime().halt(1);
    }
  }

  /** Writes three letters to a file; fails after the one that it is told. */
  static final class Letters {
    public static void main(String[] args) throws Exception {
      for (String letter : List.of("a", "b", "c")) {
        CrashPoints.reached("write " + letter);
        Files.writeString(Path.of(args[0]), letter, CREATE, APPEND);
        if (letter.equals(args[1])) {
          throw new IllegalStateException("broken on purpose");
        }
      }
    }
  }
}
