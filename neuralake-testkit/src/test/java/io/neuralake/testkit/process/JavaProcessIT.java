package io.neuralake.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class JavaProcessIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void passesArgumentsEnvironmentAndExitStatus() throws Exception {
    try (JavaProcess echo =
        JavaProcess.of(Programs.Echo.class, "a", "b c")
            .environment(Map.of("NEURALAKE_ECHO", "heard"))
            .jvmArguments("-Decho=yes", "-Xmx64m")
            .start()) {
      assertThat(echo.waitFor(LONG)).isEqualTo(7);
      assertThat(echo.stdout()).containsExactly("out a,b c", "property yes");
      assertThat(echo.stderr()).containsExactly("err heard");
    }
  }

  @Test
  void awaitLineFindsEarlierLinesAndReportsMissingOnes() throws Exception {
    try (JavaProcess echo = JavaProcess.of(Programs.Echo.class, "x").start()) {
      echo.waitFor(LONG);

      assertThat(echo.awaitLine("out (.)", LONG).group(1)).isEqualTo("x");
      assertThatThrownBy(() -> echo.awaitLine("never", LONG))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("ended without printing a line that matches never")
          .hasMessageContaining("stdout| out x");
    }
  }

  @Test
  void failureOfTheMainMethodIsSeen() throws Exception {
    try (JavaProcess failing = JavaProcess.of(Programs.Throws.class).start()) {
      assertThat(failing.waitFor(LONG)).isEqualTo(1);
      assertThat(failing.stderr()).anyMatch(l -> l.contains("broken on purpose"));
    }
  }

  @Test
  void killEndsAtOnce() throws Exception {
    try (JavaProcess child = JavaProcess.of(Programs.Forever.class).start()) {
      child.awaitLine("running", LONG);
      child.kill();

      assertThat(child.isAlive()).isFalse();
      assertThat(child.waitFor(LONG)).isEqualTo(128 + 9);
    }
  }

  @Test
  void waitForReportsAChildThatGoesOn() throws Exception {
    try (JavaProcess child = JavaProcess.of(Programs.Forever.class).start()) {
      child.awaitLine("running", LONG);

      assertThatThrownBy(() -> child.waitFor(Duration.ofMillis(1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("still runs after PT0.001S")
          .hasMessageContaining("stdout| running");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void pauseStopsAndResumeContinues() throws Exception {
    try (JavaProcess child = JavaProcess.of(Programs.Forever.class).start()) {
      child.awaitLine("running", LONG);
      child.pause();
      awaitState(child.pid(), "T", true);
      child.resume();
      awaitState(child.pid(), "T", false);
    }
  }

  @Test
  void closeEndsEvenAPausedChild() throws Exception {
    JavaProcess child = JavaProcess.of(Programs.Forever.class).start();
    child.awaitLine("running", LONG);
    child.pause();
    child.close();

    assertThat(child.isAlive()).isFalse();
    assertThatThrownBy(child::resume)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be sent SIGCONT");
  }

  @Test
  void childEndsWhenItsParentDies() throws Exception {
    try (JavaProcess parent = JavaProcess.of(Programs.DyingParent.class).start()) {
      long pid = Long.parseLong(parent.awaitLine("child (\\d+)", LONG).group(1));
      Optional<ProcessHandle> grandchild = ProcessHandle.of(pid);
      parent.waitFor(LONG);

      if (grandchild.isPresent()) {
        grandchild.get().onExit().get(30, TimeUnit.SECONDS);
      }
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }
  }

  /** A signal has its effect when the kernel next runs the thread. */
  private static void awaitState(long pid, String state, boolean wanted) throws Exception {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (state(pid).equals(state) != wanted) {
      assertThat(System.nanoTime()).as("until state %s is %s", state, wanted).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** The state letter the kernel shows; the name in parentheses before it may hold spaces. */
  private static String state(long pid) throws Exception {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
  }
}
