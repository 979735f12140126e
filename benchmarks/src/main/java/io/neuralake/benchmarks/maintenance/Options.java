package io.neuralake.benchmarks.maintenance;

import java.nio.file.Path;

/**
 * How large a comparison is.
 *
 * @param files of 10,000 rows each, in the tables
 * @param repetitions measured runs of each work, after one that is not
 * @param spark whether Spark takes part
 * @param output folder for tables and results
 * @param sparkClassPath the file in which the class path of the Spark driver stands
 */
record Options(int files, int repetitions, boolean spark, Path output, Path sparkClassPath) {

  static final String USAGE =
      """
      Usage: benchmarks/run maintenance [options]
        --quick          20 files instead of 500, each work once: says whether it works, not more
        --repetitions N  measured runs of each work, 3 if not given
        --no-spark       without Spark""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if there is an option that is none
   */
  static Options parse(String[] args, Path output, Path sparkClassPath) {
    int files = 500;
    int repetitions = 3;
    boolean spark = true;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> {
          files = 20;
          repetitions = 1;
        }
        case "--repetitions" ->
            repetitions = Integer.parseInt(i + 1 < args.length ? args[++i] : "");
        case "--no-spark" -> spark = false;
        default -> throw new IllegalArgumentException("Unknown option " + args[i] + "\n" + USAGE);
      }
    }
    if (repetitions < 1) {
      throw new IllegalArgumentException("At least one repetition is needed.\n" + USAGE);
    }
    return new Options(files, repetitions, spark, output, sparkClassPath);
  }
}
