package io.neuralake;

import io.micrometer.core.instrument.MeterRegistry;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.exec.Sleeper;
import io.neuralake.exec.TaskExecutor;
import io.neuralake.internal.exec.BackgroundWork;
import io.neuralake.internal.exec.BoundedTasks;
import io.neuralake.internal.exec.LakeRuntime;
import io.neuralake.internal.exec.WorkerPool;
import io.neuralake.internal.log.LogCache;
import io.neuralake.internal.log.PostCommit;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.plan.TaskHost;
import io.neuralake.internal.store.FileStores;
import io.neuralake.internal.store.Locations;
import io.neuralake.internal.txn.TableContext;
import io.neuralake.lock.LockMetrics;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.storage.Hadoop;
import io.neuralake.storage.S3;
import io.neuralake.storage.StorageSettings;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * An environment in which tables live: storage and credentials, the elector that decides who owns a
 * version, clock, randomness, threads and memory. Immutable once built, thread-safe, expensive
 * enough to share; close it when no table of it is used any more.
 *
 * <pre>{@code
 * try (NeuralLake lake = NeuralLake.builder().storage(S3.at("https://s3.example")).build()) {
 *   NeuralTable signals = lake.table("s3://lab/signals");
 *   signals.append(records).commit();
 * }
 * }</pre>
 *
 * <p>Arrow needs the JVM flag {@code --add-opens=java.base/java.nio=ALL-UNNAMED}.
 */
public final class NeuralLake implements AutoCloseable {

  /** Tables whose newest known state is kept. */
  private static final int REMEMBERED_TABLES = 1024;

  private final FileStores stores;
  private final LockProvider elector;
  private final LakeRuntime runtime;
  private final PostCommit postCommit;
  private final LogCache logCache;
  private final @Nullable BackgroundWork ownBackground;
  private final @Nullable WorkerPool ownWorkers;
  private final Map<String, TableContext> tables;

  private NeuralLake(Builder builder) {
    RandomGenerator random = builder.random == null ? new SecureRandom() : builder.random;
    BackgroundWork own = builder.background == null ? new BackgroundWork() : null;
    Executor background = own == null ? builder.background() : own;
    this.ownBackground = own;
    this.ownWorkers = builder.workers == null ? new WorkerPool() : null;
    Executor workers = ownWorkers == null ? Objects.requireNonNull(builder.workers) : ownWorkers;
    this.stores = new FileStores(builder.storage, random, workers);
    this.elector =
        builder.metrics == null
            ? builder.elector
            : LockProviders.metered(builder.elector, builder.clock, builder.metrics);
    this.runtime =
        new LakeRuntime(
            builder.clock,
            random,
            builder.sleeper,
            background,
            workers,
            builder.tasks == null
                ? new BoundedTasks(workers, Runtime.getRuntime().availableProcessors())
                : builder.tasks,
            allocator(builder.memoryLimit),
            builder.retry,
            builder.groupCommit,
            builder.metrics == null ? LockMetrics.none() : builder.metrics,
            new AtomicBoolean());
    this.postCommit =
        new PostCommit(background, builder.clock, runtime::newUuid, builder.compactEvery);
    this.logCache = new LogCache(builder.logCacheBytes);
    this.tables =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, TableContext> eldest) {
            return size() > REMEMBERED_TABLES;
          }
        };
  }

  private static BufferAllocator allocator(long limit) {
    try {
      return new RootAllocator(limit);
    } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new InvalidRequestException(
          "Arrow cannot reach the memory it needs. Start the JVM with"
              + " --add-opens=java.base/java.nio=ALL-UNNAMED.",
          e);
    }
  }

  /** Settings of a new lake; without any, local files and S3 by the AWS default chain. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A lake by the process's environment variables: {@code AWS_ENDPOINT_URL}, {@code AWS_REGION},
   * {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY}, {@code AWS_SESSION_TOKEN}, {@code
   * AWS_ALLOW_HTTP} and the others that {@link StorageSettings#fromEnvironment} lists, and those
   * that choose the elector, see {@link LockProviders#fromEnvironment}.
   *
   * @throws InvalidRequestException if a variable is refused; the message says which and why
   */
  public static NeuralLake fromEnvironment() {
    Map<String, String> env = System.getenv();
    return builder()
        .storage(StorageSettings.fromEnvironment(env))
        .lock(LockProviders.fromEnvironment(env))
        .build();
  }

  /**
   * A handle on a table, which need not exist. No I/O.
   *
   * @param location a local path, or a URI such as {@code s3://bucket/path}; its path is raw, not
   *     percent-encoded
   * @throws InvalidRequestException if it is not a location
   */
  public NeuralTable table(String location) {
    return new NeuralTable(context(Locations.parse(location)), null);
  }

  /** A handle on a table in the local file system, which need not exist. No I/O. */
  public NeuralTable table(Path location) {
    return table(location.toString());
  }

  /** A handle on a table whose URI is percent-encoded, as {@link URI}s are. No I/O. */
  public NeuralTable table(URI location) {
    return new NeuralTable(context(Locations.parse(location)), null);
  }

  /**
   * Runs tasks that a {@link TaskExecutor} has brought here, with this lake's storage, threads and
   * memory. The lake must reach the same tables as the one that has planned the tasks.
   */
  public TaskExecutor.Worker taskWorker() {
    return new TaskHost(stores::at, runtime);
  }

  private TableContext context(String location) {
    runtime.requireOpen(location);
    synchronized (tables) {
      return tables.computeIfAbsent(
          location,
          l ->
              new TableContext(
                  new TableLog(
                      l, stores.at(l), elector, runtime.allocator(), runtime.workers(), logCache),
                  runtime,
                  postCommit));
    }
  }

  /**
   * Finishes the checkpoints that are being written, ends the lake's threads and connections, and
   * frees its memory; handles on its tables refuse work afterwards. Idempotent.
   *
   * @throws InvalidRequestException if scans are still open; all the rest is closed, but what they
   *     hold cannot be freed before they are
   */
  @Override
  public void close() {
    if (!runtime.closed().compareAndSet(false, true)) {
      return;
    }
    try (AutoCloseable memory = this::closeMemory;
        AutoCloseable storage = stores;
        AutoCloseable lock = elector) {
      if (ownBackground != null) {
        ownBackground.close();
      }
      if (ownWorkers != null) {
        ownWorkers.close();
      }
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new StorageException("The lake could not be closed: " + e.getMessage(), e);
    }
  }

  private void closeMemory() {
    BufferAllocator memory = runtime.allocator();
    long held = memory.getAllocatedMemory();
    if (held > 0 || !memory.getChildAllocators().isEmpty()) {
      throw new InvalidRequestException(
          "The lake was closed while scans or writes were still open, which hold "
              + held
              + " bytes of memory. Close Rows and ArrowReaders before the lake.");
    }
    memory.close();
  }

  @Override
  public String toString() {
    return "NeuralLake[elector=" + elector.name() + "]";
  }

  /** Settings of a lake. Not thread-safe; {@link #build} copies them. */
  public static final class Builder {
    private StorageSettings storage = StorageSettings.defaults();
    private LockProvider elector = LockProviders.automatic();
    private Clock clock = Clock.systemUTC();
    private Sleeper sleeper = duration -> TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    private RetryPolicy retry = RetryPolicy.ofDefaults();
    private int compactEvery;
    private GroupCommit groupCommit = GroupCommit.ofDefaults();
    private long memoryLimit = Long.MAX_VALUE;
    private long logCacheBytes = LogCache.DEFAULT_BYTES;
    private @Nullable LockMetrics metrics;
    private @Nullable RandomGenerator random;
    private @Nullable Executor background;
    private @Nullable Executor workers;
    private @Nullable TaskExecutor tasks;

    private Builder() {}

    /** Replaces all storage settings. */
    public Builder storage(StorageSettings settings) {
      this.storage = settings;
      return this;
    }

    /** How S3 is reached. */
    public Builder storage(S3 settings) {
      this.storage = storage.with(settings);
      return this;
    }

    /** How other file systems (hdfs, abfs, gs) are reached. */
    public Builder storage(Hadoop settings) {
      this.storage = storage.with(settings);
      return this;
    }

    /**
     * Who decides which writer owns a version. Default: {@link LockProviders#automatic()}, which is
     * put-if-absent by the means of each storage. All writers of a table, whatever their engine,
     * must use the same. The lake closes it.
     */
    public Builder lock(LockProvider provider) {
      this.elector = provider;
      return this;
    }

    /**
     * Counts and times commits in a registry of Micrometer, which the application has on its class
     * path: see {@link LockMetrics#in}. By default nothing is counted.
     */
    public Builder meterRegistry(MeterRegistry registry) {
      this.metrics = LockMetrics.in(registry);
      return this;
    }

    /** How commits that lost a race try again. Default {@link RetryPolicy#ofDefaults()}. */
    public Builder retry(RetryPolicy policy) {
      this.retry = policy;
      return this;
    }

    /**
     * How concurrent appends to one table share versions. Default {@link GroupCommit#ofDefaults()}:
     * those that come while a commit is under way go together in the next.
     */
    public Builder groupCommit(GroupCommit settings) {
      this.groupCommit = settings;
      return this;
    }

    /** The only source of time. Default: the system's clock. */
    public Builder clock(Clock source) {
      this.clock = source;
      return this;
    }

    /**
     * How many commits become one file of the log between checkpoints, for tables that are opened
     * far more often than their checkpoint interval suits. Default: 0, none.
     *
     * @param commits 0, or 2 and more
     */
    public Builder compactLogEvery(int commits) {
      if (commits < 0 || commits == 1) {
        throw new InvalidRequestException(
            "The log can be compacted every 2 commits or more, or never (0), but not every "
                + commits
                + ".");
      }
      this.compactEvery = commits;
      return this;
    }

    /** The only source of randomness. Default: a {@link SecureRandom}. */
    public Builder random(RandomGenerator source) {
      this.random = source;
      return this;
    }

    /**
     * Runs checkpoints after commits. Default: one daemon thread of the lake's own, which ends at
     * close. One that is given here is not closed.
     */
    public Builder background(Executor executor) {
      this.background = executor;
      return this;
    }

    /**
     * Runs the readers of parallel scans and the tasks of row changes; must run them in other
     * threads than the one that asks, and at once: an optimization's tasks wait for readers that
     * run here too, so that a pool with too few threads for both would never end. Default: daemon
     * threads of the lake's own, which end when idle and at close. One that is given here is not
     * closed.
     */
    public Builder workers(Executor executor) {
      this.workers = executor;
      return this;
    }

    /**
     * Runs the tasks of updates, deletes and merges. Default: the lake's workers, as many tasks at
     * a time as there are processors. One that is given here is not closed.
     */
    public Builder taskExecutor(TaskExecutor executor) {
      this.tasks = executor;
      return this;
    }

    /** How commits that lost a race wait before they try again, for tests. Default: they sleep. */
    public Builder sleeper(Sleeper replacement) {
      this.sleeper = replacement;
      return this;
    }

    /**
     * Most bytes of Arrow memory that all operations of the lake hold at once; above it they fail
     * rather than grow. Default: no limit but the machine's.
     */
    public Builder memoryLimit(long bytes) {
      if (bytes <= 0) {
        throw new InvalidRequestException("The memory limit must be positive, but is " + bytes);
      }
      this.memoryLimit = bytes;
      return this;
    }

    /**
     * Most bytes of log files that the lake keeps in memory, of all its tables together, so that a
     * table that was opened before costs a listing and what was committed since. Default 64 MiB;
     * with 0 nothing is kept.
     */
    public Builder logCacheBytes(long bytes) {
      if (bytes < 0) {
        throw new InvalidRequestException("The log cache cannot hold " + bytes + " bytes");
      }
      this.logCacheBytes = bytes;
      return this;
    }

    private Executor background() {
      return Objects.requireNonNull(background);
    }

    /**
     * The lake. No I/O.
     *
     * @throws InvalidRequestException if the settings contradict each other
     */
    public NeuralLake build() {
      storage.s3().validate();
      return new NeuralLake(this);
    }
  }
}
