package io.neuralake.testkit.soak;

import io.neuralake.testkit.process.JavaProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Writers in JVMs of their own that are killed at random and started again, maintenance beside
 * them, and invariants that are checked all the time.
 *
 * <pre>{@code
 * SoakReport report =
 *     Soak.of("three writers", Duration.ofMinutes(10), 42)
 *         .writer("w1", () -> JavaProcess.of(Writer.class, location, "w1").environment(env))
 *         .writer("w2", () -> JavaProcess.of(Writer.class, location, "w2").environment(env))
 *         .killEvery(Duration.ofSeconds(10))
 *         .every(Duration.ofSeconds(30), "optimize", () -> table.optimize().run())
 *         .invariant("what was reported is there once", () -> check(table))
 *         .version(table::version)
 *         .run();
 * report.writeTo(Path.of("target/soak"));
 * }</pre>
 *
 * <p>A writer prints a line for each commit, {@code committed} and what it likes to tell: {@code
 * committed batch-7 rows=100 ms=12 retries=1}. Everything is counted; rows, latencies and retries
 * where the line has them. A writer that ends by itself with status 0 is not started again.
 *
 * <p>Who is killed, and when after the nominal time, is decided by the seed. Not thread-safe.
 */
public final class Soak {
  private static final Duration TICK = Duration.ofMillis(20);

  private final String name;
  private final Duration length;
  private final long seed;
  private final Map<String, Callable<JavaProcess.Builder>> writers = new LinkedHashMap<>();
  private final List<Job> jobs = new ArrayList<>();
  private final Map<String, Check> invariants = new LinkedHashMap<>();
  private Duration killEvery = Duration.ZERO;
  private LongSupplier version = () -> 0;
  private int fewest;

  /** Something that may fail. */
  @FunctionalInterface
  public interface Check {
    /**
     * Does it.
     *
     * @throws Exception if it fails; so do assertions by their {@link AssertionError}
     */
    void run() throws Exception;
  }

  private record Job(String name, Duration every, Check work) {}

  private Soak(String name, Duration length, long seed) {
    this.name = name;
    this.length = length;
    this.seed = seed;
  }

  /**
   * Plans a run.
   *
   * @param name for the report
   * @param length how long it takes; what is under way then is finished
   * @param seed decides who is killed when
   * @return a plan without any writer
   */
  public static Soak of(String name, Duration length, long seed) {
    return new Soak(name, length, seed);
  }

  /**
   * Adds a writer.
   *
   * @param writer its name
   * @param program makes the program, at the start and after each kill
   * @return this plan
   */
  public Soak writer(String writer, Callable<JavaProcess.Builder> program) {
    writers.put(writer, program);
    return this;
  }

  /**
   * Kills a writer from time to time, of those that have committed since they were started; never
   * unless told.
   *
   * @param nominal the time between kills, each between half and one and a half of it
   * @return this plan
   */
  public Soak killEvery(Duration nominal) {
    killEvery = nominal;
    return this;
  }

  /**
   * Goes on beyond the length until so many commits were reported, as a slow machine may need.
   *
   * @param commits how many at least; 0 unless told
   * @return this plan
   */
  public Soak atLeast(int commits) {
    fewest = commits;
    return this;
  }

  /**
   * Does maintenance from time to time, in the thread of {@link #run}.
   *
   * @param every the time between two runs
   * @param job its name
   * @param work what to do
   * @return this plan
   */
  public Soak every(Duration every, String job, Check work) {
    jobs.add(new Job(job, every, work));
    return this;
  }

  /**
   * Adds what must hold after each kill, after each job and at the end.
   *
   * @param what it says
   * @param check fails where it does not hold
   * @return this plan
   */
  public Soak invariant(String what, Check check) {
    invariants.put(what, check);
    return this;
  }

  /**
   * Says how the table's version is found, for the report; 0 unless told.
   *
   * @param newest the newest version
   * @return this plan
   */
  public Soak version(LongSupplier newest) {
    version = newest;
    return this;
  }

  /**
   * Runs until the time is over. A failure of a job, an invariant or a writer ends it early and is
   * in the report.
   *
   * @return what happened
   * @throws IOException if a writer cannot be started
   * @throws InterruptedException if the thread is interrupted; the writers are killed
   */
  public SoakReport run() throws IOException, InterruptedException {
    Running running = new Running();
    try {
      running.go();
    } finally {
      running.crews.forEach(crew -> crew.process.close());
    }
    return running.record.report();
  }

  /** A writer at work. */
  private static final class Crew {
    final String writer;
    JavaProcess process;
    int linesSeen;
    boolean committed;
    boolean done;

    Crew(String writer, JavaProcess process) {
      this.writer = writer;
      this.process = process;
    }
  }

  /** One run. */
  private final class Running {
    final List<Crew> crews = new ArrayList<>();
    final SoakRecord record = new SoakRecord(name, seed, System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Map<Job, Long> nextRun = new LinkedHashMap<>();
    private long nextKill = Long.MAX_VALUE;

    void go() throws IOException, InterruptedException {
      long end = System.nanoTime() + length.toNanos();
      for (String writer : writers.keySet()) {
        crews.add(new Crew(writer, start(writer)));
      }
      jobs.forEach(job -> nextRun.put(job, System.nanoTime() + job.every().toNanos()));
      planKill();
      while (!record.failed()
          && (System.nanoTime() < end || record.commits() < fewest)
          && crews.stream().anyMatch(c -> !c.done)) {
        tick();
        TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
      }
      for (Crew crew : crews) {
        crew.process.kill();
        readLines(crew);
      }
      record.sample(version.getAsLong());
      checkAll("the end");
    }

    private void tick() throws IOException, InterruptedException {
      for (Crew crew : crews) {
        readLines(crew);
        if (!crew.done && !crew.process.isAlive()) {
          crew.done = true;
          int status = crew.process.waitFor(Duration.ofSeconds(10));
          readLines(crew);
          if (status != 0) {
            record.failure(
                "writer "
                    + crew.writer
                    + " ended with status "
                    + status
                    + ": "
                    + String.join("\n", crew.process.stderr()));
          }
        }
      }
      if (record.wantsSample()) {
        record.sample(version.getAsLong());
      }
      if (System.nanoTime() >= nextKill) {
        killOne();
      }
      for (Job job : jobs) {
        if (System.nanoTime() >= nextRun.getOrDefault(job, Long.MAX_VALUE)) {
          record.event(job.name(), "");
          attempt(job.name(), job.work());
          checkAll(job.name());
          nextRun.put(job, System.nanoTime() + job.every().toNanos());
        }
      }
    }

    private void killOne() throws IOException, InterruptedException {
      List<Crew> alive = crews.stream().filter(c -> c.committed && c.process.isAlive()).toList();
      if (!alive.isEmpty()) {
        Crew crew = alive.get(random.nextInt(alive.size()));
        crew.process.kill();
        readLines(crew);
        record.event("kill", crew.writer);
        checkAll("a kill of " + crew.writer);
        crew.process = start(crew.writer);
        crew.linesSeen = 0;
        crew.committed = false;
        planKill();
      }
    }

    private void planKill() {
      if (!killEvery.isZero()) {
        double part = 0.5 + random.nextDouble();
        nextKill = System.nanoTime() + (long) (killEvery.toNanos() * part);
      }
    }

    private JavaProcess start(String writer) throws IOException {
      try {
        Callable<JavaProcess.Builder> program = writers.get(writer);
        return Objects.requireNonNull(program).call().start();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("writer " + writer + " cannot be started: " + e.getMessage(), e);
      }
    }

    private void readLines(Crew crew) {
      List<String> lines = crew.process.stdout();
      lines
          .subList(Math.min(crew.linesSeen, lines.size()), lines.size())
          .forEach(line -> crew.committed |= record.line(crew.writer, line));
      crew.linesSeen = lines.size();
    }

    private void checkAll(String after) {
      invariants.forEach(
          (what, check) -> {
            if (attempt(what + ", after " + after, check)) {
              record.held(what);
            }
          });
    }

    // An invariant is an assertion, so its error is a result here.
    @SuppressWarnings("IllegalCatch")
    private boolean attempt(String what, Check check) {
      try {
        check.run();
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        record.failure(what + ": interrupted");
      } catch (Exception | AssertionError e) {
        record.failure(what + ": " + e.getMessage());
      }
      return false;
    }
  }
}
