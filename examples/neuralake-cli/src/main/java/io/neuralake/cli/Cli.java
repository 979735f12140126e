package io.neuralake.cli;

import io.neuralake.error.NeuralLakeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Tables from the command line. Results go to the standard output, progress and problems to the
 * error output.
 */
@Command(
    name = "neuralake",
    mixinStandardHelpOptions = true,
    version = "neuralake 0.1.0",
    description = "Looks at Delta tables on disk and S3, and keeps them healthy.",
    subcommands = {
      HistoryCommand.class,
      DetailCommand.class,
      ReadCommand.class,
      CompactCommand.class,
      VacuumCommand.class,
      AuditCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:it failed, or an audit has found errors",
      "2:the command or a setting makes no sense"
    })
public final class Cli implements Runnable {
  static final int OK = ExitCode.OK;
  static final int FAILED = ExitCode.SOFTWARE;
  static final int USAGE = ExitCode.USAGE;

  private final Map<String, String> environment;
  private final Output output;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Cli(Map<String, String> environment, Output output) {
    this.environment = environment;
    this.output = output;
  }

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    boolean terminal = System.console() != null;
    System.exit(run(System.getenv(), new Output(out, err, terminal), args));
  }

  /** Runs a command; returns its exit code. */
  static int run(Map<String, String> environment, Output output, String... args) {
    CommandLine line = new CommandLine(new Cli(environment, output));
    line.getCommandSpec().usageMessage().footer(footer());
    line.setOut(output.out()).setErr(output.err()).setUsageHelpWidth(100);
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    try {
      return line.execute(args);
    } finally {
      output.out().flush();
      output.err().flush();
    }
  }

  private static String[] footer() {
    return """

        Settings of a file given with --config, as name = value; environment variables of AWS and
        NEURALAKE_LOCK_PROVIDER hold where it says nothing:
        %s

        Examples:
          neuralake history /data/signals
          neuralake read s3://lab/signals --where "spike" --limit 5 --json
          neuralake vacuum s3://lab/signals --dry-run --list
          neuralake COMMAND --help"""
        .formatted(CliConfig.help())
        .replace("%", "%%")
        .split("\n", -1);
  }

  /** Messages of the library say what to do; a stack trace would only hide that. */
  private static int failed(Exception e, CommandLine command) throws Exception {
    if (e instanceof CliConfig.BadSetting) {
      command.getErr().println(e.getMessage());
      return USAGE;
    }
    if (e instanceof NeuralLakeException || e instanceof IOException) {
      command.getErr().println(e.getMessage());
      return FAILED;
    }
    throw e;
  }

  Map<String, String> environment() {
    return environment;
  }

  Output output() {
    return output;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing.");
  }
}
