package io.neuralake.benchmarks.columnar;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.benchmarks.common.ManyFiles;
import io.neuralake.benchmarks.common.SignalTable;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The tables that all contestants read, on the local disk: signals in {@value #PARTS} files of the
 * same size, each a recording that begins a day after the one before.
 *
 * @param folder of all tables
 * @param rows of the table of signals
 */
record Dataset(Path folder, int rows) {
  static final int PARTS = 4;

  /** The three columns of {@link Work#SCAN_THREE}. */
  static final List<String> THREE_COLUMNS = List.of("neuron_id", "ts", "voltage");

  private static final long SEED = 42;
  private static final Instant START = Instant.parse("2025-06-19T00:00:00Z");

  Path signals() {
    return folder.resolve("signals");
  }

  Path manyFiles() {
    return folder.resolve("many-files");
  }

  Path manyFilesOfCommits() {
    return folder.resolve("many-files-of-commits");
  }

  /** A folder for what contestants write. */
  Path scratch() {
    return folder.resolve("scratch");
  }

  /** Where time is cut so that each of {@code threads} gets the same number of files. */
  static Instant cut(int thread, int threads) {
    return START.plus(Duration.ofDays((long) PARTS * thread / threads));
  }

  /** The data files of the table of signals. */
  List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(signals())) {
      return all.filter(f -> f.getFileName().toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /** Makes what is not there yet. */
  void prepare(int manyFiles) throws IOException {
    Files.createDirectories(folder);
    once("signals-" + rows, signals(), this::writeSignals);
    once(
        "many-files-" + manyFiles,
        manyFiles(),
        () -> new ManyFiles(manyFiles(), manyFiles).write(true));
    once(
        "commits-" + manyFiles,
        manyFilesOfCommits(),
        () -> new ManyFiles(manyFilesOfCommits(), manyFiles).write(false));
  }

  private void once(String name, Path table, Step step) throws IOException {
    Path marker = folder.resolve(name + ".complete");
    if (!Files.exists(marker)) {
      Folders.delete(table);
      step.run();
      Files.createFile(marker);
    }
  }

  private void writeSignals() {
    try (NeuralLake lake = NeuralLake.builder().build()) {
      NeuralTable table = lake.table(signals());
      table.create(SignalTable.SCHEMA).commit();
      IntStream.range(0, PARTS)
          .parallel()
          .forEach(part -> table.append(recording(part).limit(rowsOf(part))).commit());
    }
  }

  private static Stream<NeuralSignal> recording(int part) {
    return NeuralSignals.seeded(SEED + part).startingAt(START.plus(Duration.ofDays(part))).stream();
  }

  private int rowsOf(int part) {
    return (int) ((long) rows * (part + 1) / PARTS - (long) rows * part / PARTS);
  }

  private interface Step {
    void run() throws IOException;
  }
}
