package io.neuralake.benchmarks.columnar;

import java.nio.file.Path;

/**
 * How large a comparison is.
 *
 * @param rows rows of the table of signals
 * @param files files of the table that is opened and listed
 * @param repetitions measured runs of each work
 * @param threads threads of each contestant
 * @param output folder for data and results
 * @param sparkClassPath the file in which the class path of the Spark driver stands
 */
record Options(
    int rows, int files, int repetitions, int threads, Path output, Path sparkClassPath) {

  private static final int ROWS = 5_000_000;
  private static final int QUICK_ROWS = 500_000;
  private static final int FILES = 300_000;
  private static final int QUICK_FILES = 30_000;

  static final String USAGE =
      """
      Usage: benchmarks/run columnar [options]
        --rows N          rows of the table (default 5000000)
        --files N         files of the table that is listed (default 300000)
        --repetitions N   measured runs of each work (default 5)
        --quick           500000 rows, 30000 files, 3 repetitions: says whether it works, not more""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if there is an option that is none, or a number that is none
   */
  static Options parse(String[] args, Path output, Path sparkClassPath) {
    int rows = ROWS;
    int files = FILES;
    int repetitions = 5;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> {
          rows = QUICK_ROWS;
          files = QUICK_FILES;
          repetitions = 3;
        }
        case "--rows" -> rows = positive(args, ++i);
        case "--files" -> files = positive(args, ++i);
        case "--repetitions" -> repetitions = positive(args, ++i);
        default -> throw new IllegalArgumentException("Unknown option " + args[i] + "\n" + USAGE);
      }
    }
    return new Options(rows, files, repetitions, 2, output, sparkClassPath);
  }

  private static int positive(String[] args, int at) {
    String text = at < args.length ? args[at].replace("_", "") : "nothing";
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        args[at - 1] + " needs a positive number, not " + text + "\n" + USAGE);
  }
}
