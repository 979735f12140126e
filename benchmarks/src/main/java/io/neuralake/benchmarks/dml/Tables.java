package io.neuralake.benchmarks.dml;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.benchmarks.common.Folders;
import io.neuralake.testkit.signal.NeuralSignal;
import io.neuralake.testkit.signal.NeuralSignals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the comparison, on the local disk. The table that is changed has {@value #FILES}
 * files, each with a range of even ids; odd ids are new ones.
 */
final class Tables {
  static final int FILES = 20;

  /** A row of ten columns. */
  record Reading(
      long id,
      int neuron_id,
      String region,
      String session_id,
      Instant ts,
      double voltage,
      boolean spike,
      double frequency_hz,
      float amplitude,
      @Nullable Integer quality) {

    static Reading of(long id, NeuralSignal signal) {
      return new Reading(
          id,
          signal.neuron_id(),
          signal.region(),
          signal.session_id(),
          signal.ts(),
          signal.voltage(),
          signal.spike(),
          signal.frequency_hz(),
          signal.amplitude(),
          signal.quality());
    }
  }

  private final Options options;
  private final NeuralLake lake;
  private final Path folder;
  private int copies;

  Tables(Options options, NeuralLake lake) throws IOException {
    this.options = options;
    this.lake = lake;
    this.folder = options.output().resolve("data");
    Folders.delete(folder);
    Files.createDirectories(folder);
  }

  /** Where the sources of merges are. */
  Path source(String name) {
    return folder.resolve("source-" + name);
  }

  /** Makes what all begin with. */
  void prepare() {
    for (boolean vectors : new boolean[] {false, true}) {
      NeuralTable table = lake.table(base(vectors));
      table
          .create(Reading.class)
          .property("delta.enableDeletionVectors", Boolean.toString(vectors))
          .commit();
      int each = options.rows() / FILES;
      for (int file = 0; file < FILES; file++) {
        int first = file * each;
        table.append(readings(each, file, i -> 2L * (first + i))).commit();
      }
    }
    int half = options.sourceRows() / 2;
    SplittableRandom random = new SplittableRandom(7);
    long[] scattered =
        random.ints(0, options.rows()).distinct().limit(half).mapToLong(id -> 2L * id).toArray();
    merge("scattered", half, i -> scattered[i], i -> scattered[i] + 1);
    int each = options.rows() / FILES;
    long inOneFile = 2L * (7 * each + (each - half) / 2);
    merge("one-file", half, i -> inOneFile + 2L * i, i -> inOneFile + 2L * i + 1);
    merge("whole", options.rows() / 2, i -> 4L * i, i -> 4L * i + 1);
  }

  private void merge(String name, int half, IntToLongFunction known, IntToLongFunction added) {
    NeuralTable table = lake.table(source(name));
    table.create(Reading.class).commit();
    table
        .append(
            readings(
                half * 2, 99, i -> i < half ? known.applyAsLong(i) : added.applyAsLong(i - half)))
        .commit();
  }

  private static Stream<Reading> readings(int rows, int seed, IntToLongFunction ids) {
    Iterator<NeuralSignal> signals = NeuralSignals.seeded(seed).stream().iterator();
    return IntStream.range(0, rows).mapToObj(i -> Reading.of(ids.applyAsLong(i), signals.next()));
  }

  private Path base(boolean vectors) {
    return folder.resolve(vectors ? "vectors" : "plain");
  }

  /** A table of its own, whose data files are shared with the others. */
  Path fresh(boolean vectors) throws IOException {
    Path copy = folder.resolve("copy-" + copies++);
    Folders.share(base(vectors), copy);
    return copy;
  }

  /** Deletes a table, or all. */
  void delete(Path table) throws IOException {
    Folders.delete(table);
  }

  void deleteAll() throws IOException {
    Folders.delete(folder);
  }
}
