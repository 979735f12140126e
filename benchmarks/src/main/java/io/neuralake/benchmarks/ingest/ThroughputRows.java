package io.neuralake.benchmarks.ingest;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.Note;
import io.neuralake.benchmarks.common.Result;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.ingest.StreamWriter;
import io.neuralake.ingest.WriteReceipt;
import io.neuralake.internal.columnar.ParquetBatchWriter;
import io.neuralake.internal.columnar.WriteSpec;
import io.neuralake.internal.meta.ColumnMapping;
import io.neuralake.internal.row.BatchBuilder;
import io.neuralake.internal.row.RowEncoder;
import io.neuralake.internal.store.LocalFileStore;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rows that four threads hand in one by one, until all are durable; beside four threads that each
 * turn the same rows into Arrow and write them to a Parquet file of their own, which nothing else
 * happens to.
 */
final class ThroughputRows {
  /** Rows that each producer has in memory, and hands in again and again. */
  private static final int OWN_ROWS = 50_000;

  private final Options options;
  private final Path data;
  private final Map<String, double[]> times;
  private final List<Note> notes;
  private final List<List<NeuralSignal>> rows = new ArrayList<>();
  private final int rounds;

  ThroughputRows(Options options, Path data, Map<String, double[]> times, List<Note> notes) {
    this.options = options;
    this.data = data;
    this.times = times;
    this.notes = notes;
    int share = options.rows() / Options.PRODUCERS;
    this.rounds = Math.max(1, share / OWN_ROWS);
    for (int i = 0; i < Options.PRODUCERS; i++) {
      rows.add(NeuralSignals.seeded(i).take(Math.min(OWN_ROWS, share)));
    }
  }

  /** What one producer does with its rows. */
  private interface Producer {
    void produce(int number, List<NeuralSignal> rows) throws Exception;
  }

  List<Result> measure() throws Exception {
    double[] stream = new double[options.repetitions()];
    double[] collections = new double[options.repetitions()];
    double[] bare = new double[options.repetitions()];
    for (int i = -2; i < options.repetitions(); i++) {
      double single = stream("row by row", i, 1);
      double thousands = stream("by the thousand", i, 1_000);
      double files = bare(i);
      if (i >= 0) {
        stream[i] = single;
        collections[i] = thousands;
        bare[i] = files;
      }
    }
    times.put("stream/row by row", stream);
    times.put("stream/1,000 rows a call", collections);
    times.put("bare writer", bare);
    notes.add(new Note("stream, 1,000 rows a call", "neuralake", "rows/s", perSecond(collections)));
    return List.of(
        Result.larger(
            "stream of 4 producers, row by row",
            "bare writer, 4 threads",
            "rows/s",
            perSecond(stream),
            perSecond(bare),
            0.7));
  }

  private long all() {
    return rows.stream().mapToLong(List::size).sum() * rounds;
  }

  private double perSecond(double[] millis) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return all() / (sorted[sorted.length / 2] / 1e3);
  }

  private double stream(String name, int run, int together) throws Exception {
    Path folder = data.resolve("stream " + name + run);
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(folder);
      table.create(SignalTable.SCHEMA).commit();
      long begun = System.nanoTime();
      try (StreamWriter<NeuralSignal> writer =
          StreamWriter.to(table).of(NeuralSignal.class).open()) {
        all(
            (number, own) -> {
              for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < own.size(); i += together) {
                  require(
                      together == 1
                          ? writer.write(own.get(i))
                          : writer.write(own.subList(i, Math.min(own.size(), i + together))));
                }
              }
            });
      }
      double millis = (System.nanoTime() - begun) / 1e6;
      long there = table.count();
      if (there != all()) {
        throw new IllegalStateException(there + " rows are there");
      }
      return millis;
    } finally {
      Folders.delete(folder);
    }
  }

  /** Fails at once if the writer has; it does not wait. */
  private static void require(CompletableFuture<WriteReceipt> written) throws Exception {
    if (written.isCompletedExceptionally()) {
      written.get();
    }
  }

  private double bare(int round) throws Exception {
    Path folder = data.resolve("bare" + round);
    WriteSpec spec = WriteSpec.of(SignalTable.SCHEMA, ColumnMapping.Mode.NONE);
    RowEncoder<NeuralSignal> encoder = RowEncoder.forClass(NeuralSignal.class, SignalTable.SCHEMA);
    LocalFileStore store = new LocalFileStore(new SplittableRandom(1));
    long begun = System.nanoTime();
    all(
        (number, own) -> {
          String file = "file://" + folder.resolve(number + ".parquet");
          try (BufferAllocator allocator = new RootAllocator()) {
            ParquetBatchWriter writer = new ParquetBatchWriter(store.create(file), spec);
            for (int i = 0; i < rounds; i++) {
              BatchBuilder<NeuralSignal> batches =
                  new BatchBuilder<>(encoder, own.iterator(), allocator);
              while (batches.hasNext()) {
                try (VectorSchemaRoot batch = batches.next()) {
                  writer.write(batch);
                }
              }
            }
            writer.close();
          }
        });
    double millis = (System.nanoTime() - begun) / 1e6;
    Folders.delete(folder);
    return millis;
  }

  private void all(Producer producer) throws Exception {
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int number = i;
      tasks.add(
          new FutureTask<>(
              () -> {
                producer.produce(number, rows.get(number));
                return null;
              }));
    }
    tasks.forEach(task -> new Thread(task, "producer").start());
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }
}
