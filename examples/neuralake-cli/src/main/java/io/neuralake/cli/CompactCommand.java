package io.neuralake.cli;

import io.neuralake.NeuralTable;
import io.neuralake.maintain.Optimize;
import io.neuralake.maintain.OptimizeResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "compact",
    description = "Writes small files again as fewer and larger ones, without deleted rows.",
    footer = {
      "",
      "Example: neuralake compact s3://lab/signals --where \"day = '2026-11-20'\" --target 256MiB"
    })
final class CompactCommand extends TableCommand {

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "Only partitions for which it is true.")
  private @Nullable String where;

  @Option(
      names = "--target",
      paramLabel = "SIZE",
      description = "How large files should be, such as 128MiB; else what the table says.")
  private @Nullable String target;

  @Option(
      names = "--min-files",
      paramLabel = "N",
      description = "Leaves groups of fewer files as they are.")
  private @Nullable Integer minFiles;

  @Override
  int run(NeuralTable table, CliConfig settings, Output output) {
    OptimizeResult result;
    try (ProgressBar bar = new ProgressBar("compact", output)) {
      Optimize optimize = table.optimize().listener(bar);
      Long bytes = target == null ? settings.targetFileSize().orElse(null) : bytes(target);
      optimize = bytes == null ? optimize : optimize.targetFileSize(bytes);
      optimize = minFiles == null ? optimize : optimize.minFiles(minFiles);
      result = (where == null ? optimize : optimize.where(where)).run();
    }
    if (json()) {
      output.json(json(result));
    } else if (result.committed()) {
      output
          .out()
          .printf(
              "%,d files became %,d (%s to %s), %,d rows, versions %s%n",
              result.filesRemoved(),
              result.filesAdded(),
              Output.bytes(result.bytesRemoved()),
              Output.bytes(result.bytesAdded()),
              result.rows(),
              result.versions());
    } else {
      output.out().println("Nothing to do.");
    }
    return Cli.OK;
  }

  private static Long bytes(String text) {
    return CliConfig.bytes(text);
  }

  private static Map<String, Object> json(OptimizeResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("versions", result.versions());
    json.put("filesRemoved", result.filesRemoved());
    json.put("filesAdded", result.filesAdded());
    json.put("bytesRemoved", result.bytesRemoved());
    json.put("bytesAdded", result.bytesAdded());
    json.put("rows", result.rows());
    return json;
  }
}
