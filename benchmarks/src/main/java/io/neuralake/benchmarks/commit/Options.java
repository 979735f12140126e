package io.neuralake.benchmarks.commit;

import java.nio.file.Path;

/**
 * How large a comparison is.
 *
 * @param appends measured appends of each contestant
 * @param versions of the old table
 * @param files of the large table
 * @param batches of each of the processes that append to one table
 * @param spark whether Spark takes part
 * @param output folder for tables and results
 * @param sparkClassPath the file in which the class path of the Spark driver stands
 */
record Options(
    int appends,
    int versions,
    int files,
    int batches,
    boolean spark,
    Path output,
    Path sparkClassPath) {

  static final int ROWS = 1000;
  static final int PROCESSES = 8;

  static final String USAGE =
      """
      Usage: benchmarks/run commit [options]
        --quick      fewer appends, versions, files and batches: says whether it works, not more
        --no-spark   without Spark""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if there is an option that is none
   */
  static Options parse(String[] args, Path output, Path sparkClassPath) {
    boolean quick = false;
    boolean spark = true;
    for (String arg : args) {
      switch (arg) {
        case "--quick" -> quick = true;
        case "--no-spark" -> spark = false;
        default -> throw new IllegalArgumentException("Unknown option " + arg + "\n" + USAGE);
      }
    }
    return quick
        ? new Options(50, 1_000, 30_000, 20, spark, output, sparkClassPath)
        : new Options(300, 10_000, 300_000, 100, spark, output, sparkClassPath);
  }

  /** Appends before the measured ones. */
  int warmUps() {
    return Math.max(100, appends / 2);
  }

  /**
   * Appends and PUTs before the measured ones where only those two are compared: an append runs
   * through far more code, which takes the compilers of a JVM some thousand rounds.
   */
  int longWarmUps() {
    return 10 * appends;
  }
}
