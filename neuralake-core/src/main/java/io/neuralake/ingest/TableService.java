package io.neuralake.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.neuralake.NeuralTable;
import io.neuralake.error.InvalidRequestException;
import io.neuralake.error.NeuralLakeException;
import io.neuralake.error.StorageException;
import io.neuralake.lock.Leases;
import io.neuralake.maintain.Vacuum;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a table healthy while it is written: a compactor, a vacuum, checkpoints, and writers, each
 * supervised: what fails is begun again after a pause, which grows from a second to five minutes.
 *
 * <pre>{@code
 * try (TableService service =
 *     TableService.of(table)
 *         .leases(leases)
 *         .compact(Compaction.ofDefaults())
 *         .vacuum(Duration.ofHours(24), vacuum -> vacuum)
 *         .checkpoint(Duration.ofMinutes(1), 100)
 *         .start()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>With {@link Builder#leases} the service may run in many processes: of each table one compacts,
 * one vacuums and one writes checkpoints, the one that holds the lease {@code compactor}, {@code
 * vacuum} or {@code checkpoint}; another takes over when it ends or dies. Without, every service
 * does what it is told. Leases save work; two that do the same do no harm.
 *
 * <p>Thread-safe. Its threads are daemons. Close it before the lake.
 */
public final class TableService implements AutoCloseable {
  private static final Duration STOP_TIME = Duration.ofSeconds(60);

  private final NeuralTable table;
  private final Clock clock;
  private final ScheduledExecutorService scheduler;
  private final boolean ownScheduler;
  private final List<ServiceLoop> loops = new ArrayList<>();

  private TableService(Builder builder) {
    this.table = builder.table;
    this.clock = table.clock();
    this.ownScheduler = builder.scheduler == null;
    this.scheduler =
        builder.scheduler == null ? newScheduler(builder.works.size()) : builder.scheduler;
    ServiceMetrics metrics = ServiceMetrics.of(builder.registry, table.location());
    ServiceLoop.Place place =
        new ServiceLoop.Place(table.location(), clock, scheduler, builder.leases, metrics::failed);
    for (Planned work : builder.works) {
      ServiceWork run = work.made().apply(metrics);
      loops.add(new ServiceLoop(place, work.name(), work.every(), work.elected(), run));
    }
    loops.forEach(ServiceLoop::start);
  }

  private static ScheduledExecutorService newScheduler(int threads) {
    AtomicInteger number = new AtomicInteger();
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(
            threads,
            work -> {
              Thread thread = new Thread(work, "neuralake-service-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return scheduler;
  }

  /** A service for a table, which must exist when it starts to work. */
  public static Builder of(NeuralTable table) {
    return new Builder(table);
  }

  /** How it is. Looks at the storage. */
  public Health health() {
    boolean reachable = false;
    boolean writable = false;
    try {
      table.version();
      reachable = true;
      table.bufferingMaps().begin().close();
      writable = true;
    } catch (NeuralLakeException e) {
      // The answer says so.
    }
    Duration lag =
        loops.stream().map(ServiceLoop::lag).max(Duration::compareTo).orElse(Duration.ZERO);
    return new Health(reachable, writable, lag, loops.stream().map(ServiceLoop::health).toList());
  }

  /** Asks all work to end, waits for it for a minute, and interrupts what is left. Idempotent. */
  @Override
  public void close() {
    close(STOP_TIME);
  }

  /**
   * Asks all work to end, waits for it, and interrupts what is left when the time is up.
   *
   * @return whether all had ended in time
   * @throws StorageException if the thread is interrupted
   */
  public boolean close(Duration time) {
    loops.forEach(ServiceLoop::stop);
    if (ownScheduler) {
      scheduler.shutdown();
    }
    Instant deadline = clock.instant().plus(time);
    boolean inTime = true;
    try {
      for (ServiceLoop loop : loops) {
        inTime &= loop.awaitEnd(deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException(table.location() + ": interrupted while the service ends.", e);
    }
    return inTime;
  }

  /** A piece of work, made once it is known who counts. */
  private record Planned(
      String name,
      @Nullable Duration every,
      boolean elected,
      Function<ServiceMetrics, ServiceWork> made) {}

  /** What a service does. Not thread-safe. */
  public static final class Builder {
    private final NeuralTable table;
    private final List<Planned> works = new ArrayList<>();
    private @Nullable Leases leases;
    private @Nullable MeterRegistry registry;
    private @Nullable ScheduledExecutorService scheduler;

    private Builder(NeuralTable table) {
      this.table = table;
    }

    /** Elects one process per table for each piece of maintenance; not closed. */
    public Builder leases(Leases elections) {
      this.leases = elections;
      return this;
    }

    /** Makes few large files of many small ones. */
    public Builder compact(Compaction when) {
      return add("compactor", when.check(), true, metrics -> new Compactor(table, when, metrics));
    }

    /**
     * Deletes files that no version needs any more.
     *
     * @param every pause between two vacuums
     * @param options refines the vacuum: retention, mode
     */
    public Builder vacuum(Duration every, UnaryOperator<Vacuum> options) {
      return add("vacuum", every, true, metrics -> new Vacuuming(table, options, metrics));
    }

    /**
     * Writes a checkpoint when many versions have come since the last one, whoever has written
     * them. Writers of neuralake do so themselves; this is for what they leave when they crash, and
     * for writers that do not.
     *
     * @param check how often it looks
     * @param versions how many
     */
    public Builder checkpoint(Duration check, long versions) {
      return add("checkpoint", check, true, metrics -> new Checkpoints(table, versions));
    }

    /**
     * Other work, such as that of a writer: done once, and begun anew when it fails.
     *
     * @param name unlike those of other work
     */
    public Builder work(String name, ServiceWork work) {
      return add(name, null, false, metrics -> work);
    }

    private Builder add(
        String name,
        @Nullable Duration every,
        boolean elected,
        Function<ServiceMetrics, ServiceWork> work) {
      if (works.stream().anyMatch(w -> w.name().equals(name))) {
        throw new InvalidRequestException(
            table.location() + ": the service has a " + name + " already.");
      }
      works.add(new Planned(name, every, elected, work));
      return this;
    }

    /** Counts and times in a registry of Micrometer; see the reference of metrics. */
    public Builder meterRegistry(MeterRegistry meters) {
      this.registry = meters;
      return this;
    }

    /**
     * Runs the work, which may be long, a thread for each; not closed. Default: its own threads.
     */
    public Builder scheduler(ScheduledExecutorService threads) {
      this.scheduler = threads;
      return this;
    }

    /** Starts it. */
    public TableService start() {
      return new TableService(this);
    }
  }
}
