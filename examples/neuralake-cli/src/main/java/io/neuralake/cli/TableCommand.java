package io.neuralake.cli;

import io.neuralake.NeuralLake;
import io.neuralake.NeuralTable;
import io.neuralake.lock.LockProviders;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** What commands on a table share. Fields are set by picocli. */
abstract class TableCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Cli cli;

  @Parameters(
      paramLabel = "TABLE",
      description = "A folder, or a location such as s3://bucket/table.")
  private String location = "";

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings; 'neuralake --help' lists them.")
  private @Nullable Path config;

  @Option(names = "--json", description = "Results as JSON, one value in a line.")
  private boolean json;

  @SuppressWarnings("UnusedVariable") // picocli shows the help instead of calling us
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Tells about this command.")
  private boolean help;

  @Override
  public final Integer call() throws Exception {
    CliConfig settings = CliConfig.read(config, environment());
    try (NeuralLake lake =
        NeuralLake.builder()
            .storage(settings.storage())
            .lock(LockProviders.fromEnvironment(settings.environment()))
            .build()) {
      return run(lake.table(location), settings, output());
    }
  }

  /** Does it; returns the exit code. */
  abstract int run(NeuralTable table, CliConfig settings, Output output) throws Exception;

  boolean json() {
    return json;
  }

  private Map<String, String> environment() {
    return cli == null ? Map.of() : cli.environment();
  }

  private Output output() {
    if (cli == null) {
      throw new IllegalStateException("a command runs within the command line");
    }
    return cli.output();
  }
}
