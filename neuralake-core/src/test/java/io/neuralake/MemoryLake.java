package io.neuralake;

import io.neuralake.exec.GroupCommit;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.exec.Sleeper;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.log.LogCache;
import io.neuralake.internal.log.PostCommit;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.store.FileStore;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.lock.LockMetrics;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Tables on any file store, with time, chance and background work in the test's hands. Every handle
 * knows only what it has seen itself, like one in a process of its own. Not thread-safe; handles
 * are, as long as retries do not wait.
 */
public final class MemoryLake implements AutoCloseable {

  /** Where the table is, unless a test says otherwise. */
  public static final String LOCATION = "file:///tables/t";

  private final TestClock clock = new TestClock();
  private final List<Duration> pauses = new ArrayList<>();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private final BufferAllocator allocator = new RootAllocator();
  private final SplittableRandom random;
  private RetryPolicy retry = RetryPolicy.ofDefaults();
  private TaskExecutor tasks = TaskExecutor.inCallersThread();
  private int compactEvery;
  private GroupCommit groupCommit = GroupCommit.ofDefaults();
  private Sleeper sleeper =
      pause -> {
        pauses.add(pause);
        clock.advance(pause);
      };
  private Executor executor = background::add;
  private @Nullable LogCache logCache;

  public MemoryLake() {
    this(1);
  }

  public MemoryLake(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Handles that are made from now on retry so. */
  public MemoryLake retry(RetryPolicy policy) {
    this.retry = policy;
    return this;
  }

  /** Handles that are made from now on run tasks so; the default is in the caller's thread. */
  public MemoryLake tasks(TaskExecutor replacement) {
    this.tasks = replacement;
    return this;
  }

  /** Handles that are made from now on share versions so. */
  public MemoryLake groupCommit(GroupCommit settings) {
    this.groupCommit = settings;
    return this;
  }

  /** Handles that are made from now on compact so many commits; the default is none. */
  public MemoryLake compactEvery(int commits) {
    this.compactEvery = commits;
    return this;
  }

  /** Handles that are made from now on wait so; the default moves the clock. */
  public MemoryLake sleeper(Sleeper replacement) {
    this.sleeper = replacement;
    return this;
  }

  /** Handles that are made from now on hand background work to it; the default keeps it. */
  public MemoryLake executor(Executor replacement) {
    this.executor = replacement;
    return this;
  }

  /** Handles that are made from now on share what they have read of logs. */
  public MemoryLake logCache(LogCache cache) {
    this.logCache = cache;
    return this;
  }

  public TestClock clock() {
    return clock;
  }

  /** How long retries waited, in order. */
  public List<Duration> pauses() {
    return pauses;
  }

  public BufferAllocator allocator() {
    return allocator;
  }

  /** Does the background work that was handed in. */
  public void runBackground() {
    for (Runnable work = background.poll(); work != null; work = background.poll()) {
      work.run();
    }
  }

  /** A handle as if in a process of its own. */
  public NeuralTable table(FileStore store) {
    return table(store, LockProviders.automatic());
  }

  /** A handle as if in a process of its own, with an elector. */
  public NeuralTable table(FileStore store, LockProvider elector) {
    return table(context(store, elector));
  }

  /** A handle on a table whose inside the test holds. */
  public NeuralTable table(TableContext context) {
    return new NeuralTable(context, null);
  }

  /** A table as a process of its own would know it. */
  public TableContext context(FileStore store, LockProvider elector) {
    return context(LOCATION, store, elector);
  }

  /** A table at any place, as a process of its own would know it. */
  public TableContext context(String location, FileStore store, LockProvider elector) {
    LakeRuntime runtime =
        new LakeRuntime(
            clock,
            random.split(),
            sleeper,
            executor,
            task -> new Thread(task, "memory-lake-reader").start(),
            tasks,
            allocator,
            retry,
            groupCommit,
            LockMetrics.none(),
            new AtomicBoolean());
    // Nothing is fetched ahead, so that requests come one after the other.
    LogCache cache = logCache == null ? new LogCache(LogCache.DEFAULT_BYTES) : logCache;
    TableLog log = new TableLog(location, store, elector, allocator, task -> {}, cache);
    return new TableContext(
        log, runtime, new PostCommit(executor, clock, runtime::newUuid, compactEvery));
  }

  /** Fails if any memory is still held. */
  @Override
  public void close() {
    allocator.close();
  }

  /** A clock that moves only when told to. */
  public static final class TestClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    public void advance(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
