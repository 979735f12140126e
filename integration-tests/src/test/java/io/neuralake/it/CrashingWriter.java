package io.neuralake.it;

import io.delta.kernel.types.StringType;
import io.neuralake.MemoryLake;
import io.neuralake.NeuralTable;
import io.neuralake.exec.GroupCommit;
import io.neuralake.internal.store.FaultyFileStore;
import io.neuralake.internal.store.FaultyFileStore.Fault;
import io.neuralake.internal.store.FileStores;
import io.neuralake.lock.LockProviders;
import io.neuralake.storage.StorageSettings;
import io.neuralake.testkit.process.CrashPoints;
import io.neuralake.write.CommitResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A program that does one operation, with a crash point before each storage call: operation,
 * location, seed.
 */
final class CrashingWriter {

  record Row(int id, String region) {}

  /** Every id is in one region, so a batch of some has a file in each of the two. */
  static List<Row> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> new Row(i, i % 2 == 0 ? "a" : "b")).toList();
  }

  /** What is done to a table of two versions, or to none. */
  enum Operation {
    CREATE(true, table -> table.create(Row.class).partitionedBy("region").ifNotExists().commit()),
    APPEND(false, table -> table.append(List.of(new Row(10, "a"))).commit()),
    APPEND_OF_SEVERAL_FILES(false, table -> table.append(rows(10, 18)).commit()),
    IDEMPOTENT_APPEND(true, table -> table.append(rows(10, 14)).transaction("x", 7).commit()),
    APPENDS_IN_ONE_VERSION(false, CrashingWriter::appendTogether),
    OVERWRITE(false, table -> table.overwrite(rows(20, 23)).commit()),
    MERGE(false, CrashingWriter::merge),
    UPDATE(true, table -> table.update().set("id", "9").where("id = 1").commit()),
    DELETE_BY_VECTORS(true, table -> table.delete().where("id < 2").commit()),
    OPTIMIZE(true, table -> table.optimize().run()),
    ALTER(false, table -> table.alter().addColumn("note", StringType.STRING).commit()),
    VACUUM_AND_APPEND(false, CrashingWriter::vacuum),
    APPEND_AND_CHECKPOINT(false, table -> table.append(rows(10, 12)).commit());

    /** Whether doing it again does nothing. */
    final boolean idempotent;

    private final Consumer<NeuralTable> work;

    Operation(boolean idempotent, Consumer<NeuralTable> work) {
      this.idempotent = idempotent;
      this.work = work;
    }

    void on(NeuralTable table) {
      work.accept(table);
    }
  }

  private CrashingWriter() {}

  /** Deletes what an overwrite has removed, and a file that is nobody's. */
  private static void vacuum(NeuralTable table) {
    table.vacuum().retain(Duration.ZERO).allowShortRetention().run();
    table.append(List.of(new Row(10, "a"))).commit();
  }

  /** Three threads whose appends go together, since each waits for the others. */
  private static void appendTogether(NeuralTable table) {
    table.version(); // from now on the lake knows the table
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Callable<CommitResult>> appends = new ArrayList<>();
      for (Row row : rows(10, 13)) {
        appends.add(() -> table.append(List.of(row)).commit());
      }
      for (Future<CommitResult> append : threads.invokeAll(appends)) {
        append.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("an append failed", e);
    } finally {
      threads.shutdown();
    }
  }

  /** Rewrites the files of both regions, and adds one. */
  private static void merge(NeuralTable table) {
    table
        .merge(List.of(new Row(0, "gone"), new Row(3, "a"), new Row(40, "b")))
        .on("t.id = s.id")
        .whenMatched("s.region = 'gone'")
        .delete()
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .commit();
  }

  public static void main(String[] args) {
    long seed = Long.parseLong(args[2]);
    StorageSettings settings = StorageSettings.fromEnvironment(System.getenv());
    try (FileStores stores = new FileStores(settings, new SplittableRandom(seed), Runnable::run);
        MemoryLake lake = new MemoryLake(seed)) {
      lake.executor(Runnable::run) // the checkpoint belongs to the operation here
          .groupCommit(GroupCommit.ofDefaults().withMaxAppends(3).withLinger(Duration.ofMinutes(1)))
          .sleeper(pause -> {});
      FaultyFileStore store = new FaultyFileStore(stores.at(args[1]), CrashingWriter::crashPoint);
      Operation operation = Operation.valueOf(args[0]);
      if (operation == Operation.VACUUM_AND_APPEND) { // its clock is ahead of the files'
        lake.clock().advance(Duration.ofDays(3650));
      }
      if (operation != Operation.APPENDS_IN_ONE_VERSION) {
        lake.groupCommit(GroupCommit.off());
      }
      operation.on(lake.table(lake.context(args[1], store, LockProviders.automatic())));
    }
  }

  private static Fault crashPoint(FaultyFileStore.Call call) {
    String file = call.location().substring(call.location().lastIndexOf('/') + 1);
    CrashPoints.reached(call.operation() + " " + file);
    return Fault.NONE;
  }
}
