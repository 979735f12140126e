package io.neuralake.benchmarks.dml;

import java.nio.file.Path;

/**
 * How large a comparison is.
 *
 * @param rows of the table
 * @param repetitions measured runs of each work, after one that is not
 * @param spark whether Spark takes part
 * @param output folder for tables and results
 * @param sparkClassPath the file in which the class path of the Spark driver stands
 */
record Options(int rows, int repetitions, boolean spark, Path output, Path sparkClassPath) {

  static final String USAGE =
      """
      Usage: benchmarks/run dml [options]
        --quick      a tenth of the rows, each work once: says whether it works, not more
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
    return new Options(quick ? 500_000 : 5_000_000, quick ? 1 : 3, spark, output, sparkClassPath);
  }

  /** Rows of the source of a merge: one in a hundred of the table's. */
  int sourceRows() {
    return rows / 100;
  }
}
