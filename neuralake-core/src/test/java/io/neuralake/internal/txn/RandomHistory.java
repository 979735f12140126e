package io.neuralake.internal.txn;

import static io.neuralake.internal.store.FaultyFileStore.Fault.NONE;

import io.delta.kernel.types.IntegerType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.error.CommitConflictException;
import io.neuralake.error.CommitStateUnknownException;
import io.neuralake.error.StorageException;
import io.neuralake.exec.GroupCommit;
import io.neuralake.exec.IsolationLevel;
import io.neuralake.exec.RetryPolicy;
import io.neuralake.expr.SqlExpressions;
import io.neuralake.internal.eval.Binder;
import io.neuralake.internal.eval.BoundExpr;
import io.neuralake.internal.log.Action;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.InMemoryFileStore;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Rows;
import io.neuralake.read.TableSnapshot;
import io.neuralake.write.Append;
import io.neuralake.write.CommitResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Clients in several processes that work on one table at the same time, as a seed says: what they
 * do, whose storage call is next, and which calls fail.
 */
final class RandomHistory {

  /** A row; each file holds exactly one, so that the log tells what the table holds. */
  record Row(String p, int id) {}

  enum Kind {
    APPEND,
    IDEMPOTENT_APPEND,
    OVERWRITE,
    DELETE,
    OPTIMIZE,
    ADD_COLUMN,
    SET_PROPERTY,
    SCAN
  }

  enum End {
    DONE,
    FAILED,
    UNKNOWN
  }

  /** An operation and, once it was run, how it ended as its client saw it. */
  static final class Step {
    final String name;
    final Kind kind;
    final List<Row> rows;
    final String partition;
    final IsolationLevel isolation;
    final String application;
    final long batch;

    long newestBefore;
    long newestAfter;
    long plannedOn = -1;
    End end = End.FAILED;

    /** Whether it, or an earlier try of it, ended in doubt: its files stay. */
    boolean doubted;

    boolean committed;
    long version = -1;
    Set<Row> seen = Set.of();

    private Step(String name, Kind kind, List<Row> rows, SplittableRandom random) {
      this.name = name;
      this.kind = kind;
      this.rows = rows;
      this.partition = random.nextBoolean() ? "a" : "b";
      this.isolation =
          random.nextBoolean() ? IsolationLevel.SERIALIZABLE : IsolationLevel.WRITE_SERIALIZABLE;
      this.application = random.nextBoolean() ? "x" : "y";
      this.batch = random.nextInt(3);
    }

    @Override
    public String toString() {
      return name + " " + kind + rows + " " + end + " at " + version + ", committed " + committed;
    }
  }

  /** What is broken on purpose. */
  enum Bug {
    NONE,
    /** A version that is taken is replaced. */
    ELECTOR_OVERWRITES,
    /** After a lost answer the next version is tried, without a look at the one in doubt. */
    BLIND_RETRY,
    /** After a lost race the next version is tried, without a look at the winner. */
    NO_CONFLICT_RULES,
    /** Deletes do not say what they have read. */
    READS_FORGOTTEN
  }

  private static final int MAX_CLIENTS = 4;
  private static final String[] PARTITIONS = {"a", "b"};

  final InMemoryFileStore files = new InMemoryFileStore();
  final IsolationLevel isolation;
  final List<Step> steps = new ArrayList<>();

  private final SplittableRandom random;
  private final Bug bug;
  private final MemoryLake lake;
  private final Interleaving interleaving;
  private final FaultyFileStore store = new FaultyFileStore(files, this::fate);
  private final SplittableRandom faults;
  private final int faultPercent;

  /** By client: whether its last fault was at a commit, so that it will look what became of it. */
  private final boolean[] inDoubt = new boolean[MAX_CLIENTS];

  private int nextRow;
  private int nextStep;

  RandomHistory(long seed, Bug bug) {
    this.random = new SplittableRandom(seed);
    this.bug = bug;
    this.lake = new MemoryLake(seed);
    files.time(() -> lake.clock().millis()); // clean-up must not take it for ages ago
    this.interleaving = new Interleaving(random.split(), new int[] {0, 50, 90}[random.nextInt(3)]);
    this.faults = random.split();
    this.faultPercent = new int[] {0, 5, 20}[random.nextInt(3)];
    this.isolation =
        random.nextBoolean() ? IsolationLevel.SERIALIZABLE : IsolationLevel.WRITE_SERIALIZABLE;
  }

  /** Everything that happened at the storage, in order. */
  List<String> trace() {
    return interleaving.trace();
  }

  /** A handle that meets no faults and no other clients. */
  NeuralTable healthyTable() {
    return lake.table(files);
  }

  void close() {
    lake.close();
  }

  void run() {
    healthyTable()
        .create(Row.class)
        .partitionedBy("p")
        .property("delta.isolationLevel", isolation.deltaName())
        .property("delta.checkpointInterval", random.nextInt(4) == 0 ? "3" : "100")
        .commit();
    Duration deadline = random.nextInt(3) == 0 ? Duration.ZERO : Duration.ofHours(1);
    int replans = random.nextInt(4) == 0 ? 0 : 20;
    boolean groups = random.nextBoolean(); // it takes three of a process that append
    lake.retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(2), deadline, replans))
        .sleeper(pause -> interleaving.point("pause"))
        .executor(Runnable::run)
        .groupCommit(groups ? GroupCommit.ofDefaults() : GroupCommit.off());
    int clients = 2 + random.nextInt(MAX_CLIENTS - 1);
    int appends = groups ? 14 : 7;
    List<TableContext> processes = new ArrayList<>();
    List<Runnable> work = new ArrayList<>();
    for (int client = 0; client < clients; client++) {
      if (processes.isEmpty() || random.nextInt(groups ? 6 : 2) == 0) {
        processes.add(lake.context(store, elector()));
      }
      TableContext process = processes.get(processes.size() - 1);
      List<Step> own = new ArrayList<>();
      for (int i = 2 + random.nextInt(clients == 2 ? 3 : 2); i > 0; i--) {
        own.add(newStep(appends));
      }
      steps.addAll(own);
      work.add(() -> own.forEach(step -> perform(step, process)));
    }
    interleaving.run(work, () -> processes.stream().mapToInt(p -> p.appends().asleep()).sum());
  }

  private Step newStep(int appends) {
    int dice = random.nextInt(13 + appends) + 7 - appends;
    Kind kind =
        dice < 7
            ? Kind.APPEND
            : dice < 10
                ? Kind.IDEMPOTENT_APPEND
                : dice < 12
                    ? Kind.OVERWRITE
                    : dice < 15
                        ? Kind.DELETE
                        : dice < 16
                            ? Kind.OPTIMIZE
                            : dice < 17
                                ? Kind.ADD_COLUMN
                                : dice < 18 ? Kind.SET_PROPERTY : Kind.SCAN;
    List<Row> rows = new ArrayList<>();
    if (kind == Kind.APPEND || kind == Kind.IDEMPOTENT_APPEND || kind == Kind.OVERWRITE) {
      int only = random.nextInt(3);
      for (int i = 0; i < PARTITIONS.length; i++) {
        if (only == i || only == PARTITIONS.length) {
          rows.add(new Row(PARTITIONS[i], nextRow++));
        }
      }
    }
    return new Step("op" + nextStep++, kind, rows, random);
  }

  private long newestVersion() {
    return files.locations().stream().filter(f -> f.matches(".*/\\d{20}\\.json")).count() - 1;
  }

  // ---- what clients do

  private void perform(Step step, TableContext process) {
    step.newestBefore = newestVersion();
    int tries = step.kind == Kind.IDEMPOTENT_APPEND ? 3 : 1;
    do {
      try {
        attempt(step, process, lake.table(process));
        step.end = End.DONE;
      } catch (CommitStateUnknownException e) {
        step.end = End.UNKNOWN;
        step.doubted = true;
      } catch (CommitConflictException | StorageException e) {
        // What a failed repetition leaves is what the try before it has left.
        step.end = step.doubted ? End.UNKNOWN : End.FAILED;
      }
    } while (step.end != End.DONE && --tries > 0);
    step.newestAfter = newestVersion();
  }

  private void attempt(Step step, TableContext process, NeuralTable table) {
    switch (step.kind) {
      case APPEND -> done(step, table.append(step.rows).commit());
      case IDEMPOTENT_APPEND -> {
        Append append = table.append(step.rows);
        done(step, append.transaction(step.application, step.batch).commit());
      }
      case OVERWRITE ->
          done(
              step,
              table
                  .overwrite(step.rows)
                  .isolation(step.isolation)
                  .userMetadata(step.name)
                  .commit());
      case ADD_COLUMN ->
          done(
              step,
              table
                  .alter()
                  .addColumn(step.name, IntegerType.INTEGER)
                  .userMetadata(step.name)
                  .commit());
      case SET_PROPERTY ->
          done(
              step, table.alter().setProperty("owner", step.name).userMetadata(step.name).commit());
      case DELETE, OPTIMIZE -> {
        if (step.kind == Kind.DELETE && step.batch > 0 && bug == Bug.NONE) {
          step.plannedOn = step.newestBefore; // or on a later one
          String where = "p = '" + step.partition + "'";
          done(step, table.delete().where(where).userMetadata(step.name).commit());
          return;
        }
        TableState start = process.refresh();
        CommitOutcome outcome =
            Transaction.run(process, start, state -> plan(step, process, state), "test");
        step.committed = outcome.plan() != null;
        step.version = outcome.state().version();
      }
      case SCAN -> {
        TableSnapshot snapshot = table.latest();
        step.version = snapshot.version();
        try (Rows<Row> rows = snapshot.scan().select("p", "id").parallelism(1).as(Row.class)) {
          step.seen = rows.stream().collect(Collectors.toSet());
        }
      }
    }
  }

  private static void done(Step step, CommitResult result) {
    step.committed = result.committed();
    step.version = result.version();
  }

  /** Removes the files of a partition, or moves them to other names. */
  private @Nullable CommitPlan plan(Step step, TableContext table, TableState state) {
    step.plannedOn = state.version();
    List<DataFile> found = new ArrayList<>();
    try (LogSnapshot.Files live = table.log().at(state.version()).files(true)) {
      while (live.hasNext()) {
        DataFile file = live.next();
        if (step.partition.equals(file.partitionValues().get("p"))) {
          found.add(file);
        }
      }
    }
    if (found.isEmpty()) {
      return null;
    }
    boolean delete = step.kind == Kind.DELETE;
    List<Action> actions = new ArrayList<>();
    for (DataFile file : found) {
      actions.add(new Action.Remove(file, 0, delete));
      if (!delete) {
        actions.add(new Action.Add(moved(file, step, table), false));
      }
    }
    Set<String> paths = found.stream().map(DataFile::path).collect(Collectors.toSet());
    List<BoundExpr> predicates =
        delete
            ? List.of(
                Binder.of(state.requireMetadata().schema())
                    .predicate(SqlExpressions.parse("p = '" + step.partition + "'")))
            : List.of();
    return new CommitPlan(
        step.kind.name(),
        Map.of(),
        Map.of(),
        bug == Bug.READS_FORGOTTEN
            ? CommitPlan.Reads.NOTHING
            : CommitPlan.Reads.of(predicates, paths),
        null,
        null,
        actions,
        CommitOptions.NONE.withUserMetadata(step.name));
  }

  private static DataFile moved(DataFile file, Step step, TableContext table) {
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    String path = "p=" + step.partition + "/moved-" + step.name + "-" + name;
    try {
      byte[] bytes = table.log().store().read(MemoryLake.LOCATION + "/" + file.path(), 1 << 20);
      table.log().store().write(MemoryLake.LOCATION + "/" + path, bytes);
    } catch (IOException e) {
      throw new StorageException(
          MemoryLake.LOCATION + ": cannot be moved", new UncheckedIOException(e));
    }
    return new DataFile(
        path,
        file.partitionValues(),
        file.size(),
        file.modificationTime(),
        file.stats(),
        null,
        null,
        null,
        null);
  }

  // ---- what happens to their calls

  private Fault fate(FaultyFileStore.Call call) {
    String file = call.location().substring(call.location().lastIndexOf('/') + 1);
    // Threads that wake each other draw their random names from one source at the same time.
    file = file.replaceAll("-[0-9a-f]{8}-[0-9a-f-]{27}", "");
    int client = interleaving.point(call.operation() + " " + file);
    boolean read = call.operation().equals("open") || call.operation().equals("listFrom");
    boolean lookUp = call.isCommitFile() && read && client >= 0 && inDoubt[client];
    if (client < 0 || faults.nextInt(100) >= (lookUp ? 3 * faultPercent : faultPercent)) {
      return NONE;
    }
    if (call.isCommit() || call.operation().equals("close")) {
      inDoubt[client] = call.isCommit();
      return switch (faults.nextInt(call.isCommit() ? 3 : 2)) {
        case 0 -> Fault.FAIL_BEFORE;
        case 1 -> Fault.FAIL_AFTER;
        default -> Fault.EXISTS_AFTER;
      };
    }
    return lookUp || (read && faults.nextInt(3) == 0) ? Fault.FAIL_BEFORE : NONE;
  }

  private LockProvider elector() {
    return bug == Bug.NONE || bug == Bug.READS_FORGOTTEN
        ? LockProviders.automatic()
        : new BrokenElector(bug);
  }
}
