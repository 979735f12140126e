package io.neuralake.it.golden;

import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A table that Spark wrote, with the rows that a reader has to return where it has any.
 *
 * @param name of its folder, which says what it is about
 * @param folder holds {@code delta}, the table, and {@code expected}, its rows
 */
record GoldenTable(String name, Path folder) {

  private static final String ROOT = System.getProperty("neuralake.golden", "");

  /** Where the golden tables are, if the build has them. */
  static boolean present() {
    return !ROOT.isEmpty() && Files.isDirectory(Path.of(ROOT));
  }

  /** Skips the tests of a class, and says why, where there are no golden tables. */
  static void assumePresent() {
    if (!present()) {
      String message =
          "golden: skipped, no tables at '" + ROOT + "'; -Dgolden.dir names their folder";
      System.out.println(message);
      Assumptions.abort(message);
    }
  }

  static GoldenTable named(String name) {
    return new GoldenTable(name, Path.of(ROOT, name).normalize());
  }

  /** All tables by name; none where they are missing. */
  static List<GoldenTable> all() {
    if (!present()) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(Path.of(ROOT).normalize())) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> new GoldenTable(folder.getFileName().toString(), folder))
          .sorted((a, b) -> a.name.compareTo(b.name))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The table itself. */
  Path delta() {
    return folder.resolve("delta");
  }

  /** The Parquet files with its rows; need not exist. */
  Path expected() {
    return folder.resolve("expected");
  }

  /** The rows that a scan of the newest version has to return. */
  RowBag expectedRows(StructType schema) {
    RowBag rows = new RowBag();
    ParquetRows.inFolder(expected(), schema, rows::add);
    return rows;
  }

  boolean hasExpectedRows() {
    return Files.isDirectory(expected());
  }

  @Override
  public String toString() {
    return name;
  }
}
