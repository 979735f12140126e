package io.neuralake.benchmarks.ingest;

import java.nio.file.Path;

/**
 * How large a comparison is.
 *
 * @param rows of the stream, of all producers
 * @param repetitions measured runs of each contestant
 * @param appends durable batches
 * @param soakMinutes how long the soak lasts, 0 for none
 * @param output folder for tables and results
 */
record Options(int rows, int repetitions, int appends, int soakMinutes, Path output) {

  static final int PRODUCERS = 4;

  static final String USAGE =
      """
      Usage: benchmarks/run ingest [options]
        --quick            fewer rows and batches: says whether it works, not more
        --soak [MINUTES]   also three writers, a compactor and a vacuum that are killed again and
                           again; 10 minutes""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if there is an option that is none
   */
  static Options parse(String[] args, Path output) {
    boolean quick = false;
    int soak = 0;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> quick = true;
        case "--soak" -> {
          soak = 10;
          if (i + 1 < args.length && args[i + 1].matches("\\d+")) {
            soak = Integer.parseInt(args[++i]);
          }
        }
        default -> throw new IllegalArgumentException("Unknown option " + args[i] + "\n" + USAGE);
      }
    }
    return quick
        ? new Options(200_000, 2, 100, soak, output)
        : new Options(2_000_000, 5, 1_000, soak, output);
  }
}
