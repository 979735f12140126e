package io.neuralake.testkit.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A main class running in a JVM of its own, on the class path of this one.
 *
 * <p>Tests use it where threads are not enough: a writer that is killed in the middle of a commit,
 * one that is stopped while its lease runs out, two that have no lock in common.
 *
 * <pre>{@code
 * try (JavaProcess writer = JavaProcess.of(Writer.class, "s3://lab/signals").environment(env).start()) {
 *   writer.awaitLine("committed 3", Duration.ofSeconds(20));
 *   writer.kill();
 * }
 * }</pre>
 *
 * <p>A child never outlives the test: {@link #close()} kills it, so does the end of this JVM, and
 * it ends by itself when this JVM is killed. For the last of these the child's standard input
 * belongs to the kit; the program cannot read it. Both output streams are read all the time, and
 * the newest 50,000 lines of each are kept.
 *
 * <p>Thread-safe. Pausing and killing use POSIX signals, so they need Linux or macOS.
 */
public final class JavaProcess implements AutoCloseable {
  private static final Duration REAP_TIMEOUT = Duration.ofSeconds(30);
  private static final Set<JavaProcess> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> LIVE.forEach(child -> child.process.destroyForcibly()),
                "neuralake-child-reaper"));
  }

  private final String mainClass;
  private final Process process;
  private final OutputLines stdout;
  private final OutputLines stderr;

  private JavaProcess(String mainClass, Process process) {
    this.mainClass = mainClass;
    this.process = process;
    String name = "neuralake-child-" + process.pid();
    stdout = new OutputLines(process.getInputStream(), name + "-stdout");
    stderr = new OutputLines(process.getErrorStream(), name + "-stderr");
    LIVE.add(this);
    var unused = process.onExit().thenRun(() -> LIVE.remove(this));
  }

  /**
   * Describes a child that runs a main class; {@link Builder#start()} starts it.
   *
   * @param mainClass a class with {@code static void main(String[])}, of any visibility
   * @param arguments what its main method receives
   * @return a builder
   */
  public static Builder of(Class<?> mainClass, String... arguments) {
    return new Builder(mainClass.getName(), List.of(arguments));
  }

  /**
   * Like {@link #of}, for a main class that is not on this JVM's class path; see {@link
   * Builder#classPath}.
   *
   * @param mainClass the name of a class with {@code static void main(String[])}
   * @param arguments what its main method receives
   * @return a builder
   */
  public static Builder named(String mainClass, String... arguments) {
    return new Builder(mainClass, List.of(arguments));
  }

  /**
   * Returns the operating system's id of the child.
   *
   * @return the process id
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Says whether the child runs; a paused one does.
   *
   * @return true until it has ended
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Returns the lines printed to standard output so far, newest 50,000 at most.
   *
   * @return an immutable copy
   */
  public List<String> stdout() {
    return stdout.snapshot();
  }

  /**
   * Returns the lines printed to standard error so far, newest 50,000 at most.
   *
   * @return an immutable copy
   */
  public List<String> stderr() {
    return stderr.snapshot();
  }

  /**
   * Waits for a line of standard output; lines printed before the call count.
   *
   * @param regex what must be found in the line
   * @param timeout the longest wait
   * @return the match, for its groups
   * @throws IllegalStateException if the child ended or the time passed without such a line; the
   *     message holds what the child printed
   * @throws InterruptedException if the thread is interrupted
   */
  public Matcher awaitLine(String regex, Duration timeout) throws InterruptedException {
    try {
      return stdout
          .await(Pattern.compile(regex), timeout)
          .orElseThrow(() -> failure("ended without printing a line that matches " + regex));
    } catch (TimeoutException e) {
      throw failure("printed no line that matches " + regex + " within " + timeout);
    }
  }

  /**
   * Waits for the child to end and for its output to be read.
   *
   * @param timeout the longest wait
   * @return its exit status; 128 and more means ended by a signal
   * @throws IllegalStateException if it still runs then; the message holds what the child printed
   * @throws InterruptedException if the thread is interrupted
   */
  public int waitFor(Duration timeout) throws InterruptedException {
    if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      throw failure("still runs after " + timeout);
    }
    stdout.awaitEnd(REAP_TIMEOUT);
    stderr.awaitEnd(REAP_TIMEOUT);
    return process.exitValue();
  }

  /**
   * Kills the child at once (SIGKILL: no shutdown hook runs, nothing is flushed) and waits until it
   * is gone. Does nothing if it has ended.
   *
   * @throws InterruptedException if the thread is interrupted; the child is killed all the same
   */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    waitFor(REAP_TIMEOUT);
  }

  /**
   * Stops the child where it is (SIGSTOP) until {@link #resume()}: to others it looks like a
   * process in an endless garbage collection.
   *
   * @throws IOException if the signal cannot be sent, for example because the child has ended
   * @throws InterruptedException if the thread is interrupted
   */
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /**
   * Lets a paused child go on (SIGCONT).
   *
   * @throws IOException if the signal cannot be sent, for example because the child has ended
   * @throws InterruptedException if the thread is interrupted
   */
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Lets the thread that is held at a crash point go on. */
  void release() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .redirectErrorStream(true)
            .start();
    String said = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (kill.waitFor() != 0) {
      throw new IOException(
          "Child " + describe() + " cannot be sent SIG" + name + ": " + said.trim());
    }
  }

  /** Kills the child if it still runs. Idempotent. */
  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    try {
      process.waitFor(REAP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The pipe to a dead child, which reads nothing any more.
    }
    LIVE.remove(this);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private IllegalStateException failure(String problem) {
    return new IllegalStateException(
        "Child "
            + describe()
            + " "
            + problem
            + ". Its output:\n"
            + tail("stdout", stdout())
            + tail("stderr", stderr()));
  }

  private String describe() {
    return mainClass + " (pid " + process.pid() + ")";
  }

  private static String tail(String name, List<String> lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines.subList(Math.max(0, lines.size() - 100), lines.size())) {
      text.append(name).append("| ").append(line).append('\n');
    }
    return text.toString();
  }

  /** How to start a child. Not thread-safe; every setter changes and returns this builder. */
  public static final class Builder {
    private final String mainClass;
    private final List<String> arguments;
    private final List<String> jvmArguments = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String classPath = ClassPath.current();

    private Builder(String mainClass, List<String> arguments) {
      this.mainClass = mainClass;
      this.arguments = arguments;
    }

    /**
     * Adds arguments of the JVM, such as {@code -Xmx96m} or {@code -Dname=value}. What Arrow needs
     * ({@code --add-opens=java.base/java.nio=ALL-UNNAMED}) is always there.
     *
     * @param more the arguments
     * @return this builder
     */
    public Builder jvmArguments(String... more) {
      jvmArguments.addAll(List.of(more));
      return this;
    }

    /**
     * Adds environment variables; the others are those of this process.
     *
     * @param more names and values
     * @return this builder
     */
    public Builder environment(Map<String, String> more) {
      environment.putAll(more);
      return this;
    }

    /**
     * Replaces the class path; the testkit's own classes come after it. Default: this JVM's.
     *
     * @param entries files and folders, as for {@code java -cp}
     * @return this builder
     */
    public Builder classPath(String entries) {
      classPath = entries + File.pathSeparator + ClassPath.of(ChildMain.class);
      return this;
    }

    /**
     * Starts the child.
     *
     * @return the running child, to be closed
     * @throws IOException if no process can be started
     */
    public JavaProcess start() throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
      command.addAll(jvmArguments);
      command.add("-cp");
      command.add(classPath);
      command.add(ChildMain.class.getName());
      command.add(mainClass);
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      // It would print a line to standard error, and the parent's agents are not the child's.
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      return new JavaProcess(mainClass, builder.start());
    }
  }
}
