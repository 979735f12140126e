package io.neuralake.it.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The tables of {@link SparkMadeTables}, made once for all tests of this JVM, because making them
 * takes most of the time. Who changes one takes a {@link #copy}. Thread-safe.
 */
public final class SharedTables {
  private static final Map<String, Path> MADE = new HashMap<>();
  private static Path folder;

  private SharedTables() {}

  /** The path of a table that nobody may change. */
  public static synchronized Path path(SparkMadeTable table) {
    return MADE.computeIfAbsent(
        table.name(), name -> table.make(SparkProcess.shared(), sharedFolder()));
  }

  /** The path of a copy of the table, in {@code parent}. */
  public static Path copy(SparkMadeTable table, Path parent) throws IOException {
    return copy(path(table), parent.resolve(table.name()));
  }

  /** Copies a folder; returns where to. */
  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  /** A table as Spark's SQL names it. */
  static String sql(Path table) {
    return "delta.`" + table + "`";
  }

  private static Path sharedFolder() {
    if (folder == null) {
      try {
        folder = Files.createTempDirectory("neuralake-spark-tables");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(SharedTables::delete, "delete-tables"));
    }
    return folder;
  }

  private static void delete() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // Leftovers in the temporary folder hurt nobody.
    }
  }
}
