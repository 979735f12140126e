package io.neuralake.benchmarks.columnar;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.internal.exec.WorkerPool;
import io.neuralake.internal.log.DataFile;
import io.neuralake.internal.log.LogCache;
import io.neuralake.internal.log.LogSnapshot;
import io.neuralake.internal.log.TableLog;
import io.neuralake.internal.store.FileStores;
import io.neuralake.internal.store.Locations;
import io.neuralake.lock.LockProvider;
import io.neuralake.lock.LockProviders;
import io.neuralake.read.Rows;
import io.neuralake.read.Scan;
import io.neuralake.storage.StorageSettings;
import io.neuralake.testkit.signal.NeuralSignal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** neuralake, by its public API; only listing files goes one layer below. */
final class NeuralLakeContestant implements Contestant {
  private final Dataset dataset;
  private final SideBySide threads;
  private final NeuralLake lake;
  private final NeuralTable signals;
  private final BufferAllocator allocator = new RootAllocator();
  private final AtomicLong arrowBytes = new AtomicLong();
  private @Nullable List<BatchesInMemory> halves;

  NeuralLakeContestant(Dataset dataset, SideBySide threads) {
    this.dataset = dataset;
    this.threads = threads;
    this.lake = NeuralLake.builder().workers(threads).build();
    this.signals = lake.table(dataset.signals());
  }

  @Override
  public long run(Work work) throws Exception {
    arrowBytes.set(0);
    return switch (work) {
      case SCAN_ALL -> countBatches(scan());
      case SCAN_THREE -> countBatches(scan().select(Dataset.THREE_COLUMNS));
      case READ_RECORDS -> countRecords(scan().as(NeuralSignal.class));
      case READ_AVRO -> countAvro(scan().avro());
      case WRITE, WRITE_TABLE -> write();
      case COPY -> copy();
      case LIST_FILES -> listFiles(dataset.manyFiles());
      case LIST_FILES_OF_COMMITS -> listFiles(dataset.manyFilesOfCommits());
      case AGGREGATE -> throw unsupported(work);
    };
  }

  @Override
  public long arrowBytes() {
    return arrowBytes.get();
  }

  /**
   * All rows, read by the same threads that other contestants read with; the thread that asks only
   * takes what they have made.
   */
  private Scan scan() {
    return signals.scan().parallelism(threads.threads());
  }

  /**
   * A part of the rows for each thread that writes. They are cut by time along the borders of
   * files, so that no row has to be looked at for it.
   */
  static List<Scan> shares(NeuralTable signals, int count) {
    List<Scan> shares = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String from = "ts >= TIMESTAMP '" + Dataset.cut(i, count) + "'";
      String to = "ts < TIMESTAMP '" + Dataset.cut(i + 1, count) + "'";
      shares.add(signals.scan().where(from).where(to).parallelism(1));
    }
    return shares;
  }

  private long countBatches(Scan scan) {
    try (ArrowReader reader = scan.arrow()) {
      long rows = 0;
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      arrowBytes.addAndGet(reader.bytesRead());
      return rows;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long countRecords(Rows<NeuralSignal> signals) {
    try (signals) {
      long rows = 0;
      for (NeuralSignal signal : signals) {
        rows += signal.neuron_id() >= 0 ? 1 : 0;
      }
      return rows;
    }
  }

  private static long countAvro(Rows<GenericRecord> signals) {
    try (signals) {
      long rows = 0;
      for (GenericRecord signal : signals) {
        rows += (Integer) signal.get(1) >= 0 ? 1 : 0;
      }
      return rows;
    }
  }

  private long write() throws Exception {
    if (halves == null) {
      halves = new ArrayList<>();
      for (Scan share : shares(signals, threads.threads())) {
        halves.add(BatchesInMemory.of(share, allocator));
      }
    }
    return writeTable(halves.stream().map(half -> () -> half.reader(allocator)));
  }

  private long copy() throws Exception {
    return writeTable(shares(signals, threads.threads()).stream().map(share -> share::arrow));
  }

  /** Makes a table of what the readers have, each in a commit of its own, on all threads. */
  private long writeTable(Stream<Supplier<ArrowReader>> readers) throws Exception {
    Path target = dataset.scratch().resolve("neuralake");
    Folders.delete(target);
    // A lake of its own: the other one would go on remembering the table that was here before.
    try (NeuralLake fresh = NeuralLake.builder().build()) {
      NeuralTable table = fresh.table(target);
      table.create(SignalTable.SCHEMA).commit();
      return threads.sum(readers.map(opens -> append(table, opens)).toList());
    }
  }

  private static Callable<Long> append(NeuralTable table, Supplier<ArrowReader> opens) {
    return () -> {
      try (ArrowReader reader = opens.get()) {
        return table.append(reader).commit().changes().rowsAdded();
      }
    };
  }

  private static long listFiles(Path table) {
    String location = Locations.parse(table.toString());
    try (FileStores stores =
            new FileStores(StorageSettings.defaults(), new Random(42), Runnable::run);
        LockProvider elector = LockProviders.automatic();
        BufferAllocator memory = new RootAllocator();
        WorkerPool workers = new WorkerPool()) {
      LogSnapshot snapshot =
          new TableLog(
                  location,
                  stores.at(location),
                  elector,
                  memory,
                  workers,
                  new LogCache(LogCache.DEFAULT_BYTES))
              .latest();
      long files = 0;
      try (LogSnapshot.Files live = snapshot.files(true)) {
        while (live.hasNext()) {
          DataFile file = live.next();
          files += file.size() > 0 && file.stats() != null ? 1 : 0;
        }
      }
      return files;
    }
  }

  @Override
  public void close() {
    if (halves != null) {
      halves.forEach(BatchesInMemory::close);
    }
    lake.close();
    allocator.close();
  }
}
