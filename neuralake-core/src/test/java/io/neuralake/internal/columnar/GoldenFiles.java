package io.neuralake.internal.columnar;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the golden tables: tables written by Spark, where they are at hand. */
final class GoldenFiles {
  private GoldenFiles() {}

  /** The folder of the tables; aborts the test with a message if there is none. */
  static Path folder() {
    String configured =
        System.getProperty(
            "neuralake.golden", System.getenv().getOrDefault("NEURALAKE_GOLDEN", ""));
    Path found = configured.isEmpty() ? search() : Path.of(configured);
    assumeTrue(
        found != null && Files.isDirectory(found),
        "no golden tables: set the system property neuralake.golden to their folder");
    return found;
  }

  private static Path search() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve("golden");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  /** All Parquet data files below a folder whose path contains a text, sorted. */
  static List<Path> parquet(Path folder, String part) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> file.toString().contains(part))
          .filter(file -> !file.toString().contains("_delta_log"))
          .sorted()
          .toList();
    }
  }
}
